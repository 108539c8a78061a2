# The permission function: built-in roles, overrides, private channels, a random world.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
sql_tests "$top_srcdir/tests/db/permission.sql"

# ---- what is written of the bits elsewhere
bits=$(own "SELECT string_agg(word || ' ' || perm(word), ', ' ORDER BY bit) FROM t.bit")
is "docs/scripts.md has each bit" "$(sed -n 's/^| \([0-9]*\) | \([0-9]*\) | `\([a-z_]*\)` | .*/\1 \2 \3/p' "$top_srcdir/docs/scripts.md" |
	awk '{ printf "%s%s", (NR > 1 ? ", " : ""), (2 ^ $1 == $2 ? $3 " " $2 : "wrong") }')" "$bits"
has "docs/openapi.yaml has them" "$(grep '^    Mask:' "$top_srcdir/docs/openapi.yaml")" "the sum of: $bits. "
# the client needs not have all
is "and those that the client has are these" "$(sed -n 's/^\t\([a-zA-Z]*\): \([0-9]*\)n,$/\1 \2/p' "$top_srcdir/htdocs/src/lib/permissions.ts" |
	while read -r name bit; do own "SELECT '$name' FROM t.bit WHERE bit = $bit AND replace(initcap(replace(word, '_', ' ')), ' ', '') = initcap(left('$name', 1)) || substr('$name', 2)"; done | wc -l)" \
	"$(grep -c '^	[a-zA-Z]*: [0-9]*n,$' "$top_srcdir/htdocs/src/lib/permissions.ts")"
finish
