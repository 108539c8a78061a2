-- name: ticket_make(hash, kind, account_id, data, life_s)
SELECT ticket_make($1::bytea, $2::text, $3::bigint, $4::jsonb, $5::int);

-- name: ticket_try(kind, hash, most)
SELECT account_id, data::text AS data, tries FROM ticket_try($1::text, $2::bytea, $3::int);
