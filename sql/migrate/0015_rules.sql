-- Rules by which messages are refused, or told to the moderators, before anybody reads them.

CREATE TABLE rule (
	id		bigint PRIMARY KEY DEFAULT new_id(),
	server_id	bigint NOT NULL REFERENCES server ON DELETE CASCADE,
	name		text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
	kind		text NOT NULL CHECK (kind IN ('words', 'links', 'mentions', 'duplicates')),
	words		text[] NOT NULL DEFAULT '{}',
	allow		text[] NOT NULL DEFAULT '{}',
	deny		text[] NOT NULL DEFAULT '{}',
	most		integer CHECK (most BETWEEN 1 AND 50),
	action		text NOT NULL DEFAULT 'block' CHECK (action IN ('block', 'alert', 'timeout')),
	timeout_s	integer NOT NULL DEFAULT 600 CHECK (timeout_s BETWEEN 60 AND 2419200),
	exempt_roles	bigint[] NOT NULL DEFAULT '{}',
	enabled		boolean NOT NULL DEFAULT true
);
CREATE INDEX rule_server_idx ON rule (server_id, id);
COMMENT ON TABLE rule IS 'What must not be said in a server, and what happens then';
COMMENT ON COLUMN rule.most IS 'Mentions in one message, or times the same is said within ten minutes; above that it is too much';
COMMENT ON COLUMN rule.exempt_roles IS 'Who holds one of these may; who may manage messages always may';

ALTER TABLE server ADD rules_rev bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN server.rules_rev IS 'Another number after each change of its rules, 0 when none is enabled: by it a process knows whether it has them';

CREATE UNLOGGED TABLE said (
	server_id	bigint NOT NULL,
	account_id	bigint NOT NULL,
	digest		bytea NOT NULL,
	at		timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX said_idx ON said (server_id, account_id, at);
COMMENT ON TABLE said IS 'What was said lately where a rule looks for repetitions';
COMMENT ON COLUMN said.digest IS 'SHA-256 of the text without differences of case and white space';

CREATE TYPE rule_verdict AS (replies reply[], alerts bigint[]);
COMMENT ON TYPE rule_verdict IS
'What the rules say of a message. replies: answered instead of posting, NULL when it may be posted; alerts: the
rules by which the moderators are told of it then';
