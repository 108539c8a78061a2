# What happens when two do it at once. Many callers by pgbench and parallel psql; and two sessions
# steered statement by statement where the order matters.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
. "$(dirname "$0")/session.sh"
world_make
BENCH=$PG_BIN/pgbench
[ -x "$BENCH" ] || BENCH=$(command -v pgbench) || bail "no pgbench: install the Debian package postgresql"

# at_once N FILE: N clients run the pgbench script once each, all begun together.
at_once()
{
	"$BENCH" -n -h "$SOCKET" -U moot_api -c "$1" -j 2 -t "${3:-1}" -f "$2" moot >"$T/bench" 2>&1 ||
		printf '# %s\n' "$(tail -n 3 "$T/bench")"
}

sql moot_api moot >/dev/null <<'SQL'
SELECT t.account('owner'), t.account('ann'), t.account('bob'), t.account('cid');
SELECT t.account('p' || x) FROM generate_series(1, 20) AS x;
SELECT t.server(t.who('owner'), 'home');
SELECT t.join(s.id, a.id, 'member') FROM server AS s, account AS a WHERE a.username IN ('ann', 'bob');
SELECT t.channel(t.who('owner'), s.id, 'c' || x, false) FROM server AS s, generate_series(1, 4) AS x;
SQL

# ---- posts by 16 at once into four channels, edits and deletions among them
cat >"$T/post.sql" <<'SQL'
\set n random(1, 4)
SELECT id AS ch FROM channel WHERE name = 'c' || :n \gset
SELECT t.who((ARRAY['owner', 'ann', 'bob'])[1 + :client_id % 3]) AS me \gset
SELECT t.made(ref) AS m FROM message_create(:me, :ch, 'hello <@' || t.who('bob') || '>', NULL, NULL, '\x00') WHERE kind = 'created' \gset
\set what random(1, 4)
\if :what = 1
SELECT count(*) FROM message_update(:me, :ch, :m, 'changed', NULL);
\elif :what = 2
SELECT count(*) FROM message_delete(:me, :ch, :m);
\elif :what = 3
SELECT count(*) FROM read_put(:me, :ch, 1000000);
\endif
SQL
at_once 16 "$T/post.sql" 40
has "640 posts by 16 clients at once, none failed" "$(cat "$T/bench")" "actually processed: 640/640"
is "seq counts 1, 2, 3 … in every channel" "$(own "SELECT count(*) FROM (SELECT seq, row_number() OVER (PARTITION BY channel_id ORDER BY seq) AS n
	FROM message) AS x WHERE seq <> n")" 0
is "last_seq is the newest" "$(own "SELECT count(*) FROM channel AS c WHERE server_id IS NOT NULL
	AND last_seq <> (SELECT coalesce(max(seq), 0) FROM message WHERE channel_id = c.id)")" 0
is "rev counts 1, 2, 3 … in the events of every stream" "$(own "SELECT count(*) FROM (SELECT rev, row_number() OVER (PARTITION BY stream ORDER BY rev) AS n
	FROM event) AS x WHERE rev <> n")" 0
is "the newest event is the stream's rev" "$(own "SELECT count(*) FROM (SELECT id, rev FROM channel UNION ALL SELECT id, rev FROM server UNION ALL SELECT id, rev FROM account) AS s
	WHERE rev <> (SELECT coalesce(max(rev), 0) FROM event WHERE stream = s.id)")" 0
is "message.rev is that of the message's newest event" "$(own "SELECT count(*) FROM message AS m
	WHERE rev <> (SELECT max(rev) FROM event WHERE stream = m.channel_id AND subject = m.id)")" 0
is "the envelope says the same rev, stream and type as the row" "$(own "SELECT count(*) FROM event WHERE (body::json ->> 'rev')::bigint <> rev
	OR body::json ->> 'type' <> type OR body::json ->> 'stream' <> CASE kind WHEN 'c' THEN 'channel:' WHEN 's' THEN 'server:' ELSE 'user:' END || stream")" 0
is "every event of a server's channel names the server's rev" "$(own "SELECT count(*) FROM event AS e JOIN channel AS c ON c.id = e.stream
	JOIN server AS s ON s.id = c.server_id WHERE e.parent <> c.server_id OR e.parent_rev > s.rev OR e.parent_rev < 1")" 0
is "messages made in one channel have ids in the order of seq or were made at once" "$(own "SELECT count(*) FROM message AS a JOIN message AS b
	ON b.channel_id = a.channel_id AND b.seq > a.seq AND id_time(b.id) < id_time(a.id) - interval '5 s'")" 0
is "unread mentions are those of a recount" "$(own "SELECT count(*) FROM channel AS c, account AS a
	WHERE unread_mentions(a.id, c.id, coalesce((SELECT read_seq FROM read_state WHERE account_id = a.id AND channel_id = c.id), 0))
	<> (SELECT count(*) FROM message AS m WHERE m.channel_id = c.id AND a.id = ANY (m.mentions) AND m.author_id <> a.id
		AND m.seq > coalesce((SELECT read_seq FROM read_state WHERE account_id = a.id AND channel_id = c.id), 0))")" 0
