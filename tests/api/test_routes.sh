#!/bin/sh
# What can be said of moot-api without a database: its table of routes is sound and is the one
# docs/openapi.yaml describes, it serves plain CGI, and it does not start without a key.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
api=$top_builddir/moot-api
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0

ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# cgi METHOD PATH [NAME=VALUE…]: the answer in $dir/out
cgi() {
	method=$1 path=$2
	shift 2
	env -i ASAN_OPTIONS="${ASAN_OPTIONS-}" UBSAN_OPTIONS="${UBSAN_OPTIONS-}" GATEWAY_INTERFACE=CGI/1.1 \
		REQUEST_METHOD="$method" PATH_INFO="$path" REMOTE_ADDR=192.0.2.1 MOOT_TOKEN_KEY_FILE="$dir/key" \
		MOOT_DATABASE='host=/nonexistent dbname=none' "$@" "$api" -c "$dir/conf" \
		</dev/null >"$dir/out" 2>"$dir/err"
}

# answers PATTERN WHAT: the last answer has a line like that
answers() {
	grep -q "$1" "$dir/out"
	ok $? "$2"
}

: >"$dir/conf"
printf '0123456789abcdef0123456789abcdef' >"$dir/key"

"$api" --routes >"$dir/routes" 2>"$dir/err"
ok $? "no row of the route table hides another"
if command -v node >/dev/null; then
	node --input-type=module -e "
		import { describe, differences, table } from '$top_srcdir/tests/api/openapi.mjs';
		const said = differences(describe('$top_srcdir/docs/openapi.yaml'), table('$api'));
		for (const line of said) console.log('# ' + line);
		process.exit(said.length === 0 ? 0 : 1);"
	ok $? "docs/openapi.yaml describes the table"
else
	n=$((n + 1))
	echo "ok $n - docs/openapi.yaml describes the table # SKIP no node"
fi

sides=$(sed -n 's/.*picture_sides\[PICTURE_SIDES\] = { "\([0-9]*\)", "\([0-9]*\)", "\([0-9]*\)" }.*/\3 \2 \1/p' "$top_srcdir/lib/domain/picture.c")
[ "$(sed -n 's/.*-(?:\([0-9|]*\))\\.webp.*/\1/p' "$top_srcdir/nginx/moot-site.conf" | tr '|' ' ')" = "$sides" ] &&
	[ "$(sed -n "s/.*hash || '-\([0-9]*\)\.webp.*/\1/p" "$top_srcdir/sql/shape/10_shapes.sql")" = "${sides##* }" ]
ok $? "nginx and the shapes know the sides of pictures: $sides"

cgi GET /health/live
ok $? "plain CGI ends with status 0"
answers '^Status: 200' "it is alive without a database"
answers '^Content-Length: 15' "with a length"
cgi HEAD /health/live
[ "$(tail -c 4 "$dir/out" | od -An -tx1 | tr -d ' \n')" = 0d0a0d0a ]
ok $? "HEAD has no body"
cgi GET /api/v1/nothing
answers '^Status: 404' "an unknown path is 404"
answers '"code":"not_found"' "as problem+json"
cgi OPTIONS /api/v1/me
answers '^Allow: GET, HEAD, PATCH' "405 tells the methods"
cgi GET /api/v1/me
answers '^Status: 401' "401 without a credential"
answers '^WWW-Authenticate: Bearer' "that says how"
cgi GET /health/ready
answers '^Status: 503' "not ready without a database"
cgi GET /api/v1/invites/AAAAAAAAAAAAAAAAAAAA
answers '^Retry-After: ' "503 says when to try again"
cgi GET /health/live MOOT_TOKEN_KEY_FILE=
[ $? -ne 0 ] && [ ! -s "$dir/out" ]
ok $? "it does not start without a token key"
cgi GET /health/live MOOT_NO_SUCH_KEY=1 || true
printf 'no_such_key = 1\n' >"$dir/conf"
cgi GET /health/live
[ $? -ne 0 ] && grep -q 'no_such_key' "$dir/err"
ok $? "it does not start with an unknown setting"
echo "1..$n"
