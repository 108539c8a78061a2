-- A new name is told to the conversations by a job: somebody may be in thousands.

CREATE OR REPLACE FUNCTION rename_later(account_id bigint) RETURNS void LANGUAGE sql AS $$
	SELECT job_add('rename', account_id, json_build_object('account', account_id::text, 'after', '0'), now())
	WHERE EXISTS (SELECT FROM channel_member AS x JOIN channel AS c ON c.id = x.channel_id
		WHERE x.account_id = rename_later.account_id AND c.server_id IS NULL)
	AND job_waits('rename', account_id, '{"after":"0"}') IS NULL
$$;
COMMENT ON FUNCTION rename_later IS
'Leaves word that his conversations are to be told, if none is left that has told nobody yet: it tells the name he has
then. data: account, and after, the last one that was told';

CREATE OR REPLACE FUNCTION rename_tell(job_id bigint, attempts int, lease_s int, most int) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	j	job := job_hold(job_id, attempts);
	a	account;
	talk	bigint;
	talks	bigint[];
BEGIN
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
	RETURN NEXT job_renew(j.id, lease_s, jsonb_build_object('after', talks[cardinality(talks)]::text));
	FOR talk IN SELECT x.channel_id FROM channel_member AS x
		WHERE x.account_id = a.id AND x.channel_id = ANY (talks) ORDER BY x.channel_id
	LOOP
		RETURN NEXT channel_event(talk, access_code('none'), 0, 'member.updated',
			'{"channel_id":"' || talk || '","user":' || user_json(a) || '}');
	END LOOP;
END
$$;
COMMENT ON FUNCTION rename_tell IS
'Tells the next so many conversations, in the order of their ids, the name the account has now';