is "and there are some" "$(own "SELECT count(*) > 50 FROM mention")" t
is "read positions are never beyond the newest message" "$(own "SELECT count(*) FROM read_state AS r JOIN channel AS c ON c.id = r.channel_id WHERE r.read_seq > c.last_seq")" 0

# ---- one nonce, twenty at once
ch=$(own "SELECT id FROM channel WHERE name = 'c1'")
ann=$(own "SELECT t.who('ann')") bob=$(own "SELECT t.who('bob')") owner=$(own "SELECT t.who('owner')") home=$(own "SELECT id FROM server")
echo "SELECT kind FROM message_create($ann, $ch, 'once', 'nonce-1', NULL, '\\x01');" >"$T/nonce.sql"
before=$(own "SELECT last_seq FROM channel WHERE id = $ch")
at_once 20 "$T/nonce.sql"
has "twenty posts with one nonce all succeed" "$(cat "$T/bench")" "actually processed: 20/20"
is "and make one message" "$(own "SELECT count(*) FROM message WHERE nonce = 'nonce-1'")" 1
is "and use one number" "$(own "SELECT last_seq - $before FROM channel WHERE id = $ch")" 1
is "the same again is a replay of the same" "$(q "SELECT kind || ' ' || (data::json ->> 'content') FROM message_create($ann, $ch, 'once', 'nonce-1', NULL, '\\x01')")" "replay once"
is "another text with it is refused" "$(own "SELECT t.try('SELECT message_create($ann, $ch, ''other'', ''nonce-1'', NULL, ''\\x02'')')")" idempotency_mismatch
is "another channel with it is refused" "$(own "SELECT t.try('SELECT message_create($ann, ' || id || ', ''once'', ''nonce-1'', NULL, ''\\x01'')') FROM channel WHERE name = 'c2'")" idempotency_mismatch
is "another's nonce of the same name is his own" "$(q "SELECT kind FROM message_create($bob, $ch, 'once', 'nonce-1', NULL, '\\x01') LIMIT 1")" created

# ---- an invite for one, twenty at once
q "SELECT count(*) FROM invite_create($owner, $home, 1, 0, NULL, NULL, 'onlyone1')" >/dev/null
cat >"$T/invite.sql" <<'SQL'
SELECT t.who('p' || (:client_id + 1)) AS me \gset
SELECT t.try('SELECT invite_accept(' || :me || ', ''onlyone1'', 100)');
SQL
at_once 20 "$T/invite.sql"
is "an invite for one lets one of twenty in" "$(own "SELECT count(*) FROM member AS m JOIN account AS a ON a.id = m.account_id WHERE a.username ~ '^p[0-9]'")" 1
is "and counts one use" "$(own "SELECT uses FROM invite WHERE code = 'onlyone1'")" 1
is "member_count is the number of members" "$(own "SELECT member_count - (SELECT count(*) FROM member) FROM server")" 0
q "SELECT count(*) FROM invite_create($owner, $home, 0, 0, NULL, NULL, 'everyone1')" >/dev/null
sed 's/onlyone1/everyone1/; s/(:client_id + 1)/1/' "$T/invite.sql" >"$T/same.sql"
at_once 20 "$T/same.sql"
is "one person accepting twenty times at once is one member" "$(own "SELECT count(*) FROM member WHERE account_id = t.who('p1')")" 1
sed 's/onlyone1/everyone1/' "$T/invite.sql" >"$T/all.sql"
at_once 20 "$T/all.sql"
is "twenty joining at once are twenty members" "$(own "SELECT count(*) FROM member AS m JOIN account AS a ON a.id = m.account_id WHERE a.username ~ '^p[0-9]'")" 20
is "and still counted right" "$(own "SELECT member_count - (SELECT count(*) FROM member) FROM server")" 0

# ---- conversations, whoever opens them first
cat >"$T/dm.sql" <<'SQL'
SELECT t.who((ARRAY['ann', 'bob'])[1 + :client_id % 2]) AS me, t.who((ARRAY['bob', 'ann'])[1 + :client_id % 2]) AS you \gset
SELECT kind FROM dm_open(:me, ARRAY[:you]);
SQL
at_once 20 "$T/dm.sql"
has "twenty openings of one conversation from both sides succeed" "$(cat "$T/bench")" "actually processed: 20/20"
is "and make one" "$(own "SELECT count(*), (SELECT count(*) FROM channel_member) FROM channel WHERE kind = 'dm'")" "1|2"
cat >"$T/group.sql" <<'SQL'
SELECT kind FROM dm_open(t.who((ARRAY['ann', 'bob', 'cid'])[1 + :client_id % 3]), ARRAY[t.who('cid'), t.who('ann'), t.who('bob')]);
SQL
at_once 20 "$T/group.sql"
is "a group of three too" "$(own "SELECT count(*), (SELECT count(*) FROM channel_member AS m WHERE m.channel_id = max(c.id)) FROM channel AS c WHERE kind = 'group'")" "1|3"
is "each of them was told once" "$(own "SELECT string_agg(n::text, ' ') FROM (SELECT count(*) AS n FROM event WHERE type = 'dm.created' AND stream IN (t.who('ann'), t.who('bob')) GROUP BY stream) AS x")" "2 2"

