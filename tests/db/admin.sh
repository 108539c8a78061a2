# What the administrator does in a server from the command line: with the owner's rights, in nobody's name.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
own "SELECT t.account(x) FROM unnest(ARRAY['ann', 'bob', 'cid', 'dan']) AS x" >/dev/null
home=$(own "SELECT t.server(t.who('ann'), 'home')")
own "SELECT t.join($home, t.who('bob'), 'moderator'), t.join($home, t.who('cid'), 'member')" >/dev/null
own "SELECT t.channel(t.who('ann'), $home, 'open', false)" >/dev/null
open=$(own "SELECT id FROM channel WHERE name = 'open'")
secret=$(own "INSERT INTO channel (server_id, kind, name, private, creator_id) VALUES ($home, 'text', 'secret', true, t.who('bob')) RETURNING id" | head -n 1)
own "INSERT INTO channel_member VALUES ($secret, t.who('bob'))" >/dev/null

does() { is "moot server $1" "$(moot server "${@:3}" 2>&1)" "$2"; }	# WHAT SAYS ARG…
refuses() { is "moot server $1" "$(moot server "${@:3}" 2>&1 >/dev/null; echo $?)" "moot: $2
1"; }
last() { own "SELECT concat_ws(' ', coalesce(actor_id::text, '-'), action, coalesce(target_id::text, '-'), reason) FROM audit WHERE server_id = $home ORDER BY id DESC LIMIT 1"; }
bob=$(own "SELECT t.who('bob')") cid=$(own "SELECT t.who('cid')") ann=$(own "SELECT t.who('ann')")

# ---- what is there
is "members, with their roles" "$(moot server members home | awk '{ print $2, $NF }' | paste -sd ';')" "USER ROLES;ann owner;bob moderator;cid member"
is "roles, and how many hold them" "$(moot server roles home | awk '{ print $2, $4 }' | paste -sd ';')" \
	"KIND HOLDERS;owner 1;admin 0;moderator 1;member 1;guest 0;everyone 3"
is "channels, the private ones too" "$(moot server channels home | awk '{ print $4, $NF }' | sort | paste -sd ';')" "- general;- open;FLAGS NAME;private secret"
is "no bans or reports: the headings" "$(for x in bans reports; do moot server $x home | wc -l; done | paste -sd ' ')" "1 1"
own "INSERT INTO account (username, display_name) SELECT 'many' || x, 'x' FROM generate_series(1, 1100) AS x;
	INSERT INTO member (server_id, account_id, roles, permissions) SELECT $home, id, '{}', 0 FROM account WHERE username ~ '^many'" >/dev/null
is "all of many" "$(moot server members home | wc -l) $(moot server members home | sort -u | wc -l)" "1104 1104"
own "DELETE FROM member WHERE account_id IN (SELECT id FROM account WHERE username ~ '^many')" >/dev/null

# ---- people
does "gives a role" "cid has the role" give home cid moderator 'helps out'
is "as the audit log says, without an actor" "$(last)" "- member.roles $cid helps out"
is "beside the one there was" "$(moot server members home | awk '$2 == "cid"' | grep -o 'moderator, member$')" "moderator, member"
does "takes it" "cid has the role no more" take home cid moderator
is "and only that" "$(own "SELECT string_agg(r.kind, ' ') FROM member AS m JOIN role AS r ON r.id = ANY (m.roles) WHERE m.account_id = $cid")" member
refuses "gives nobody the owner's" "cid: Not allowed: only roles below your own" give home cid owner
refuses "gives none that is not there" "there is no role 'nothing'" give home cid nothing
does "times out" "cid reads only for so long" time-out home cid 60 loud
is "for so long" "$(own "SELECT round(extract(epoch FROM timeout_until - now()) / 60) FROM member WHERE account_id = $cid") $(last)" "60 - member.timeout $cid loud"
does "and not any more" "cid is in no time-out any more" time-out home cid 0
is "that is over" "$(own "SELECT timeout_until IS NULL FROM member WHERE account_id = $cid")" t
for m in -1 x 40321 '' 1.5; do fails "not for '$m' minutes" 2 moot server time-out home cid "$m"; done
has "and says why" "$(moot server time-out home cid many 2>&1)" "many is no number of minutes"
does "kicks" "cid is out of the server, and may come back" kick home cid
is "he is out" "$(own "SELECT count(*) FROM member WHERE account_id = $cid") $(last)" "0 - member.kicked $cid"
refuses "kicks nobody twice" "cid: Not found" kick home cid
refuses "nor who is not there" "there is no user 'nobody'" kick home nobody
refuses "nor the owner" "ann: Hand the server on before leaving" kick home ann
does "bans who is no member, too" "dan is banned" ban home dan 'sells watches'
is "the list says since when and why, and by nobody" "$(moot server bans home | awk 'NR == 2 { print $2, $4, $5, $6, $7 }')" "dan - - sells watches"
is "so does the API" "$(own "SELECT ban_json(b, a)::json ->> 'actor_id' IS NULL FROM ban AS b JOIN account AS a ON a.id = b.account_id")" t
does "unbans" "dan is not banned any more" unban home dan
refuses "once" "dan: Not found" unban home dan
does "hands the server on" "bob owns the server" hand-on home bob gone
is "the owner becomes an admin" "$(own "SELECT string_agg(a.username || ':' || r.kind, ' ' ORDER BY a.username) FROM member AS m JOIN account AS a ON a.id = m.account_id JOIN role AS r ON r.id = ANY (m.roles) AND r.kind IN ('owner', 'admin')")" "ann:admin bob:owner"
does "and back" "ann owns the server" hand-on home ann
is "an actor is named again by whoever acts himself" "$(q "SELECT count(*) FROM member_update($ann, $home, $bob, '{member}', NULL)" >/dev/null; last)" "$ann member.roles $bob"

# ---- the server and its channels
does "locks down" "home lets nobody in" lockdown home raid
is "so it is" "$(own "SELECT lockdown FROM server WHERE id = $home") $(last)" "t - server.updated $home raid"
does "and opens" "home is open again" open home
does "archives" "open is archived" archive home open
does "takes out of the archive, by the id" "$open is not archived" unarchive home "$open"
does "deletes" "open is deleted, for good in seven days" delete-channel home open
refuses "what is gone is gone" "there is no channel 'open'" archive home open
does "and brings back" "open is back" restore-channel home open
does "in a private channel that the owner does not see, too" "secret is deleted, for good in seven days" delete-channel home secret
does "which comes back" "secret is back" restore-channel home secret
is "without him" "$(own "SELECT channel_permissions($ann, id) FROM channel WHERE name = 'secret'")" 0
link=$(moot server invite home)
is "an invite is an address" "${link%/*}" "http://localhost:8080/invite"
is "that lets people in for a week" "$(q "SELECT t.try(format('SELECT invite_accept(%s, %L, 9)', t.who('dan'), '${link##*/}'))") $(own "SELECT round(extract(epoch FROM expires_at - now()) / 86400) FROM invite WHERE code = '${link##*/}'")" "ok 7"
is "is listed" "$(moot server invites home | awk 'NR == 2 { print $1, $4, $5 }')" "${link##*/} 1/* ann"
does "and ended" "${link##*/} lets nobody in any more" uninvite home "${link##*/}"
is "for good" "$(q "SELECT t.try(format('SELECT invite_accept(%s, %L, 9)', t.who('cid'), '${link##*/}'))")" not_found
does "deletes the server" "home is deleted, for good in seven days" delete home
refuses "which is not there any more" "there is no server 'home'" members home
does "and brings it back" "home is back" restore home
is "in nobody's name" "$(last)" "- server.restored $home"
own "INSERT INTO report (server_id, account_id, reporter_id, reason, note) VALUES ($home, t.who('bob'), t.who('dan'), 'spam', 'a note')" >/dev/null
is "reports, with who made them" "$(moot server reports home | awk 'NR == 2 { print $3, $4, $5, $6, $7, $8 }')" "open spam bob dan a note"

# ---- the log of what is no server's
own "INSERT INTO audit (server_id, actor_id, action, target_id) VALUES (0, $ann, 'security.x', $ann)" >/dev/null
has "moot audit without a server" "$(moot audit)" "ann                   security.x"
is "as CSV" "$(moot audit --csv | head -n 1 | tr -d '\r')" id,at,actor_id,actor,action,target_id,reason,detail
for words in kick "kick home" "kick home a b c" "give home cid" "members" "members home x" "invite" "uninvite home" "frob home" "archive home" "-x home"; do
	# shellcheck disable=SC2086
	fails "moot server $words is a usage error" 2 moot server $words
done
finish
