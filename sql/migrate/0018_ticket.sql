-- What is proved by a secret that was given out once.

CREATE TABLE ticket (
	hash		bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
	kind		text NOT NULL CONSTRAINT ticket_kind_check CHECK (kind IN
			('reset', 'verify', 'second_factor', 'passkey', 'confirm', 'oidc', 'approve')),
	account_id	bigint REFERENCES account ON DELETE CASCADE,
	data		jsonb NOT NULL DEFAULT '{}',
	tries		smallint NOT NULL DEFAULT 0,
	created_at	timestamptz NOT NULL DEFAULT now(),
	expires_at	timestamptz NOT NULL
);
CREATE INDEX ticket_account_idx ON ticket (account_id, kind);
CREATE INDEX ticket_expires_idx ON ticket (expires_at);
COMMENT ON TABLE ticket IS 'Secrets given out once: links of mails, steps of a sign-in. Read through ticket_take() and ticket_try() only';
COMMENT ON COLUMN ticket.hash IS 'SHA-256 of the secret as it was given out (43 characters of base64url)';
COMMENT ON COLUMN ticket.account_id IS 'Whose it is; NULL: of nobody yet';
COMMENT ON COLUMN ticket.tries IS 'How often ticket_try() was asked';