# ---- one setup link, two at once
own "UPDATE instance SET setup_token_hash = '\\xaa', setup_expires_at = now() + interval '1 h'"
echo "SELECT t.try('SELECT account_register(''boss' || :client_id || ''', NULL, ''x'', NULL, '''', '''', ''\\xaa'')');" >"$T/setup.sql"
at_once 8 "$T/setup.sql"
is "one of eight becomes administrator" "$(own "SELECT count(*), count(*) FILTER (WHERE admin) FROM account WHERE username LIKE 'boss%'")" "1|1"
is "the link is used up" "$(own "SELECT t.try('SELECT account_register(''late'', NULL, ''x'', NULL, '''', '''', ''\\xaa'')')")" setup_closed
own "UPDATE instance SET setup_token_hash = '\\xbb', setup_expires_at = now() + interval '1 h'"
is "no link works once there is an administrator" "$(own "SELECT t.try('SELECT account_register(''late'', NULL, ''x'', NULL, '''', '''', ''\\xbb'')')")" setup_closed
own "UPDATE account SET admin = false; UPDATE instance SET setup_token_hash = '\\xbb', setup_expires_at = now() - interval '1 s'"
is "a late link does not work" "$(own "SELECT t.try('SELECT account_register(''late'', NULL, ''x'', NULL, '''', '''', ''\\xbb'')')")" setup_closed

# ---- refresh tokens: the same generation by many at once
q "SELECT count(*) FROM session_create($ann, 'test', '::1')" >/dev/null
s=$(own "SELECT id FROM session WHERE account_id = $ann")
echo "INSERT INTO outcome SELECT outcome, new_gen FROM session_rotate($s, 1, 10, 1000, 1000);" >"$T/rotate.sql"
own "CREATE TABLE outcome (outcome text, new_gen int); GRANT ALL ON outcome TO moot_api"
at_once 10 "$T/rotate.sql"
is "ten at once with one refresh token: one rotates, nine get the same successor" \
	"$(own "SELECT string_agg(outcome || ':' || n || ':' || g, ' ' ORDER BY outcome) FROM (SELECT outcome, count(*) AS n, max(new_gen) AS g FROM outcome GROUP BY 1) AS x")" "grace:9:2 rotated:1:2"
rotate() { q "SELECT outcome || coalesce(' ' || new_gen, '') FROM session_rotate($s, $1, ${2:-10}, ${3:-1000}, ${4:-1000})"; }
is "the successor rotates on" "$(rotate 2)" "rotated 3"
is "within the grace the immediate predecessor gives the successor again" "$(rotate 2)" "grace 3"
own "UPDATE session SET rotated_at = now() - interval '11 s' WHERE id = $s"
is "after it, it is reuse and ends the session" "$(rotate 2)" "reused"
is "the true token is dead then as well" "$(rotate 3)" "ended"
is "and the account's stream says so" "$(own "SELECT access, subject = $s FROM event WHERE type = 'session.ended' AND stream = $ann")" "4|t"
new_session() { q "SELECT count(*) FROM session_create($ann, 'test', '::1')" >/dev/null; s=$(own "SELECT max(id) FROM session WHERE account_id = $ann"); }
new_session; rotate 1 >/dev/null; rotate 2 >/dev/null
is "two generations back is reuse even within the grace" "$(rotate 1)" "reused"
new_session
is "a generation that never was is reuse" "$(rotate 7)" "reused"
new_session
own "UPDATE session SET last_used_at = now() - interval '1001 s' WHERE id = $s"
is "an idle session has ended" "$(rotate 1)" "ended"
new_session
is "a session beyond its absolute life has ended" "$(rotate 1 10 1000 0)" "ended"
is "no such session" "$(q "SELECT outcome FROM session_rotate(1, 1, 10, 1000, 1000)")" "ended"

# ---- two who change to each other's picture, again and again
own "SELECT t.account('swap1'), t.account('swap2'); INSERT INTO picture (hash) VALUES (repeat('a', 32)), (repeat('b', 32))" >/dev/null
cat >"$T/swap.sql" <<'SQL'
\set n random(1, 2)
SELECT count(*) FROM avatar_set(t.who('swap' || (1 + :client_id % 2)), repeat(chr(96 + :n), 32));
SQL
at_once 8 "$T/swap.sql" 50
has "both have one in the end, and nobody a deadlock" "$(cat "$T/bench")" "actually processed: 400/400"

