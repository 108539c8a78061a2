-- What members report to the moderators of a server.

CREATE TABLE report (
	id		bigint PRIMARY KEY DEFAULT new_id(),
	server_id	bigint NOT NULL REFERENCES server ON DELETE CASCADE,
	channel_id	bigint,
	message_id	bigint,
	account_id	bigint NOT NULL REFERENCES account,
	reporter_id	bigint REFERENCES account,
	reason		text NOT NULL CHECK (reason IN ('spam', 'abuse', 'illegal', 'other')),
	note		text CHECK (char_length(note) <= 500),
	snapshot	text,
	state		text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved', 'dismissed')),
	actor_id	bigint REFERENCES account,
	closed_at	timestamptz
);
CREATE INDEX report_server_idx ON report (server_id, id);
CREATE UNIQUE INDEX report_open_key ON report
	(server_id, account_id, coalesce(message_id, 0), coalesce(reporter_id, 0)) WHERE state = 'open';
CREATE INDEX report_closed_idx ON report (closed_at) WHERE snapshot IS NOT NULL;
COMMENT ON TABLE report IS 'What members, or rules, tell the moderators of a server';
COMMENT ON COLUMN report.account_id IS 'Whom it is about';
COMMENT ON COLUMN report.reporter_id IS 'NULL: a rule of the server';
COMMENT ON COLUMN report.snapshot IS 'JSON of the message as it was then; erased 90 days after the report was closed';
COMMENT ON COLUMN report.actor_id IS 'Who closed it';

CREATE INDEX member_moderator_idx ON member (server_id, account_id) WHERE permissions & 1073741952 <> 0;
COMMENT ON INDEX member_moderator_idx IS 'Who may manage messages, or everything';
