-- Letters: rows of job, sent by moot-jobs once the transaction that causes them is committed.

CREATE OR REPLACE FUNCTION mail_to(account_id bigint, address text, what text, more jsonb DEFAULT '{}') RETURNS void
LANGUAGE sql AS $$
	SELECT job_add('mail', account_id, (jsonb_build_object('to', address, 'what', what,
		'name', (SELECT a.username FROM account AS a WHERE a.id = account_id)) || more)::json, now())
$$;
COMMENT ON FUNCTION mail_to IS
'what: a word of lib/domain/mail.c. more: secret, which stands here for as long as the row lives; note. address NULL:
a letter to nobody, which takes as long to leave as one to somebody';