# ---- who is being let in while the password changes, steered
session_open one
session_open two
come_in="session_create($ann, '', '', NULL, NULL, NULL, 'old')" ask="factor_ask($ann, 'old', sha256('t'), 60)"
live() { own "SELECT count(*) FROM session WHERE account_id = $ann AND ended_at IS NULL"; }
for end in "account_password_set($ann, NULL, 'new', 'old')" "account_password_set($ann, NULL, 'new')" "account_deactivate($ann)"; do
	for door in "$come_in" "$ask"; do
		own "UPDATE account SET password_hash = 'old', disabled_at = NULL WHERE id = $ann; DELETE FROM ticket"
		session_do one "BEGIN; SELECT count(*) FROM $end;" >/dev/null
		session_send two "SELECT t.try(\$\$SELECT $door\$\$);"
		passes "${door%%(*} waits for ${end%%(*}" session_blocks two
		session_do one "COMMIT;" >/dev/null
		is "and lets nobody in by what was the password" "$(session_result two) $(live) $(own "SELECT count(*) FROM ticket")" "bad_credentials 0 0"
		own "UPDATE account SET password_hash = 'old', disabled_at = NULL WHERE id = $ann"
		session_do two "BEGIN; SELECT count(*) FROM $door;" >/dev/null
		session_send one "SELECT t.try(\$\$SELECT $end\$\$);"
		passes "${end%%(*} waits for ${door%%(*}" session_blocks one
		session_do two "COMMIT;" >/dev/null
		is "and ends what that has opened" "$(session_result one) $(live) $(own "SELECT count(*) FROM ticket")" "ok 0 0"
	done
done
own "UPDATE account SET password_hash = 'old', disabled_at = NULL WHERE id = $ann"
is "a change of the password that has been changed is refused" \
	"$(own "SELECT t.try('SELECT account_password_set($ann, NULL, ''new'', ''older'')'), password_hash FROM account WHERE id = $ann")" "bad_credentials|old"
session_close one
session_close two

# ---- removal against posting, steered
session_open poster
session_open remover
# last WHAT REMOVED: the channel's newest event by REMOVED's hand must come before his removal
posts_after()	# CHANNEL: message events by ann above the rev of the newest removal of ann from it
{
	own "SELECT count(*) FROM event AS e WHERE e.stream = $1 AND e.type LIKE 'message.%' AND e.body::json #>> '{data,author,id}' = '$ann'
		AND e.rev > (SELECT max(x.rev) FROM event AS x WHERE x.stream = $1 AND x.access = 2 AND x.subject = $ann)"
}
join_again() { q "SELECT count(*) FROM invite_accept($ann, 'everyone1', 100)" >/dev/null; }
session_do remover "BEGIN; SELECT 1 FROM member_remove($owner, $home, $ann);" >/dev/null
session_send poster "SELECT 'posted ' || kind FROM message_create($ann, $ch, 'late', NULL, NULL, '\\x00') LIMIT 1;"
if session_blocks poster; then ok "a post waits for a kick in flight"; else not_ok "a post waits for a kick in flight" "$(session_result poster)"; fi
session_do remover "COMMIT;" >/dev/null
has "and fails when the kick is done" "$(session_result poster)" "not_found"
join_again
session_do poster "BEGIN; SELECT 'posted' FROM message_create($ann, $ch, 'in time', NULL, NULL, '\\x00') LIMIT 1;" >/dev/null
session_send remover "SELECT 'kicked' FROM member_remove($owner, $home, $ann) LIMIT 1;"
if session_blocks remover; then ok "a kick waits for a post in flight"; else not_ok "a kick waits for a post in flight" "$(session_result remover)"; fi
session_do poster "COMMIT;" >/dev/null
has "and is done after it" "$(session_result remover)" "kicked"
is "so the post names an older rev of the server than the kick's" "$(own "SELECT (SELECT parent_rev FROM event WHERE stream = $ch ORDER BY rev DESC LIMIT 1)
	< (SELECT max(rev) FROM event WHERE stream = $home AND access = 2 AND subject = $ann)")" t
join_again

