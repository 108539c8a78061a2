# Read and delivered positions: what a mark comes to, what a flush writes, who is told.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
sql_tests "$top_srcdir/tests/db/mark.sql"

# ---- what the daemon gets: the same, by place
dm=$(own "SELECT id FROM channel WHERE kind = 'dm'") ann=$(own "SELECT t.who('ann')") eve=$(own "SELECT t.who('eve')") bob=$(own "SELECT t.who('bob')")
post="SELECT t.post($ann, $dm, 'x')"
own "$post" >/dev/null
last=$(own "SELECT last_seq FROM channel WHERE id = $dm")
is "the daemon is told what its marks come to" "$(sql moot_push moot -c "SELECT place, seq, moved, mine IS NULL, shown IS NULL
	FROM feed_marks(ARRAY[$bob, $eve, $bob], ARRAY[$dm, $dm, $dm], ARRAY[$last, 1, $last], ARRAY[0, 0, 1]) ORDER BY place")" "1|$last|t|f|f
3|$last|t|t|f"
own "SELECT count(*) FROM me_update($bob, NULL, NULL, false, NULL)" >/dev/null
is "and who wants no receipts" "$(sql moot_push moot -c "SELECT kind, receipts FROM feed_access(ARRAY[$bob]) WHERE kind <> 's' AND stream IN ($bob, $dm) ORDER BY kind")" "c|
u|f"

# ---- flushes, marks at once and posts by many, over the same people and channels
cat >"$T/mark.sql" <<'SQL'
\set n random(1, 6)
SELECT id AS ch, last_seq AS head FROM channel WHERE kind = 'dm' OR name = 'talk' ORDER BY random() LIMIT 1 \gset
SELECT t.who((ARRAY['ann', 'bob'])[1 + :client_id % 2]) AS me \gset
\if :n = 1
SELECT count(*) FROM message_create(:me, :ch, 'hello', NULL, NULL, '\x00');
\elif :n = 2
SELECT count(*) FROM read_put(:me, :ch, :head);
\elif :n = 3
SELECT count(*) FROM delivered_put(:me, :ch, :head);
\else
SELECT count(*) FROM (SELECT array_agg(a.id) AS a, array_agg(c.id) AS c, array_agg(c.last_seq - :n + 3) AS r, array_agg(c.last_seq) AS d
	FROM channel AS c, account AS a WHERE (c.kind = 'dm' OR c.name = 'talk') AND a.username IN ('ann', 'bob', 'owner')) AS x,
	LATERAL marks_flush(x.a, x.c, x.r, x.d);
\endif
SQL
"$PG_BIN/pgbench" -n -h "$SOCKET" -U moot_api -c 12 -j 2 -t 40 -f "$T/mark.sql" moot >"$T/bench" 2>&1
has "480 of them at once, none failed" "$(cat "$T/bench")" "actually processed: 480/480"
is "rev counts 1, 2, 3 … in every stream" "$(own "SELECT count(*) FROM (SELECT rev, row_number() OVER (PARTITION BY stream ORDER BY rev) AS n
	FROM event) AS x WHERE rev <> n")" 0
is "positions told never go back in a stream" "$(own "SELECT count(*) FROM (SELECT (body::json #>> '{data,read_seq}')::bigint AS at,
	lag((body::json #>> '{data,read_seq}')::bigint) OVER (PARTITION BY stream, body::json #>> '{data,user_id}', body::json #>> '{data,channel_id}' ORDER BY rev) AS before
	FROM event WHERE type IN ('read.updated', 'receipt.updated')) AS x WHERE at < before")" 0
is "no position is beyond the newest message" "$(own "SELECT count(*) FROM read_state AS r JOIN channel AS c ON c.id = r.channel_id
	WHERE greatest(r.read_seq, r.delivered_seq) > c.last_seq AND r.account_id <> $eve")" 0
finish
