# Channels, and what happens when two do it at once: slow mode, order, deletion, coming back, the purge.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
. "$(dirname "$0")/session.sh"
world_make
sql moot_api moot >/dev/null <<'SQL'
SELECT t.account('owner'), t.account('ann');
SELECT t.server(t.who('owner'), 'home');
SELECT t.join(s.id, t.who('ann'), 'member') FROM server AS s;
SELECT t.channel(t.who('owner'), s.id, 'c' || x, false) FROM server AS s, generate_series(1, 3) AS x;
SQL
owner=$(own "SELECT t.who('owner')") ann=$(own "SELECT t.who('ann')") home=$(own "SELECT id FROM server")
channel() { own "SELECT id FROM channel WHERE name = '$1'"; }
session_open one
session_open two

# both WHAT FIRST SECOND: FIRST in a transaction that stays open, SECOND meanwhile, which waits; then the end of both.
both()
{
	session_do one "BEGIN; SELECT t.try(\$\$$2\$\$);" >/dev/null
	session_send two "SELECT t.try(\$\$$3\$\$);"
	if session_blocks two; then ok "$1: the second waits"; else not_ok "$1: the second waits" "$(session_result two)"; fi
	session_do one "COMMIT;" >/dev/null
}
update() { echo "SELECT channel_update($owner, $1, NULL, NULL, NULL, NULL, NULL, $2, $3, $4, NULL)"; }
post() { echo "SELECT message_create($ann, $1, 'x', NULL, NULL, '\\x00')"; }

# ---- posts and what would refuse them
c=$(channel c1)
q "$(update "$c" NULL 60 NULL)" >/dev/null
both "two posts of one person in slow mode" "$(post "$c")" "$(post "$c")"
is "and is too fast" "$(session_result two)" slow_mode
q "$(update "$c" NULL 0 NULL)" >/dev/null
for state in "true NULL NULL:read_only" "NULL NULL true:archived"; do
	both "a post during ${state#*:}" "$(update "$c" ${state%:*})" "$(post "$c")"
	is "and is refused: ${state#*:}" "$(session_result two)" "${state#*:}"
	q "$(update "$c" false NULL false)" >/dev/null
done

# ---- and what hides the channel from its author, or silences him
c=$(channel c3)
mine=$(q "SELECT t.post($ann, $c, 'mine')")
edit="SELECT message_update($ann, $c, $mine, 'changed', NULL)"
override() { echo "SELECT override_put($owner, $c, $1, 0, $2)"; }
private() { echo "SELECT channel_update($owner, $c, NULL, NULL, NULL, NULL, $1, NULL, NULL, NULL, NULL)"; }
both "a post while its author is denied to see" "$(override "$ann" 5)" "$(post "$c")"
is "and finds nothing" "$(session_result two)" not_found
q "$(override "$ann" 0)" >/dev/null
both "an edit while its author is denied to write" "$(override "$ann" 4)" "$edit"
is "and may not" "$(session_result two)" forbidden
q "$(override "$ann" 0)" >/dev/null
both "a post while a channel turns private" "$(private true)" "$(post "$c")"
is "and finds nothing then" "$(session_result two)" not_found
q "$(private false)" >/dev/null
both "an edit while a channel turns private" "$(private true)" "$edit"
is "and finds nothing either" "$(session_result two)" not_found
q "$(private false)" >/dev/null
is "nothing was written" "$(own "SELECT count(*), max(content) FROM message WHERE channel_id = $c")" "1|mine"
timeout() { echo "SELECT member_timeout($owner, $home, $ann, $1, NULL)"; }
both "a time-out during a post" "$(post "$c")" "$(timeout 60)"
is "and comes after it" "$(session_result two)" ok
q "$(timeout 0)" >/dev/null
both "a post during a time-out" "$(timeout 60)" "$(post "$c")"
is "and is refused: timed_out" "$(session_result two)" timed_out
q "$(timeout 0)" >/dev/null