private=$(q "SELECT t.channel($owner, $home, 'private', true)")
share() { q "SELECT count(*) FROM channel_member_put($owner, $private, $ann)" >/dev/null; }
share
session_do remover "BEGIN; SELECT 1 FROM channel_member_delete($owner, $private, $ann);" >/dev/null
session_send poster "SELECT 'posted' FROM message_create($ann, $private, 'late', NULL, NULL, '\\x00') LIMIT 1;"
session_blocks poster
session_do remover "COMMIT;" >/dev/null
is "a post that waited for a removal from a private channel fails" "$(session_result poster | grep -c not_found)" 1
is "nothing of his follows his removal there" "$(posts_after "$private")" 0
share
mine=$(q "SELECT t.post($ann, $private, 'first')")
session_do remover "BEGIN; SELECT 1 FROM channel_member_delete($owner, $private, $ann);" >/dev/null
session_send poster "SELECT 'edited' FROM message_update($ann, $private, $mine, 'late', NULL) LIMIT 1;"
session_blocks poster
session_do remover "COMMIT;" >/dev/null
is "an edit that waited for it fails" "$(session_result poster | grep -c not_found)" 1
is "and nothing follows" "$(posts_after "$private")" 0
share
session_do remover "BEGIN; SELECT 1 FROM channel_member_delete($owner, $private, $ann);" >/dev/null
session_send poster "SELECT 'gone' FROM message_delete($ann, $private, $mine) LIMIT 1;"
session_blocks poster
session_do remover "COMMIT;" >/dev/null
is "a deletion that waited for it fails" "$(session_result poster | grep -c not_found)" 1
is "and nothing follows it" "$(posts_after "$private")" 0
# his own leaving a group
group=$(own "SELECT id FROM channel WHERE kind = 'group'")
session_do remover "BEGIN; SELECT 1 FROM channel_member_delete($ann, $group, $ann);" >/dev/null
session_send poster "SELECT 'posted' FROM message_create($ann, $group, 'late', NULL, NULL, '\\x00') LIMIT 1;"
session_blocks poster
session_do remover "COMMIT;" >/dev/null
is "a post into a group one leaves meanwhile fails" "$(session_result poster | grep -c not_found)" 1
is "nothing follows the leaving" "$(posts_after "$group")" 0
# an edit in a public channel against a kick
mine=$(q "SELECT t.post($ann, $ch, 'first')")
session_do remover "BEGIN; SELECT 1 FROM member_remove($owner, $home, $ann);" >/dev/null
session_send poster "SELECT 'edited' FROM message_update($ann, $ch, $mine, 'late', NULL) LIMIT 1;"
session_blocks poster
session_do remover "COMMIT;" >/dev/null
if session_result poster | grep -q not_found; then
	ok "an edit begun during a kick fails"
else
	is "an edit begun during a kick names an older rev of the server" "$(own "SELECT
		(SELECT parent_rev FROM event WHERE stream = $ch AND subject = $mine ORDER BY rev DESC LIMIT 1)
		< (SELECT max(rev) FROM event WHERE stream = $home AND access = 2 AND subject = $ann)")" t
fi
join_again
# a role taken away against a post that needs it
channel_admin=$(q "SELECT t.channel($owner, $home, 'quiet', false)")
q "SELECT count(*) FROM override_put($owner, $channel_admin, t.role($home, 'everyone'), 0, 4)" >/dev/null
q "SELECT count(*) FROM override_put($owner, $channel_admin, t.role($home, 'moderator'), 4, 0)" >/dev/null
q "SELECT count(*) FROM member_update($owner, $home, $ann, '{moderator}', NULL)" >/dev/null
session_do remover "BEGIN; SELECT 1 FROM member_update($owner, $home, $ann, '{member}', NULL);" >/dev/null
session_send poster "SELECT 'posted' FROM message_create($ann, $channel_admin, 'late', NULL, NULL, '\\x00') LIMIT 1;"
if session_blocks poster; then ok "a post waits for a change of the poster's roles"; else not_ok "a post waits for a change of the poster's roles" "$(session_result poster)"; fi
session_do remover "COMMIT;" >/dev/null
has "and is judged by the new ones" "$(session_result poster)" "forbidden"
# the deletion of a channel against a post
doomed=$(q "SELECT t.channel($owner, $home, 'doomed', false)")
session_do remover "BEGIN; SELECT 1 FROM channel_delete($owner, $doomed);" >/dev/null
session_send poster "SELECT 'posted' FROM message_create($bob, $doomed, 'late', NULL, NULL, '\\x00') LIMIT 1;"
session_blocks poster
session_do remover "COMMIT;" >/dev/null
has "a post into a channel being deleted fails" "$(session_result poster)" "not_found"
is "channel.deleted is its last event" "$(own "SELECT type FROM event WHERE stream = $doomed ORDER BY rev DESC LIMIT 1")" "channel.deleted"
# a ban against the banned one's coming in
q "SELECT count(*) FROM member_remove($owner, $home, $ann)" >/dev/null
session_do remover "BEGIN; SELECT 1 FROM ban_put($owner, $home, $ann, NULL, 0, 0);" >/dev/null
session_send poster "SELECT 'joined' FROM invite_accept($ann, 'everyone1', 100) LIMIT 1;"
if session_blocks poster; then ok "a join waits for a ban in flight"; else not_ok "a join waits for a ban in flight" "$(session_result poster)"; fi
session_do remover "COMMIT;" >/dev/null
has "and fails when the ban is there" "$(session_result poster)" "not_found"
is "who is banned is no member" "$(own "SELECT count(*) FROM member AS m JOIN ban AS b USING (server_id, account_id)")" 0
# a profile changed while somebody is put in: no deadlock in either order
q "SELECT count(*) FROM ban_delete($owner, $home, $ann)" >/dev/null
join_again
session_do remover "BEGIN; SELECT 1 FROM server_update($owner, $home, 'home2', NULL, NULL, NULL);" >/dev/null
session_send poster "SELECT 'renamed' FROM me_update($ann, 'Ann', NULL, NULL, NULL) LIMIT 1;"
session_blocks poster
has "a kick while the kicked one changes his profile is no deadlock" "$(session_do remover "SELECT 'kicked' FROM member_remove($owner, $home, $ann) LIMIT 1;")" kicked
session_do remover "COMMIT;" >/dev/null
has "nor for him" "$(session_result poster)" renamed
# a profile changed and changed back at once: the second is a change, and told
join_again
own "UPDATE account SET display_name = 'Old', receipts = true WHERE id = $ann"
for change in "'%s', NULL, NULL|New|Old|member.updated user.updated" "NULL, NULL, %s|false|true|user.updated"; do
	IFS='|' read -r args there back told <<<"$change"
	session_do remover "BEGIN; SELECT 1 FROM me_update($ann, ${args/\%s/$there}, NULL);" >/dev/null
	session_send poster "SELECT split_part(split_part(data, E'\n', 1), ' ', 8) FROM me_update($ann, ${args/\%s/$back}, NULL) WHERE kind = 'event';"
	session_blocks poster
	session_do remover "COMMIT;" >/dev/null
	is "set to $there and back to $back at once, both are told" "$(session_result poster | tr '\n' ' ')" "$told "
