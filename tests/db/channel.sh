# What a channel goes through: slow mode, archives, order, deletion and coming back.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
sql_tests "$top_srcdir/tests/db/channel.sql"
own "TRUNCATE slow_mode; INSERT INTO slow_mode SELECT c.id, a.id, now() - x * interval '4 hours' FROM (SELECT id FROM channel LIMIT 1) AS c,
	(SELECT id, row_number() OVER () - 1 AS x FROM account LIMIT 3) AS a"
is "who could post again for hours is forgotten" "$(own "SELECT rows FROM housekeeping() WHERE what = 'slow_mode'") $(own "SELECT count(*) FROM slow_mode")" "1 2"
finish
