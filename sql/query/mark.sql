-- name: mark_preview(actor, channel_id, seq, delivered)
SELECT seq, moved, body, mine, shown FROM mark_preview($1::bigint, $2::bigint, $3::bigint, $4::boolean);

-- name: read_put(actor, channel_id, seq)
SELECT kind, ref, data FROM read_put($1::bigint, $2::bigint, $3::bigint);

-- name: delivered_put(actor, channel_id, seq)
SELECT kind, ref, data FROM delivered_put($1::bigint, $2::bigint, $3::bigint);

-- name: marks_flush(account_ids, channel_ids, reads, delivered)
SELECT kind, ref, data FROM marks_flush($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]);

-- name: receipts_list(actor, channel_id, readers, reads, takers, takes)
SELECT receipts_json($1::bigint, $2::bigint, $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) AS data,
	NULL::text AS before, NULL::text AS after;
