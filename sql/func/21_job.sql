-- Rows of job: how they come, who gets his turn, and what the steps of all kinds have in common.

CREATE OR REPLACE FUNCTION job_add(kind text, owner bigint, data json, due timestamptz) RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO job (kind, owner, data, run_at) VALUES (kind, coalesce(owner, 0), data, due) RETURNING id
$$;
COMMENT ON FUNCTION job_add IS 'owner: whose turn it uses up, NULL for the installation''s';

CREATE OR REPLACE FUNCTION job_waits(kind text, owner bigint, part jsonb) RETURNS bigint LANGUAGE sql AS $$
	SELECT j.id FROM job AS j
	WHERE j.kind = job_waits.kind AND j.owner = coalesce(job_waits.owner, 0) AND j.failed_at IS NULL
	AND j.data::jsonb @> part AND (j.leased_until IS NULL OR j.leased_until < now())
	ORDER BY j.id DESC LIMIT 1 FOR UPDATE SKIP LOCKED
$$;
COMMENT ON FUNCTION job_waits IS
'A job whose data holds this part and that nobody works on, locked: nobody takes it before this transaction ends,
so it sees what this one does; NULL when there is none';

CREATE OR REPLACE FUNCTION job_take(lease_s int) RETURNS SETOF job LANGUAGE plpgsql AS $$
DECLARE
	j	job;
BEGIN
	SELECT x.* INTO j FROM job AS x LEFT JOIN job_turn AS t ON t.owner = x.owner
	WHERE x.failed_at IS NULL AND x.run_at <= now() AND (x.leased_until IS NULL OR x.leased_until < now())
	ORDER BY t.at NULLS FIRST, x.run_at, x.id LIMIT 1 FOR UPDATE OF x SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	INSERT INTO job_turn AS t (owner, at) VALUES (j.owner, clock_timestamp())
	ON CONFLICT ON CONSTRAINT job_turn_pkey DO UPDATE SET at = excluded.at;
	RETURN QUERY UPDATE job AS x SET leased_until = now() + make_interval(secs => lease_s), attempts = x.attempts + 1
	WHERE x.id = j.id RETURNING x.*;
END
$$;
COMMENT ON FUNCTION job_take IS
'Leases one that is due, of whoever has waited longest for his turn; of his own the one that has been due longest.
So who leaves many of them makes nobody wait but himself.';

CREATE OR REPLACE FUNCTION job_hold(job_id bigint, attempts int) RETURNS job LANGUAGE plpgsql AS $$
DECLARE
	j	job;
BEGIN
	SELECT x.* INTO j FROM job AS x WHERE x.id = job_id AND x.attempts = job_hold.attempts FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM fail(409, 'conflict', 'another worker has taken the job over');
	END IF;
	RETURN j;
END
$$;
COMMENT ON FUNCTION job_hold IS 'A step begins: the row, locked, if it is still this attempt''s';

CREATE OR REPLACE FUNCTION job_renew(job_id bigint, lease_s int, place jsonb) RETURNS reply LANGUAGE plpgsql AS $$
BEGIN
	UPDATE job AS x SET leased_until = now() + make_interval(secs => lease_s), data = (x.data::jsonb || place)::json
	WHERE x.id = job_id;
	RETURN ROW('body', NULL, NULL)::reply;
END
$$;
COMMENT ON FUNCTION job_renew IS
'A step ends and there may be more: notes in data how far it came. Gives its first row; that of the last step is empty.';
