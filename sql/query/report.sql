-- name: message_report(actor, channel_id, message_id, reason, note)
SELECT kind, ref, data FROM message_report($1::bigint, $2::bigint, $3::bigint, $4::text, $5::text);

-- name: user_report(actor, account_id, server_id, reason, note)
SELECT kind, ref, data FROM user_report($1::bigint, $2::bigint, $3::bigint, $4::text, $5::text);

-- name: report_list(actor, server_id, most, before_id, state)
SELECT data, before, after FROM report_list($1::bigint, $2::bigint, $3::int, $4::bigint, $5::text);

-- name: report_read(actor, server_id, report_id)
SELECT report_read($1::bigint, $2::bigint, $3::bigint) AS data;

-- name: report_update(actor, server_id, report_id, state)
SELECT kind, ref, data FROM report_update($1::bigint, $2::bigint, $3::bigint, $4::text);
