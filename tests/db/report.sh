# Who reports what, and who is told.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
sql_tests "$top_srcdir/tests/db/report.sql"
own "UPDATE report SET closed_at = now() - interval '91 days' WHERE state = 'resolved';
	UPDATE report SET closed_at = now() - interval '89 days' WHERE state = 'dismissed'" >/dev/null
own "SELECT housekeeping()" >/dev/null
is "what was said is forgotten 90 days after a report was closed" "$(own "SELECT string_agg(DISTINCT state || ':' || (snapshot IS NOT NULL), ' ')
	FROM report WHERE message_id IS NOT NULL AND state <> 'open'")" "dismissed:true resolved:false"
finish
