-- What is asked for beside the password, and when somebody last proved who he is.

ALTER TABLE account ADD second_factor boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN account.second_factor IS 'He signs in with more than a password; kept by factor_settle()';

ALTER TABLE session ADD confirmed_at timestamptz;
COMMENT ON COLUMN session.confirmed_at IS 'When who holds it last proved who he is, by signing in or by POST /me/confirm';

CREATE TABLE totp (
	account_id	bigint PRIMARY KEY REFERENCES account ON DELETE CASCADE,
	secret		bytea CHECK (octet_length(secret) = 60),
	last_step	bigint NOT NULL DEFAULT 0,
	pending		bytea CHECK (octet_length(pending) = 60),
	pending_at	timestamptz,
	CHECK (secret IS NOT NULL OR pending IS NOT NULL)
);
COMMENT ON TABLE totp IS 'Authenticators of accounts (RFC 6238)';
COMMENT ON COLUMN totp.secret IS 'Sealed under the server key, for this account; NULL: none is in use yet';
COMMENT ON COLUMN totp.last_step IS 'The newest step whose code was taken: none up to it is taken again';
COMMENT ON COLUMN totp.pending IS 'The next secret, sealed too, until a code of it was shown; 10 minutes';

CREATE TABLE recovery_code (
	account_id	bigint NOT NULL REFERENCES account ON DELETE CASCADE,
	hash		bytea NOT NULL CHECK (octet_length(hash) = 32),
	PRIMARY KEY (account_id, hash)
);
COMMENT ON TABLE recovery_code IS 'What opens an account once in place of its second factor: those not used yet';
COMMENT ON COLUMN recovery_code.hash IS 'SHA-256 of the 15 bytes that a code stands for';
