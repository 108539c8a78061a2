-- Leaving, and coming back by an invite, was the end of a time-out.

CREATE TABLE timeout_left (
	account_id	bigint NOT NULL REFERENCES account ON DELETE CASCADE,
	server_id	bigint NOT NULL REFERENCES server ON DELETE CASCADE,
	until		timestamptz NOT NULL,
	PRIMARY KEY (account_id, server_id)
);
CREATE INDEX timeout_left_server_idx ON timeout_left (server_id);
COMMENT ON TABLE timeout_left IS 'Time-outs of people who went before they ended: who comes back is in his again';
COMMENT ON COLUMN timeout_left.until IS 'As member.timeout_until';
