-- name: feed_epoch()
SELECT feed_epoch() AS epoch;

-- name: feed_access(account_ids)
SELECT account_id, stream, kind, parent, rev, name, floor, receipts, status, shows_seen, left_ms, past, parent_rev
FROM feed_access($1::bigint[]);

-- name: feed_credentials(session_ids, account_ids)
SELECT session_id, account_id FROM feed_credentials($1::bigint[], $2::bigint[]);

-- name: feed_tokens(token_ids, account_ids, hashes)
SELECT place, refusal, expires_s, scopes FROM feed_tokens($1::bigint[], $2::bigint[], $3::bytea[]);

-- name: feed_typing(account_id, channel_id)
SELECT person, told, hidden FROM feed_typing($1::bigint, $2::bigint);

-- name: feed_people(account_ids, user_ids)
SELECT account_id, id, status, seen_s, shows, apart, by_channel FROM feed_people($1::bigint[], $2::bigint[]);

-- name: feed_marks(account_ids, channel_ids, seqs, delivered)
SELECT place, seq, moved, mine, shown FROM feed_marks($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]);

-- name: feed_events(streams, after_revs, limit_each)
SELECT event_id, stream, rev, kind, parent, parent_rev, access, subject, type, at_ms, body
FROM feed_events($1::bigint[], $2::bigint[], $3::int);

-- name: feed_heads(streams)
SELECT stream, rev FROM feed_heads($1::bigint[]);

-- name: feed_tail(after_event_id, most)
SELECT event_id, stream, rev, kind, parent, parent_rev, access, subject, type, at_ms, body
FROM feed_tail($1::bigint, $2::int);
