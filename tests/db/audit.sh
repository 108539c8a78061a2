# The audit log is only ever added to; it says why; it is looked through by who, what and about whom.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
own "SELECT t.account(x) FROM unnest(ARRAY['ann', 'bob', 'cid']) AS x" >/dev/null
home=$(own "SELECT t.server(t.who('ann'), 'home')")
own "SELECT t.join($home, t.who('bob'), 'moderator'), t.join($home, t.who('cid'), 'member')" >/dev/null

# refused SQL: the owner of the database may not either
refused()
{
	local out
	out=$(sql "${2:-moot}" moot -v VERBOSITY=sqlstate -c "$1" 2>&1) && { not_ok "refused: $1" "$out"; return; }
	has "refused: $1" "$out" 42501
}
own "INSERT INTO audit (server_id, actor_id, action) SELECT $home, t.who('ann'), 'x' FROM generate_series(1, 3)"
refused "UPDATE audit SET action = 'y'"
refused "UPDATE audit SET reason = 'y'"
refused "DELETE FROM audit"
refused "TRUNCATE audit"
refused "DELETE FROM audit WHERE action = 'x'" postgres
is "nothing is gone" "$(own "SELECT count(*) FROM audit WHERE action = 'x'")" 3

# ---- what stands in it, and where that is said
actions=$(own "SELECT string_agg(x, ' ' ORDER BY x COLLATE \"C\") FROM unnest(audit_actions()) AS x")
is "every action that is written is one of the list, and the other way round" "$({ grep -hoE "audit_(add|channel|invite)\([^']*'[a-z_]+\.[a-z_]+'" "$top_srcdir"/sql/func/*.sql | grep -oE "'[^']+'" | tr -d "'"
	own "SELECT report_action(x) FROM unnest(ARRAY['open', 'resolved', 'dismissed']) AS x"; } | sort -u | paste -sd ' ')" "$actions"
is "none is written in another way" "$(grep -hE "(PERFORM|SELECT) audit_(add|channel|invite)\(" "$top_srcdir"/sql/func/*.sql | grep -vcE "'[a-z_]+\.[a-z_]+'|report_action|\(c, actor, action, ")" 0
is "the API describes them" "$(sed -n '/^    AuditEntry:/,/^        reason:/s/.*action: .*enum: \[ \(.*\) \].*/\1/p' "$top_srcdir/docs/openapi.yaml" | tr -d ',')" "$actions"

# ---- its time
old() { own "INSERT INTO audit (id, server_id, actor_id, action) VALUES (id_floor(now() - interval '$1 days'), $2, t.who('ann'), '$3')"; }
old 364 "$home" young
old 366 "$home" old
old 364 1 young-alone
old 366 1 old-alone
own "SELECT housekeeping()" >/dev/null
is "a year, if nothing else is said" "$(own "SELECT string_agg(action, ' ' ORDER BY action) FROM audit WHERE action ~ 'young|old'")" "young young-alone"
q "SELECT server_update(t.who('ann'), $home, NULL, NULL, 30, NULL)" >/dev/null
old 31 "$home" month
own "SELECT housekeeping()" >/dev/null
is "or as long as the server says" "$(own "SELECT string_agg(action, ' ' ORDER BY action) FROM audit WHERE action ~ 'young|month'")" "young-alone"
refused "DELETE FROM audit WHERE action = 'young-alone'"

# ---- what changes nothing leaves nothing
room=$(own "SELECT t.channel(t.who('ann'), $home, 'room', false)")
mine=$(own "SELECT t.post(t.who('cid'), $room, 'x')")
rule=$(own "SELECT t.made(ref) FROM rule_create(t.who('ann'), $home, 'r', 'links', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) WHERE kind = 'created'")
marks() { own "SELECT (SELECT count(*) FROM audit), (SELECT count(*) FROM event), (SELECT rev FROM server WHERE id = $home), (SELECT rev FROM channel WHERE id = $room)"; }
before=$(marks)
for change in "server_update(t.who('ann'), $home, NULL, NULL, NULL, NULL)" "server_update(t.who('ann'), $home, 'home', false, 30, false, 0)" \
	"channel_update(t.who('ann'), $room, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)" \
	"channel_update(t.who('ann'), $room, 'room', '', '', NULL, false, false, 0, false, false, -1)" "messages_bulk_delete(t.who('ann'), $room, ARRAY[1, $home])" \
	"member_update(t.who('ann'), $home, t.who('cid'), '{member}', '')" "member_timeout(t.who('ann'), $home, t.who('cid'), 0, NULL)" \
	"rule_update(t.who('ann'), $home, $rule, 'r', NULL, NULL, NULL, NULL, NULL, NULL, NULL, true)"; do
	has "answered: ${change%%(*}" "body empty" "$(q "SELECT string_agg(kind, ' ') FROM $change")"
done
is "and nothing is written" "$(marks)" "$before"
q "SELECT count(*) FROM messages_bulk_delete(t.who('ann'), $room, ARRAY[1, $mine, $mine, $home])" >/dev/null
is "what was deleted is counted, not what was asked for" "$(own "SELECT detail ->> 'count' FROM audit WHERE action = 'messages.deleted'")" 1

# ---- why
is "the reason of the transaction is kept, and only in it" "$(sql moot_api moot -c "BEGIN" -c "SELECT set_config('moot.audit_reason', 'because', true) IS NULL" \
	-c "SELECT count(*) FROM server_update(t.who('ann'), $home, 'Renamed', NULL, NULL, NULL)" -c "COMMIT" \
	-c "SELECT count(*) FROM server_update(t.who('ann'), $home, 'Again', NULL, NULL, NULL)" \
	-c "SELECT string_agg(coalesce(reason, '-'), ' ' ORDER BY id) FROM audit WHERE action = 'server.updated' AND detail ->> 'name' IS NOT NULL")" "f
2
2
because -"
q "SELECT count(*) FROM member_timeout(t.who('ann'), $home, t.who('cid'), 60, 'in the body')" >/dev/null
is "so is that of the thing itself" "$(own "SELECT reason FROM audit WHERE action = 'member.timeout'")" "in the body"

# ---- looking through it
q "SELECT count(*) FROM member_timeout(t.who('bob'), $home, t.who('cid'), 60, NULL)" >/dev/null
q "SELECT count(*) FROM member_timeout(t.who('bob'), $home, t.who('cid'), 0, NULL)" >/dev/null
list() { q "SELECT string_agg(concat_ws(':', i #>> '{actor,username}', i ->> 'action'), ' ' ORDER BY o), max(l.before) IS NOT NULL
	FROM audit_list(t.who('$1'), $home, $2, NULL, $3, $4, $5) AS l, json_array_elements(l.data::json -> 'items') WITH ORDINALITY AS x (i, o)"; }
is "by who did it" "$(list ann 50 "t.who('bob')" NULL NULL)" "bob:member.timeout bob:member.timeout|f"
is "by what it was" "$(list ann 50 NULL "'member.timeout'" NULL)" "bob:member.timeout bob:member.timeout ann:member.timeout|f"
is "by whom it was about" "$(list ann 50 "t.who('ann')" "'member.timeout'" "t.who('cid')")" "ann:member.timeout|f"
is "in pages" "$(list ann 2 NULL "'member.timeout'" NULL)" "bob:member.timeout bob:member.timeout|t"
is "what there is none of" "$(list ann 50 1 NULL NULL)" "|f"
is "not for members" "$(q "SELECT t.try(format('SELECT audit_list(%s, $home, 50, NULL, NULL, NULL, NULL)', t.who('cid')))")" forbidden
own "SELECT audit_add($home, NULL, 'by.itself', NULL, NULL)" >/dev/null
is "what nobody did has no actor" "$(q "SELECT (l.data::json -> 'items' -> 0 -> 'actor')::text FROM audit_list(t.who('ann'), $home, 1, NULL, NULL, NULL, NULL) AS l")" null
hidden=$(own "SELECT t.channel(t.who('ann'), $home, 'hidden', true)")
is "what is hidden is not found by its number either" "$(list bob 50 NULL NULL "$hidden") $(list ann 50 NULL NULL "$hidden")" "|f ann:channel.created|f"

# ---- from the command line
is "the list of servers" "$(moot server list | awk 'NR == 2 { print $1, $3, $4, $5 }')" "$home 3 ann Again"
own "UPDATE server SET name = E'\\x1b]0;x\\x07' WHERE id = $home"
has "a name writes nothing to the terminal" "$(moot server list)" '\x1b]0;x\x07'
own "UPDATE server SET name = 'home' WHERE id = $home" >/dev/null
is "banned by it" "$(moot server ban home cid)" "cid is banned"
is "out, and for good" "$(own "SELECT count(*) FROM member WHERE account_id = t.who('cid')") $(own "SELECT count(*) FROM ban WHERE account_id = t.who('cid') AND expires_at IS NULL")" "0 1"
is "who is in his stream is told" "$(own "SELECT count(*) FROM event WHERE type = 'server.left' AND stream = t.who('cid') AND body ~ 'banned'")" 1
fails "not the owner" 1 moot server ban "$home" ann
fails "nor who is not there" 1 moot server ban "$home" nobody
fails "nor from nowhere" 1 moot server ban 17 cid
own "SELECT t.server(t.who('ann'), 'home')" >/dev/null
has "a name must be that of one" "$(moot server ban home bob 2>&1)" "several servers"
has "the audit log" "$(moot audit "$home" | head -n 1)" "-                     member.banned         $(own "SELECT t.who('cid')")"
is "all of it" "$(moot audit "$home" | wc -l)" "$(own "SELECT count(*) FROM audit WHERE server_id = $home")"
own "INSERT INTO audit (server_id, action, reason) VALUES ($home, 'x', E'=1+1 \\u202e\\x1b, \"y\"')" >/dev/null
is "as CSV, which neither a spreadsheet nor a terminal takes for orders" "$(moot audit "$home" --csv | sed -n '1p;2s/^[0-9]*,[^,]*,/id,at,/p' | tr -d '\r')" 'id,at,actor_id,actor,action,target_id,reason,detail
id,at,,,x,,"'"'"'=1+1 \u{202e}\x1b, ""y""",'
for words in "server" "server x" "server ban x" "audit -x" "audit x y"; do
	# shellcheck disable=SC2086
	fails "moot $words is a usage error" 2 moot $words
done
finish
