-- A new name is told to the conversations by a job: somebody may be in thousands.

CREATE OR REPLACE FUNCTION rename_later(account_id bigint) RETURNS void LANGUAGE sql AS $$
	INSERT INTO job (kind, data)
	SELECT 'rename', json_build_object('account', account_id::text, 'after', '0')
	WHERE EXISTS (SELECT FROM channel_member AS x JOIN channel AS c ON c.id = x.channel_id
		WHERE x.account_id = rename_later.account_id AND c.server_id IS NULL)
$$;
COMMENT ON FUNCTION rename_later IS
'Leaves word that his conversations are to be told. data: account, and after, the last one that was';

CREATE OR REPLACE FUNCTION rename_tell(job_id bigint, attempts int, lease_s int, most int) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	j	job;
	a	account;
	talk	bigint;
	talks	bigint[];
BEGIN
	SELECT x.* INTO j FROM job AS x
	WHERE x.id = job_id AND x.attempts = rename_tell.attempts FOR UPDATE;
	talks := ARRAY(SELECT c.id FROM channel_member AS x JOIN channel AS c ON c.id = x.channel_id
		WHERE x.account_id = (j.data->>'account')::bigint AND x.channel_id > (j.data->>'after')::bigint
		AND c.server_id IS NULL AND c.deleted_at IS NULL
		ORDER BY c.id LIMIT most);
	IF talks = '{}' THEN
		RETURN NEXT ROW('empty', NULL, NULL)::reply;
		RETURN;
	END IF;
	PERFORM FROM channel AS c WHERE c.id = ANY (talks) ORDER BY c.id FOR NO KEY UPDATE;
	-- read under the locks: who tells a later name waits for them, so the last word is the newest name
	SELECT x.* INTO a FROM account AS x WHERE x.id = (j.data->>'account')::bigint;
	RETURN NEXT ROW('body', NULL, talks[cardinality(talks)]::text)::reply;
	FOR talk IN SELECT x.channel_id FROM channel_member AS x
		WHERE x.account_id = a.id AND x.channel_id = ANY (talks) ORDER BY x.channel_id
	LOOP
		RETURN NEXT channel_event(talk, access_code('none'), 0, 'member.updated',
			'{"channel_id":"' || talk || '","user":' || user_json(a) || '}');
	END LOOP;
	UPDATE job AS x SET leased_until = now() + make_interval(secs => lease_s),
		data = json_build_object('account', a.id::text, 'after', talks[cardinality(talks)]::text)
	WHERE x.id = j.id;
END
$$;
COMMENT ON FUNCTION rename_tell IS
'Tells the next so many conversations, in the order of their ids, the name the account has now, and notes
in the job how far it came. First row: body while there may be more, else empty; empty too when another
worker has taken the job over.';
