-- name: presence_set(actor, status)
SELECT kind, ref, data FROM presence_set($1::bigint, $2::text);

-- name: presence_people(actor, user_ids)
SELECT people_text($1::bigint, $2::bigint[]) AS people;

-- name: presence_store(account_ids, statuses)
SELECT kind, ref, data FROM presence_store($1::bigint[], $2::text[]);

-- name: seen_store(account_ids, seen_s)
SELECT seen_store($1::bigint[], $2::bigint[]) AS rows;