done
# who is posting is taken out of the channel
shut=$(q "SELECT t.channel($owner, $home, 'shut', true)")
q "SELECT count(*) FROM channel_member_put($owner, $shut, $ann)" >/dev/null
session_do poster "BEGIN; SELECT access_hold($ann, $shut);" >/dev/null
session_send remover "SELECT 'removed' FROM channel_member_delete($owner, $shut, $ann) LIMIT 1;"
passes "who is taken out of a channel while he posts" session_blocks remover
has "has posted" "$(session_do poster "SELECT 'posted' FROM message_create($ann, $shut, 'in time', NULL, NULL, '\\x00') LIMIT 1;")" posted
session_do poster "COMMIT;" >/dev/null
has "and then he is out: no deadlock" "$(session_result remover)" removed
# ---- roles: two admins at each other, a server handed on, a role that goes while it is given
q "SELECT count(*) FROM invite_accept(t.who('cid'), 'everyone1', 100)" >/dev/null
cid=$(own "SELECT t.who('cid')")
roles() { own "SELECT string_agg(r.kind, ' ' ORDER BY r.position) FROM member AS m JOIN role AS r ON r.id = ANY (m.roles) WHERE m.server_id = $home AND m.account_id = $1"; }
hold() { q "SELECT count(*) FROM member_update($owner, $home, $1, '$2', NULL)" >/dev/null; }
mask=$(own "SELECT perm('manage_roles') | perm('kick')")
q "SELECT count(*) FROM role_create($owner, $home, 'upper', $mask, NULL, NULL)" >/dev/null
q "SELECT count(*) FROM role_create($owner, $home, 'lower', $mask, NULL, NULL)" >/dev/null
upper=$(own "SELECT t.role($home, 'upper')") lower=$(own "SELECT t.role($home, 'lower')")
# by turns each waits for the other and is judged by what he is then
hold "$ann" "{$upper}"; hold "$bob" "{$lower}"
session_do remover "BEGIN; SELECT 1 FROM member_update($ann, $home, $bob, '{}', NULL);" >/dev/null
session_send poster "SELECT 'demoted' FROM member_update($bob, $home, $cid, '{}', NULL) LIMIT 1;"
if session_blocks poster; then ok "who is being demoted waits with what he does"; else not_ok "who is being demoted waits with what he does" "$(session_result poster)"; fi
session_do remover "COMMIT;" >/dev/null
has "and may it no more" "$(session_result poster)" "forbidden"
hold "$bob" "{$lower}"
session_do remover "BEGIN; SELECT 1 FROM role_update($owner, $home, $upper, NULL, 0, NULL, NULL);" >/dev/null
session_send poster "SELECT 'given' FROM member_update($ann, $home, $cid, '{$lower}', NULL) LIMIT 1;"
session_blocks poster
session_do remover "COMMIT;" >/dev/null
has "who grants while his role loses the permission grants nothing" "$(session_result poster)" "forbidden"
is "and nothing was granted" "$(roles "$cid")" "member"
q "SELECT count(*) FROM role_update($owner, $home, $upper, NULL, $mask, NULL, NULL)" >/dev/null
session_do remover "BEGIN; SELECT 1 FROM role_update($owner, $home, $upper, NULL, $(own "SELECT perm('manage_roles')"), NULL, NULL);" >/dev/null
session_send poster "SELECT 'made' FROM role_create($ann, $home, 'too much', $mask, NULL, NULL) LIMIT 1;"
session_blocks poster
session_do remover "COMMIT;" >/dev/null
has "nor makes a role with what he holds no more" "$(session_result poster)" "forbidden"
q "SELECT count(*) FROM role_update($owner, $home, $upper, NULL, $mask, NULL, NULL)" >/dev/null
# both at once, many times: never both demoted by one who was below
cat >"$T/demote.sql" <<SQL
SELECT CASE :client_id % 2 WHEN 0 THEN $ann ELSE $bob END AS me, CASE :client_id % 2 WHEN 0 THEN $bob ELSE $ann END AS you \gset
SELECT t.try('SELECT member_update(' || :me || ', $home, ' || :you || ', ''{}'', NULL)') \gset
SQL
at_once 8 "$T/demote.sql"
is "two who demote each other: the upper one stays, the lower one goes" "$(own "SELECT string_agg(cardinality(roles)::text, ' ' ORDER BY account_id = $bob)
	FROM member WHERE server_id = $home AND account_id IN ($ann, $bob)")" "1 0"
