-- Secrets given out once. Who has the secret has made it: the database sees its SHA-256 only.

CREATE OR REPLACE FUNCTION ticket_make(hash bytea, kind text, account_id bigint, data jsonb, life_s int) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF ticket_make.kind IN ('reset', 'verify') THEN
		-- one after the other, so that only the newest is left
		PERFORM FROM account AS a WHERE a.id = ticket_make.account_id FOR NO KEY UPDATE;
		DELETE FROM ticket AS t WHERE t.account_id = ticket_make.account_id AND t.kind = ticket_make.kind;
	END IF;
	INSERT INTO ticket AS t (hash, kind, account_id, data, expires_at)
	VALUES (ticket_make.hash, ticket_make.kind, ticket_make.account_id, coalesce(ticket_make.data, '{}'),
		now() + make_interval(secs => life_s));
END
$$;
COMMENT ON FUNCTION ticket_make IS
'Notes a secret by its hash. Of the kinds reset and verify an account has the newest only. account_id: NULL for nobody''s';

CREATE OR REPLACE FUNCTION ticket_take(kind text, hash bytea) RETURNS SETOF ticket LANGUAGE sql AS $$
	DELETE FROM ticket AS t WHERE t.hash = ticket_take.hash AND t.kind = ticket_take.kind
	AND t.expires_at > now() RETURNING t.*
$$;
COMMENT ON FUNCTION ticket_take IS
'The ticket, which is gone with it; nothing when there is none, it has expired, is of another kind, or somebody took it first';

CREATE OR REPLACE FUNCTION ticket_try(kind text, hash bytea, most int) RETURNS SETOF ticket LANGUAGE plpgsql AS $$
DECLARE
	x	ticket;
BEGIN
	UPDATE ticket AS t SET tries = t.tries + 1 WHERE t.hash = ticket_try.hash AND t.kind = ticket_try.kind
	AND t.expires_at > now() RETURNING t.* INTO x;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF x.tries > most THEN
		DELETE FROM ticket AS t WHERE t.hash = ticket_try.hash;
	END IF;
	RETURN NEXT x;
END
$$;
COMMENT ON FUNCTION ticket_try IS
'The ticket, with this try counted; with tries > most it is gone. To be committed before the try is made, whatever comes of it';

CREATE OR REPLACE FUNCTION ticket_void(account_id bigint, kinds text[]) RETURNS void LANGUAGE sql AS $$
	DELETE FROM ticket AS t WHERE t.account_id = ticket_void.account_id AND t.kind = ANY (kinds)
$$;
COMMENT ON FUNCTION ticket_void IS 'What was given out to somebody opens nothing any more';
