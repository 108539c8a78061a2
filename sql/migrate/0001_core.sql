-- Accounts, servers, channels, messages, events: the tables everything stands on.

CREATE SEQUENCE id_seq;

CREATE FUNCTION new_id() RETURNS bigint LANGUAGE sql VOLATILE PARALLEL UNSAFE AS $$
	SELECT (floor(date_part('epoch', clock_timestamp()) * 1000)::bigint << 20)
		| (nextval('id_seq') & 1048575)
$$;
COMMENT ON FUNCTION new_id() IS 'Unix milliseconds << 20 | sequence: time-ordered, 19 digits';

CREATE FUNCTION id_floor(t timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT floor(date_part('epoch', t) * 1000)::bigint << 20
$$;
COMMENT ON FUNCTION id_floor(timestamptz) IS 'The smallest id of that moment';

CREATE FUNCTION id_time(id bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT to_timestamp((id >> 20) / 1000.0)
$$;

CREATE TABLE instance (
	one			boolean PRIMARY KEY DEFAULT true CHECK (one),
	epoch			bigint NOT NULL,
	created_at		timestamptz NOT NULL DEFAULT now(),
	setup_token_hash	bytea,
	setup_expires_at	timestamptz
);
COMMENT ON TABLE instance IS 'One row: this installation';
COMMENT ON COLUMN instance.epoch IS 'Part of every cursor; a restore from backup gives a new one';
COMMENT ON COLUMN instance.setup_token_hash IS 'SHA-256 of the one-time token that makes the first administrator';
INSERT INTO instance (epoch) VALUES ((floor(date_part('epoch', now()) * 1000))::bigint);

CREATE TABLE account (
	id		bigint PRIMARY KEY DEFAULT new_id(),
	username	text NOT NULL CONSTRAINT account_username_key UNIQUE
			CONSTRAINT account_username_check CHECK (username ~ '^[a-z0-9_.-]{2,32}$'),
	email		text CONSTRAINT account_email_check CHECK (char_length(email) <= 254),
	display_name	text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 64),
	password_hash	text,
	bot		boolean NOT NULL DEFAULT false,
	admin		boolean NOT NULL DEFAULT false,
	disabled_at	timestamptz,
	rev		bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX account_email_key ON account (lower(email COLLATE "C"));
CREATE INDEX account_admin_idx ON account (id) WHERE admin;
COMMENT ON TABLE account IS 'People and bots; also the stream user:<id>';
COMMENT ON COLUMN account.rev IS 'Number of the newest event of the stream user:<id>';

CREATE TABLE session (
	id		bigint PRIMARY KEY DEFAULT new_id(),
	account_id	bigint NOT NULL REFERENCES account ON DELETE CASCADE,
	seed		bytea NOT NULL,
	gen		integer NOT NULL DEFAULT 1,
	rotated_at	timestamptz NOT NULL DEFAULT now(),
	last_used_at	timestamptz NOT NULL DEFAULT now(),
	ended_at	timestamptz,
	user_agent	text NOT NULL DEFAULT '' CHECK (char_length(user_agent) <= 256),
	ip		text NOT NULL DEFAULT '' CHECK (char_length(ip) <= 64)
);
COMMENT ON TABLE session IS 'Sign-ins; ended ones stay 90 days';
CREATE INDEX session_account_idx ON session (account_id) WHERE ended_at IS NULL;
COMMENT ON COLUMN session.seed IS 'Refresh tokens are derived from it and the server key; none is stored';
COMMENT ON COLUMN session.gen IS 'Generation of the refresh token now valid';

CREATE TABLE token (
	id		bigint PRIMARY KEY DEFAULT new_id(),
	account_id	bigint NOT NULL REFERENCES account ON DELETE CASCADE,
	name		text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
	scopes		text NOT NULL DEFAULT '',
	secret_hash	bytea NOT NULL,
	expires_at	timestamptz,
	last_used_at	timestamptz,
	revoked_at	timestamptz
);
CREATE INDEX token_account_idx ON token (account_id) WHERE revoked_at IS NULL;
COMMENT ON TABLE token IS 'Personal access tokens';
COMMENT ON COLUMN token.secret_hash IS 'SHA-256 of the 32 secret bytes';

CREATE TABLE server (
	id		bigint PRIMARY KEY DEFAULT new_id(),
	name		text NOT NULL CHECK (char_length(name) BETWEEN 2 AND 100),
	owner_id	bigint NOT NULL REFERENCES account,
	rev		bigint NOT NULL DEFAULT 0,
	member_count	integer NOT NULL DEFAULT 0,
	deleted_at	timestamptz
);
CREATE INDEX server_owner_idx ON server (owner_id);
COMMENT ON TABLE server IS 'A community; also the stream server:<id>';
COMMENT ON COLUMN server.rev IS 'Number of the newest event of the stream server:<id>';

CREATE TABLE role (
	id		bigint PRIMARY KEY DEFAULT new_id(),
	server_id	bigint NOT NULL REFERENCES server ON DELETE CASCADE,
	kind		text NOT NULL DEFAULT 'custom'
			CHECK (kind IN ('owner', 'admin', 'moderator', 'member', 'guest', 'everyone', 'custom')),
	name		text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
	permissions	bigint NOT NULL,
	position	integer NOT NULL DEFAULT 0,
	color		integer CHECK (color BETWEEN 0 AND 16777215)
);
COMMENT ON TABLE role IS 'Roles of a server: the built-in kinds and its own';
CREATE INDEX role_server_idx ON role (server_id);
CREATE UNIQUE INDEX role_kind_key ON role (server_id, kind) WHERE kind <> 'custom';
COMMENT ON COLUMN role.position IS 'Higher stands above lower; owner 1000, admin 900, moderator 800, custom 100-799, member 50, guest 10, everyone 0';

CREATE TABLE member (
	server_id	bigint NOT NULL REFERENCES server ON DELETE CASCADE,
	account_id	bigint NOT NULL REFERENCES account ON DELETE CASCADE,
	nickname	text CHECK (char_length(nickname) BETWEEN 1 AND 64),
	joined_at	timestamptz NOT NULL DEFAULT now(),
	roles		bigint[] NOT NULL DEFAULT '{}',
	permissions	bigint NOT NULL,
	position	integer NOT NULL DEFAULT 0,
	PRIMARY KEY (server_id, account_id)
);
COMMENT ON TABLE member IS 'Who is in which server';
CREATE INDEX member_account_idx ON member (account_id);
COMMENT ON COLUMN member.permissions IS 'Union of the masks of everyone and the roles, kept by member_refresh()';
COMMENT ON COLUMN member.position IS 'Position of the highest role, kept by member_refresh()';

CREATE TABLE ban (
	server_id	bigint NOT NULL REFERENCES server ON DELETE CASCADE,
	account_id	bigint NOT NULL REFERENCES account ON DELETE CASCADE,
	actor_id	bigint NOT NULL REFERENCES account,
	reason		text CHECK (char_length(reason) <= 512),
	created_at	timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (server_id, account_id)
);
CREATE INDEX ban_account_idx ON ban (account_id);
COMMENT ON TABLE ban IS 'Who may not come back to a server';

CREATE TABLE channel (
	id		bigint PRIMARY KEY DEFAULT new_id(),
	server_id	bigint REFERENCES server ON DELETE CASCADE,
	kind		text NOT NULL CHECK (kind IN ('text', 'audio', 'video', 'dm', 'group')),
	name		text CHECK (char_length(name) BETWEEN 1 AND 64),
	topic		text CHECK (char_length(topic) <= 1024),
	category	text CHECK (char_length(category) BETWEEN 1 AND 64),
	position	double precision NOT NULL DEFAULT 0,
	private		boolean NOT NULL DEFAULT false,
	overridden	boolean NOT NULL DEFAULT false,
	dm_key		text CONSTRAINT channel_dm_key UNIQUE,
	creator_id	bigint REFERENCES account,
	last_seq	bigint NOT NULL DEFAULT 0,
	last_message_id	bigint,
	rev		bigint NOT NULL DEFAULT 0,
	deleted_at	timestamptz,
	CHECK ((server_id IS NULL) = (kind IN ('dm', 'group'))),
	CHECK ((dm_key IS NULL) = (server_id IS NOT NULL))
) WITH (fillfactor = 50);
CREATE INDEX channel_server_idx ON channel (server_id);
COMMENT ON TABLE channel IS 'Text, audio and video channels and conversations; also the stream channel:<id>';
COMMENT ON COLUMN channel.dm_key IS 'Conversations: the member ids in ascending order, so that the same people always find the same one';
COMMENT ON COLUMN channel.overridden IS 'Has rows in channel_override';
COMMENT ON COLUMN channel.last_seq IS 'Number of the newest message';
COMMENT ON COLUMN channel.rev IS 'Number of the newest event of the stream channel:<id>';

CREATE TABLE channel_member (
	channel_id	bigint NOT NULL REFERENCES channel ON DELETE CASCADE,
	account_id	bigint NOT NULL REFERENCES account ON DELETE CASCADE,
	joined_at	timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (channel_id, account_id)
);
CREATE INDEX channel_member_account_idx ON channel_member (account_id);
COMMENT ON TABLE channel_member IS 'Who a private channel or a conversation is shared with';

CREATE TABLE channel_override (
	channel_id	bigint NOT NULL REFERENCES channel ON DELETE CASCADE,
	target_id	bigint NOT NULL,
	is_role		boolean NOT NULL,
	allow		bigint NOT NULL DEFAULT 0,
	deny		bigint NOT NULL DEFAULT 0,
	PRIMARY KEY (channel_id, target_id),
	CHECK (allow & deny = 0)
);
COMMENT ON TABLE channel_override IS 'What a role or a member is allowed or denied in one channel';
COMMENT ON COLUMN channel_override.target_id IS 'A role or an account';

CREATE TABLE invite (
	code		text PRIMARY KEY CHECK (code ~ '^[A-Za-z0-9_-]{8,64}$'),
	server_id	bigint NOT NULL REFERENCES server ON DELETE CASCADE,
	channel_id	bigint REFERENCES channel ON DELETE SET NULL,
	creator_id	bigint NOT NULL REFERENCES account,
	max_uses	integer CHECK (max_uses BETWEEN 1 AND 1000),
	uses		integer NOT NULL DEFAULT 0,
	created_at	timestamptz NOT NULL DEFAULT now(),
	expires_at	timestamptz,
	CONSTRAINT invite_uses_check CHECK (max_uses IS NULL OR uses <= max_uses)
);
CREATE INDEX invite_channel_idx ON invite (channel_id);
COMMENT ON TABLE invite IS 'Links that let people into a server';
CREATE INDEX invite_server_idx ON invite (server_id);

CREATE TABLE audit (
	id		bigint PRIMARY KEY DEFAULT new_id(),
	server_id	bigint NOT NULL,
	actor_id	bigint NOT NULL,
	action		text NOT NULL,
	target_id	bigint,
	channel_id	bigint,
	hidden		boolean NOT NULL DEFAULT false,
	detail		json
);
CREATE INDEX audit_server_idx ON audit (server_id, id);
COMMENT ON COLUMN audit.hidden IS 'About a channel that not every member saw then: shown to who sees it now, and to the actor';
COMMENT ON TABLE audit IS 'Who did what in a server; only ever added to';

CREATE TABLE message (
	id		bigint NOT NULL,
	channel_id	bigint NOT NULL,
	seq		bigint NOT NULL,
	rev		bigint NOT NULL,
	author_id	bigint NOT NULL,
	content		text NOT NULL,
	nonce		text,
	reply_to	bigint,
	mentions	bigint[] NOT NULL DEFAULT '{}',
	edited_at	timestamptz,
	deleted_at	timestamptz,
	PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX message_seq_idx ON message (channel_id, seq);
CREATE INDEX message_rev_idx ON message (channel_id, rev);
CREATE TABLE message_default PARTITION OF message DEFAULT;
COMMENT ON TABLE message IS 'Partitioned by month of the id';
COMMENT ON COLUMN message.seq IS 'Numbers the messages of a channel 1, 2, 3 … without a gap';
COMMENT ON COLUMN message.rev IS 'The channel''s rev of the last change of this message';

CREATE TABLE mention (
	account_id	bigint NOT NULL,
	channel_id	bigint NOT NULL,
	seq		bigint NOT NULL,
	PRIMARY KEY (account_id, channel_id, seq)
);
COMMENT ON TABLE mention IS 'Who is mentioned in which message; unread mentions are those above read_seq';

CREATE TABLE message_nonce (
	author_id	bigint NOT NULL,
	nonce		text NOT NULL CHECK (char_length(nonce) BETWEEN 1 AND 64),
	channel_id	bigint NOT NULL,
	message_id	bigint NOT NULL,
	body_hash	bytea NOT NULL,
	PRIMARY KEY (author_id, nonce)
);
CREATE INDEX message_nonce_age_idx ON message_nonce (message_id);
COMMENT ON TABLE message_nonce IS 'Makes posting idempotent for at least 24 hours';

CREATE TABLE read_state (
	account_id	bigint NOT NULL REFERENCES account ON DELETE CASCADE,
	channel_id	bigint NOT NULL,
	read_seq	bigint NOT NULL,
	PRIMARY KEY (account_id, channel_id)
) WITH (fillfactor = 70);
COMMENT ON TABLE read_state IS 'How far somebody has read a channel; unread = last_seq - read_seq';
CREATE INDEX read_state_channel_idx ON read_state (channel_id);

CREATE TABLE event (
	id		bigint NOT NULL,
	stream		bigint NOT NULL,
	kind		"char" NOT NULL,
	rev		bigint NOT NULL,
	parent		bigint NOT NULL DEFAULT 0,
	parent_rev	bigint NOT NULL DEFAULT 0,
	access		smallint NOT NULL DEFAULT 0,
	subject		bigint NOT NULL DEFAULT 0,
	type		text NOT NULL,
	body		text NOT NULL,
	PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX event_stream_idx ON event (stream, rev);
CREATE INDEX event_subject_idx ON event (subject) WHERE access = 0 AND subject <> 0;
CREATE TABLE event_default PARTITION OF event DEFAULT;
COMMENT ON TABLE event IS 'What the streams carried, 7 days, partitioned by day of the id';
COMMENT ON COLUMN event.kind IS 's server, c channel, u user';
COMMENT ON COLUMN event.parent_rev IS 'The rev of the server that a channel event was committed under';
COMMENT ON COLUMN event.access IS '0 none, 1 subject gained, 2 subject lost, 3 read everybody''s access anew, 4 session ended, 5 account closed';
COMMENT ON COLUMN event.subject IS 'With access: the account or session meant; else the message the event is about, or 0';
COMMENT ON COLUMN event.body IS 'The envelope as sent, byte for byte';

CREATE TABLE idempotency (
	account_id	bigint NOT NULL,
	key		text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 64),
	body_hash	bytea NOT NULL,
	created_at	timestamptz NOT NULL DEFAULT now(),
	status		integer,
	data		text,
	ref		text,
	PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_age_idx ON idempotency (created_at);
COMMENT ON TABLE idempotency IS 'Answers given to requests with an Idempotency-Key, kept at least 24 hours';

CREATE UNLOGGED TABLE limit_bucket (
	key		text PRIMARY KEY,
	window_end	timestamptz NOT NULL,
	hits		integer NOT NULL
);
COMMENT ON TABLE limit_bucket IS 'Rate limits of sign-in while Redis is away';

CREATE TABLE job (
	id		bigint PRIMARY KEY DEFAULT new_id(),
	kind		text NOT NULL,
	data		json NOT NULL DEFAULT '{}',
	run_at		timestamptz NOT NULL DEFAULT now(),
	attempts	integer NOT NULL DEFAULT 0,
	leased_until	timestamptz,
	failed_at	timestamptz,
	error		text
);
COMMENT ON COLUMN job.attempts IS 'Raised by each take; who finishes must name it, so that a worker whose lease ran out changes nothing';
CREATE INDEX job_due_idx ON job (run_at) WHERE failed_at IS NULL;
COMMENT ON TABLE job IS 'What must happen later, written in the transaction that causes it';

CREATE TYPE reply AS (kind text, ref text, data text);
COMMENT ON TYPE reply IS
'What a mutation returns. First row: body, created (ref = path of the new thing), empty or replay, with
the JSON body as data. Further rows: event, ref = stream, data = what goes to the bus after commit.';