# a role deleted while it is given, both ways round
for first in given deleted; do
	q "SELECT count(*) FROM role_create($owner, $home, 'doomed', 0, NULL, NULL)" >/dev/null
	gone=$(own "SELECT t.role($home, 'doomed')")
	give="SELECT 'given' FROM member_update($owner, $home, $cid, '{member,$gone}', NULL) LIMIT 1;" delete="SELECT 'deleted' FROM role_delete($owner, $home, $gone) LIMIT 1;"
	[ "$first" = given ] && one=$give two=$delete || one=$delete two=$give
	session_do remover "BEGIN; $one" >/dev/null
	session_send poster "$two"
	if session_blocks poster; then ok "of a role first $first the other change waits"; else not_ok "of a role first $first the other change waits" "$(session_result poster)"; fi
	session_do remover "COMMIT;" >/dev/null
	if [ "$first" = given ]; then has "then it is deleted" "$(session_result poster)" deleted; else has "then it is unknown" "$(session_result poster)" invalid_fields; fi
	is "nobody is left with it ($first first)" "$(own "SELECT count(*) FROM member WHERE roles @> ARRAY[$gone]")" 0
done
# a post that needs the permission that its author's role is losing
quiet=$(q "SELECT t.channel($owner, $home, 'quieter', false)")
q "SELECT count(*) FROM role_update($owner, $home, $upper, NULL, $((mask | 4)), NULL, NULL)" >/dev/null
session_do remover "BEGIN; SELECT 1 FROM role_update($owner, $home, $upper, NULL, $mask, NULL, NULL);" >/dev/null
session_send poster "SELECT 'posted' FROM message_create($ann, $quiet, 'late', NULL, NULL, '\\x00') LIMIT 1;"
if session_blocks poster; then ok "a post waits for a change of its author's role"; else not_ok "a post waits for a change of its author's role" "$(session_result poster)"; fi
session_do remover "COMMIT;" >/dev/null
has "and is judged by the new one" "$(session_result poster)" "forbidden"
q "SELECT count(*) FROM role_update($owner, $home, $upper, NULL, $((mask | 4)), NULL, NULL)" >/dev/null
session_do poster "BEGIN; SELECT 'posted' FROM message_create($ann, $quiet, 'in time', NULL, NULL, '\\x00') LIMIT 1;" >/dev/null
session_send remover "SELECT 'changed' FROM role_update($owner, $home, $upper, NULL, 0, NULL, NULL) LIMIT 1;"
if session_blocks remover; then ok "a change of a role waits for what its holders post"; else not_ok "a change of a role waits for what its holders post" "$(session_result remover)"; fi
session_do poster "COMMIT;" >/dev/null
has "and is done after it" "$(session_result remover)" "changed"
is "so the post names an older rev of the server" "$(own "SELECT (SELECT parent_rev FROM event WHERE stream = $quiet ORDER BY rev DESC LIMIT 1)
	< (SELECT max(rev) FROM event WHERE stream = $home AND type = 'role.updated')")" t
