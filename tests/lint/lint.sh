#!/bin/sh
# lint.sh ROOT - holds every C file of a tree against tests/lint/rules and the .may_include files.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
find lib cgi push jobs ctl tests -name node_modules -prune -o \
    \( -name '*.c' -o -name '*.h' -o -name '*.def' \) -type f -print 2>/dev/null | LC_ALL=C sort |
    LC_ALL=C xargs ${AWK:-awk} -f "$here/lint.awk" "$here/rules"
