#!/bin/sh
# lint.sh ROOT - holds every C file of a tree against tests/lint/rules and the .may_include files, and looks
# for what scripts must not do.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
status=0
find lib cgi push jobs ctl tests -name node_modules -prune -o \
    \( -name '*.c' -o -name '*.h' -o -name '*.def' \) -type f -print 2>/dev/null | LC_ALL=C sort |
    LC_ALL=C xargs ${AWK:-awk} -f "$here/lint.awk" "$here/rules" || status=1
# grep -q leaves as soon as it has found something; whoever still writes to it ends by SIGPIPE, and with
# pipefail that is "not found".
for script in $(find dev -type f 2>/dev/null | LC_ALL=C sort) \
    $(grep -rlE --exclude-dir=node_modules --exclude-dir=lint 'set -[a-z]*o pipefail|lib/common\.sh"$' tests .ci 2>/dev/null); do
	awk -v f="$script" '/\|[ \t]*grep -[A-Za-z]*q/ { print f ":" NR ": grep -q at the end of a pipe, where pipefail is set"; e = 1 } END { exit e }' "$script" || status=1
done
exit $status
