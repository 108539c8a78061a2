-- A name that was given up is nobody else's for a while: who knows it by its former owner should not
-- meet another under it the next day.

CREATE TABLE username_hold (
	username	text PRIMARY KEY,
	account_id	bigint NOT NULL REFERENCES account ON DELETE CASCADE,
	until		timestamptz NOT NULL
);
CREATE INDEX username_hold_account_idx ON username_hold (account_id);
COMMENT ON TABLE username_hold IS 'User names that were given up, and for whom they are held until then';
