# Every statement of sql/query can be prepared, and takes and gives what statements.expected says,
# so that a changed column shows in review. statements.sh --update writes that file anew.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"

expected=$top_srcdir/tests/db/statements.expected

describe()
{
	awk -f "$top_srcdir/tests/db/statements.awk" "$top_srcdir"/sql/query/*.sql >"$T/prepare.sql" &&
		sql moot moot -f "$T/prepare.sql" >"$T/described" || return
	awk '
		function flush_line() { if (name != "") print name "(" params ") -> " (columns == "" ? "nothing" : columns) }
		/^name / { flush_line(); name = $2; params = columns = ""; next }
		/^params / { params = substr($0, 8); next }
		/^The command has no result/ { next }
		{ split($0, c, "|"); columns = columns (columns == "" ? "" : ", ") c[1] " " c[2] }
		END { flush_line() }' "$T/described" | LC_ALL=C sort
}

database_make
describe >"$T/got" || bail "a statement cannot be prepared"
if [ "${1:-}" = --update ]; then
	cp "$T/got" "$expected"
	exit 0
fi
if difference=$(diff -u "$expected" "$T/got"); then
	ok "every statement takes and gives what statements.expected says"
else
	not_ok "every statement takes and gives what statements.expected says (statements.sh --update)" "$difference"
fi

# Types that the API promises as decimal strings or the C side reads as numbers: nothing floats.
is "no statement returns numeric or double precision" "$(grep -cE 'numeric|double precision,? *$' "$T/got" | tr -d ' ')" 0
is "every statement of the build is described" "$(wc -l <"$T/got")" \
	"$(cat "$top_srcdir"/sql/query/*.sql | grep -c '^-- name:')"
finish