# ---- an edit that looks for who is mentioned
c=$(channel c1)
role=$(q "SELECT t.made(ref) FROM role_create($owner, $home, 'helpers', 0, NULL, true) WHERE kind = 'created'")
mine=$(q "SELECT t.post($ann, $c, 'mine')")
session_open three
session_do three "$(post "$c");" >/dev/null	# so that what it runs is compiled, which looks at the table
session_do one "BEGIN; LOCK TABLE role;" >/dev/null
session_send two "SELECT t.try('SELECT message_update($ann, $c, $mine, ''<@&$role>'', NULL)');"
passes "an edit looks for who holds a role" session_blocks two
is "and keeps nobody from posting there" "$(session_do three "SELECT t.try('SELECT message_create($owner, $c, ''meanwhile'', NULL, NULL, ''\\x00'')');")" ok
session_close three
session_do one "COMMIT;" >/dev/null
is "then it is done" "$(session_result two) $(own "SELECT cardinality(mention_roles) FROM message WHERE id = $mine")" "ok 1"

# ---- order against what changes what there is to order
order() { echo "SELECT channel_order($owner, $home, ARRAY(SELECT id FROM channel WHERE server_id = $home AND deleted_at IS NULL ORDER BY position DESC, id), array_fill(NULL::text, ARRAY[$1]))"; }
create="SELECT channel_create($owner, $home, 'new', 'text', NULL, NULL, false)"
both "order during create" "$create" "$(order 4)"
is "and lacks the new one" "$(session_result two)" invalid_fields
both "create during order" "$(order 5)" "$create"
is "and goes to the end" "$(session_result two) $(own "SELECT max(position) = max(position) FILTER (WHERE id = (SELECT max(id) FROM channel)) FROM channel WHERE server_id = $home")" "ok t"
c=$(channel c2)
both "order during delete" "SELECT channel_delete($owner, $c)" "$(order 6)"
is "and names what is gone" "$(session_result two)" invalid_fields
both "two orders" "$(order 5)" "$(order 5)"
is "both are done" "$(session_result two)" ok
is "one place each" "$(own "SELECT count(DISTINCT position) = count(*) FROM channel WHERE server_id = $home AND deleted_at IS NULL")" t

# ---- coming back against coming back, and against the purge
restore="SELECT channel_restore($owner, $c)"
both "two that bring it back" "$restore" "$restore"
is "it comes back" "$(session_result two)" ok
is "once" "$(own "SELECT count(*) FROM event WHERE stream = $home AND type = 'channel.created' AND body ~ '$c'")" 2
due() { [ "$(own "SELECT deleted_at <= now() - interval '7 days' FROM channel WHERE id = $c")" = t ]; }
for first in back gone; do
	q "$(post "$c")" >/dev/null
	q "SELECT channel_delete($owner, $c)" >/dev/null
	job=$(own "UPDATE job SET attempts = 1 WHERE kind = 'purge' AND data->>'channel' = '$c' RETURNING id" | tail -n 1)
	purge="SELECT purge_next($job, 1, 60, 1)"
	# the time runs out between the beginnings of the two
	own "UPDATE channel SET deleted_at = now() - interval '7 days' + interval '2 s' WHERE id = $c"
	if [ $first = back ]; then
		session_send one "BEGIN; SELECT t.try('$restore');"
		is "brought back in time" "$(session_result one)" ok
		passes "the time runs out" wait_until 10 due
		session_send two "SELECT t.try('$purge');"
		if session_blocks two; then ok "the purge waits"; else not_ok "the purge waits" "$(session_result two)"; fi
		session_do one "COMMIT;" >/dev/null
		is "and takes nothing" "$(session_result two) $(own "SELECT count(*), (SELECT deleted_at IS NULL AND purged_at IS NULL FROM channel WHERE id = $c) FROM message WHERE channel_id = $c")" "ok 1|t"
	else
		session_send two "BEGIN; SELECT now() < deleted_at + interval '7 days' FROM channel WHERE id = $c;"
		is "who begins in time" "$(session_result two)" t
		passes "and looks on while it runs out" wait_until 10 due
		session_do one "BEGIN; SELECT t.try('$purge');" >/dev/null
		session_send two "SELECT t.try('$restore');"
		if session_blocks two; then ok "waits for the purge"; else not_ok "waits for the purge" "$(session_result two)"; fi
		session_do one "COMMIT;" >/dev/null
		is "and is too late" "$(session_result two)" gone
		session_do two "COMMIT;" >/dev/null
		is "nothing half purged stands" "$(own "SELECT purged_at IS NOT NULL AND deleted_at IS NOT NULL FROM channel WHERE id = $c")" t
	fi
done
session_close one
session_close two
finish
