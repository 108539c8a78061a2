# No statement, and nothing inside the functions it calls, reads a large table from end to end, nor
# as much of an index as if it did. Each runs on a large installation, with custom and with generic
# plans; Postgres itself counts what is read.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
database_make
here=$top_srcdir/tests/db
# no trigger looks up each foreign key: half of the time
out=$(sql postgres moot -c "SET session_replication_role = replica" -c "SET ROLE moot" -f "$here/plans_data.sql" 2>&1 >/dev/null) || bail "plans_data.sql: $out"

# Tables of this many rows must not be scanned. setup_needed asks once whether any administrator is there.
large=2000
{
	awk -f "$here/statements.awk" "$top_srcdir"/sql/query/*.sql | awk '
		/^PREPARE / { show = 1 }
		/^SELECT .params |^\\echo / || /\\gdesc$/ { show = 0 }
		show { print; if (/;$/) show = 0 }'
	cat <<-'SQL'
		SELECT 100001 AS server, 200002 AS ch, 200025 AS private \gset
		SELECT id AS msg FROM message WHERE channel_id = :ch AND seq = 200 \gset
		SELECT id AS webmsg FROM message WHERE channel_id = 200003 AND seq = 200 \gset
		SELECT id AS mine, author_id AS author FROM message AS m WHERE channel_id = :ch AND channel_permissions(author_id, channel_id) & 4 = 4 ORDER BY seq DESC LIMIT 1 \gset
		SELECT nonce, author_id AS writer FROM message_nonce AS n WHERE channel_id = :ch AND channel_permissions(author_id, channel_id) & 4 = 4 LIMIT 1 \gset
		SELECT target_id AS target FROM channel_override WHERE channel_id = 200026 \gset
		SELECT account_id AS banned FROM ban WHERE server_id = :server LIMIT 1 \gset
		SELECT 200027 AS ruled, id AS rule, rules_rev AS rules FROM (SELECT s.rules_rev, r.id FROM rule AS r JOIN server AS s ON s.id = r.server_id) AS x \gset
		SELECT account_id AS ruler FROM member WHERE server_id = 100002 AND account_id > 100 LIMIT 1 \gset
		SELECT id AS report FROM report WHERE server_id = :server LIMIT 1 \gset
		SELECT id AS renamed FROM job WHERE kind = 'rename' \gset
		SELECT id AS kept FROM job WHERE kind = 'retention' \gset
		SELECT id AS erased FROM job WHERE kind = 'delete_messages' AND owner = 1 \gset
		SELECT id AS returned FROM job WHERE kind = 'return' \gset
		SELECT id AS purged FROM job WHERE kind = 'purge' \gset
		SELECT id AS wiped FROM job WHERE kind = 'delete_messages' AND owner = 60 \gset
		SELECT id AS copied FROM job WHERE kind = 'export' \gset
		SELECT max(id) - (3000::bigint << 20) AS tail FROM event \gset
		SELECT quote_literal(array_agg(c.id ORDER BY c.id DESC)) AS channels FROM channels_seen(50, :server) AS c \gset
		SELECT quote_literal(array_agg(x)) AS people FROM generate_series(1, 256) AS x \gset
		CREATE TEMP VIEW seen AS
			SELECT c.oid, c.relname, t.reltuples AS rows, c.relkind = 'i' AS is_index,
				pg_stat_get_xact_numscans(c.oid) AS scans, pg_stat_get_xact_tuples_returned(c.oid) AS read
			FROM pg_class AS c LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
			JOIN pg_class AS t ON t.oid = coalesce(i.indrelid, c.oid)
			WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i');
		CREATE TEMP TABLE before AS SELECT * FROM seen;
		SELECT account_id AS other FROM member WHERE server_id = :server AND account_id > 100 AND account_id % 5 <> 0 LIMIT 1 \gset
		SELECT account_id AS visitor FROM member WHERE server_id = :server AND guest \gset
		SELECT a.id AS role1, b.id AS role2 FROM role AS a, role AS b WHERE a.name = 'first' AND b.name = 'second' \gset
		SELECT account_id AS shared FROM channel_member WHERE channel_id = :private AND account_id > 100 LIMIT 1 \gset
		\set ON_ERROR_STOP off
	SQL
	awk -v large=$large -v modes="force_custom_plan force_generic_plan" '
		/^#/ || /^$/ { next }
		{ bar = index($0, "|"); name = substr($0, 1, bar - 1); args = substr($0, bar + 1)
		  gsub(/ /, "", name); gsub(/^ +| +$/, "", args); call[++n] = args == "" ? name : name "(" args ")" }
		END { for (m = split(modes, mode, " "); m > 0; m--) {
			print "SET plan_cache_mode = " mode[m] ";"
			for (i = 1; i <= n; i++) {
				said = call[i]
				gsub(/[\047\\]/, "", said)
				print "\\echo begin " mode[m] " " said "\nBEGIN;\nTRUNCATE before;\nINSERT INTO before SELECT * FROM seen;"
				print "EXECUTE " call[i] " \\g /dev/null\n\\if :ERROR\n\\echo error\nROLLBACK;\n\\else"
				print "SELECT CASE WHEN s.is_index THEN \047index \047 ELSE \047scan \047 END || s.relname || \047 \047 || s.read - b.read FROM seen AS s JOIN before AS b USING (oid)"
				print "WHERE s.rows >= " large " AND CASE WHEN s.is_index THEN s.read - b.read >= s.rows ELSE s.scans > b.scans END;\nROLLBACK;\n\\endif"
			} } }' "$here/plans.list"
} >"$T/plans.sql"
sql moot moot -f "$T/plans.sql" >"$T/plans.out" 2>&1

# setup_token_set and account_register with a token run a few times in an installation's life. What
# 256 people may read is more entries than there are channels, as people share them.
awk '
	function flush_call() {
		if (call == "") return
		if (error) print "not ok " call " runs"
		else if (scans != "") print "not ok " call " scans " scans
		else print "ok " call
	}
	BEGIN { allowed["setup_token_set", "scan"]; allowed["feed_access", "index"] }
	/^begin / { flush_call(); call = substr($0, 7); name = $3; sub(/\(.*/, "", name); scans = ""; error = 0; next }
	/^error$/ { error = 1; next }
	/^(scan|index) / { if (!((name, $1) in allowed)) scans = scans (scans == "" ? "" : ", ") $2 " (" $3 " rows)"; next }
	{ print "# " $0 }
	END { flush_call() }' "$T/plans.out" >"$T/tap"
tap_lines plans <"$T/tap"

# Nothing is forgotten.
for name in $(sed -n 's/^-- name: \([a-z0-9_]*\)(.*/\1/p' "$top_srcdir"/sql/query/*.sql); do
	case $name in
	partitions_ensure|housekeeping) continue ;;
	esac
	grep -q "^$name |" "$here/plans.list" || not_ok "plans.list has the statement $name"
done
finish
