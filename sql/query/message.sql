-- name: message_create(actor, channel_id, content, nonce, reply_to, body_hash, rules_rev, hits)
SELECT kind, ref, data
FROM message_create($1::bigint, $2::bigint, $3::text, $4::text, $5::bigint, $6::bytea, $7::bigint, $8::bigint[]);

-- name: message_read(actor, channel_id, message_id)
SELECT message_json(m, a) AS data
FROM message AS m JOIN account AS a ON a.id = m.author_id
WHERE m.id = $3::bigint AND m.channel_id = $2::bigint
AND need_channel($1::bigint, $2::bigint, perm('history')) <> 0;

-- name: message_list(actor, channel_id, before_id, after_id, around_id, most)
SELECT data, before, after
FROM message_list($1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::int);

-- name: message_update(actor, channel_id, message_id, content, if_rev, rules_rev, hits)
SELECT kind, ref, data
FROM message_update($1::bigint, $2::bigint, $3::bigint, $4::text, $5::bigint, $6::bigint, $7::bigint[]);

-- name: message_delete(actor, channel_id, message_id)
SELECT kind, ref, data FROM message_delete($1::bigint, $2::bigint, $3::bigint);

-- name: typing_post(actor, channel_id)
SELECT kind, ref, data FROM typing_post($1::bigint, $2::bigint);

-- name: sync(actor, channel_ids, revs, most)
SELECT sync_json($1::bigint, $2::bigint[], $3::bigint[], $4::int) AS data;