# handing on: by one who is handing it to another, to one who leaves, by many at once
owners() { own "SELECT count(*), (SELECT string_agg(a.username, ' ') FROM server AS s JOIN account AS a ON a.id = s.owner_id WHERE s.id = $home)
	FROM member AS m JOIN role AS r ON r.id = ANY (m.roles) AND r.kind = 'owner' WHERE m.server_id = $home"; }
session_do remover "BEGIN; SELECT 1 FROM server_hand_on($owner, $home, $ann);" >/dev/null
session_send poster "SELECT 'handed' FROM server_hand_on($owner, $home, $bob) LIMIT 1;"
if session_blocks poster; then ok "a second handing on waits for the first"; else not_ok "a second handing on waits for the first" "$(session_result poster)"; fi
session_do remover "COMMIT;" >/dev/null
has "and is the former owner's no more" "$(session_result poster)" "forbidden"
is "exactly one owner" "$(owners)" "1|ann"
session_do remover "BEGIN; SELECT 1 FROM member_remove($cid, $home, $cid);" >/dev/null
session_send poster "SELECT 'handed' FROM server_hand_on($ann, $home, $cid) LIMIT 1;"
session_blocks poster
session_do remover "COMMIT;" >/dev/null
has "to one who leaves meanwhile it is not handed" "$(session_result poster)" "not_found"
session_do remover "BEGIN; SELECT 1 FROM server_hand_on($ann, $home, $owner);" >/dev/null
session_send poster "SELECT 'left' FROM member_remove($owner, $home, $owner) LIMIT 1;"
session_blocks poster
session_do remover "COMMIT;" >/dev/null
has "and who is given it meanwhile does not leave" "$(session_result poster)" "owner_cannot_leave"
cat >"$T/hand.sql" <<SQL
SELECT (ARRAY[$owner, $ann, $bob])[1 + :client_id % 3] AS me, (ARRAY[$ann, $bob, $owner])[1 + :client_id % 3] AS you \gset
SELECT t.try('SELECT server_hand_on(' || :me || ', $home, ' || :you || ')') \gset
SQL
at_once 12 "$T/hand.sql" 5
is "handed round sixty times at once there is one owner" "$(owners | cut -d'|' -f1) $(own "SELECT count(*) FROM member AS m, server AS s WHERE s.id = m.server_id
	AND s.id = $home AND m.account_id = s.owner_id AND m.position = 1000")" "1 1"
is "and members keep what their roles say" "$(own "SELECT count(*) FROM member AS m WHERE m.permissions <> (SELECT bit_or(permissions) FROM role AS r
	WHERE r.server_id = m.server_id AND (r.kind = 'everyone' OR r.id = ANY (m.roles)))
	OR m.position <> (SELECT max(r.position) FROM role AS r WHERE r.server_id = m.server_id AND (r.kind = 'everyone' OR r.id = ANY (m.roles)))")" 0

# ---- the end of an account against what its sessions still begin, either way round
q "SELECT count(*) FROM invite_create($owner, $home, 0, 0, $ch, t.role($home, 'guest'), 'aguest11')" >/dev/null
left_of() { own "SELECT (SELECT count(*) FROM server WHERE owner_id = $1), (SELECT count(*) FROM member WHERE account_id = $1), (SELECT count(*) FROM token WHERE account_id = $1),
	(SELECT count(*) FROM totp WHERE account_id = $1), (SELECT count(*) FROM export WHERE account_id = $1), (SELECT count(*) FROM channel_member WHERE account_id = $1), (SELECT sum(uses) FROM invite)"; }
n=0
for begun in "server_create(LEAVER, 'his', 100)" "invite_accept(LEAVER, 'everyone1', 100)" "invite_accept(LEAVER, 'aguest11', 100)" "export_start(LEAVER, '/')" \
	"totp_begin(LEAVER, (repeat('x', 60))::bytea)" "token_create(LEAVER, 'his', 'read', NULL, sha256('x'))"; do
	n=$((n + 1)) leaver=$(own "SELECT t.account('leaver$n')")
	what=${begun//LEAVER/$leaver} before=$(left_of "$leaver")
	session_do remover "BEGIN; SELECT 1 FROM account_delete($leaver, false);" >/dev/null
	session_send poster "SELECT t.try(\$\$SELECT $what\$\$);"
	passes "${begun%%(*} waits for the end of the account ($n)" session_blocks poster
	session_do remover "COMMIT;" >/dev/null
	is "and comes to nothing" "$(session_result poster) $(left_of "$leaver")" "session_ended $before"
	leaver=$(own "SELECT t.account('other$n')")
	session_do poster "BEGIN; SELECT 1 FROM ${begun//LEAVER/$leaver};" >/dev/null
	session_send remover "SELECT t.try(\$\$SELECT account_delete($leaver, false)\$\$);"
	passes "the end of the account waits for ${begun%%(*}" session_blocks remover
	session_do poster "COMMIT;" >/dev/null
	case $begun in
	server_create*) is "and leaves no server without its owner" "$(session_result remover)" owner_cannot_leave ;;
	*) is "and takes away what came of it" "$(session_result remover) $(left_of "$leaver" | cut -d'|' -f1-6)" "ok 0|0|0|0|0|0" ;;
	esac
done
session_close poster
session_close remover

# ---- after all of this
is "the streams of who is there are still without a gap" "$(own "SELECT count(*) FROM (SELECT rev, row_number() OVER (PARTITION BY stream ORDER BY rev) AS n FROM event
	WHERE stream NOT IN (SELECT id FROM account WHERE deleted_at IS NOT NULL)) AS x WHERE rev <> n")" 0
is "and their heads true" "$(own "SELECT count(*) FROM (SELECT id, rev FROM channel UNION ALL SELECT id, rev FROM server UNION ALL SELECT id, rev FROM account) AS s
	WHERE rev <> (SELECT coalesce(max(rev), 0) FROM event WHERE stream = s.id)")" 0
is "and the members counted" "$(own "SELECT count(*) FROM server AS s WHERE member_count <> (SELECT count(*) FROM member WHERE server_id = s.id)")" 0
finish
