#!/bin/sh
# The tree keeps its rules, and the checker sees each way to break one: every seed below is a
# clean little tree with one wrong line.
set -eu
here=$top_srcdir/tests/lint
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tests=0

result() { # status, name
	tests=$((tests + 1))
	test "$1" -eq 0 && echo "ok $tests - $2" || echo "not ok $tests - $2"
}

if sh "$here/lint.sh" "$top_srcdir" >"$work/out" 2>&1; then
	result 0 "the tree keeps its rules"
else
	sed 's/^/# /' "$work/out"
	result 1 "the tree keeps its rules"
fi

fresh() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree/tests/unit"
	for folder in lib/base lib/wire lib/link lib/domain cgi push push/core jobs ctl; do
		mkdir -p "$work/tree/$folder"
		cp "$top_srcdir/$folder/.may_include" "$work/tree/$folder/"
		printf '#include <stdio.h>\n#include "base/a.h"\n/* strcpy(a, b) exit(1) */\n' \
		    >"$work/tree/$folder/a.c"
		printf 'const char *s = "time(NULL)"; int r = p->exit(1) + do_exit(2) + x.time(3);\n' \
		    >>"$work/tree/$folder/a.c"
	done
}

# with FILE TEXT: the clean tree with one more line
with() {
	rm -f "$work/before"
	test ! -f "$work/tree/$1" || cp "$work/tree/$1" "$work/before"
	printf '%s\n' "$2" >>"$work/tree/$1"
}

# without FILE: as it was
without() {
	if test -f "$work/before"; then mv "$work/before" "$work/tree/$1"; else rm "$work/tree/$1"; fi
}

clean() { # name, file, text: nothing is said about it
	with "$2" "$3"
	if sh "$here/lint.sh" "$work/tree" >"$work/out" 2>&1; then
		result 0 "allows $1"
	else
		sed 's/^/# /' "$work/out"
		result 1 "allows $1"
	fi
	without "$2"
}

seed() { # name, file, text: exactly this file is named
	with "$2" "$3"
	if ! sh "$here/lint.sh" "$work/tree" >"$work/out" 2>&1 &&
	    test "$(wc -l <"$work/out")" -eq 1 && grep -q "^$2:" "$work/out"; then
		result 0 "sees $1"
	else
		sed 's/^/# /' "$work/out"
		result 1 "sees $1"
	fi
	without "$2"
}

fresh
clean "a clean tree" lib/base/a.c ''
clean "what looks down" cgi/a.c '#include "domain/message.h"'
clean "one's own folder" push/a.c '#include "push/conn.h"'
clean "a folder below one's own" push/a.c '#include "push/core/ring.h"'
seed "what looks up to the folder above" push/core/a.c '#include "push/conn.h"'
clean "a door" lib/wire/json.c '#include <json-c/json.h>'
clean "malloc in link" lib/link/a.c 'void *p = malloc(1);'
clean "exit in main" push/main.c 'int f(void) { exit(1); }'
clean "names that only begin alike" cgi/a.c 'int x = atoi_safe(1) + my_time(2) + mallocate(3);'
clean "comments of several lines" cgi/a.c '/* one
strcpy(a, b);
*/'

fresh
mkdir "$work/tree/dev"
printf 'set -euo pipefail\nlist | grep -q x\n' >"$work/tree/dev/up"
if ! sh "$here/lint.sh" "$work/tree" >"$work/out" 2>&1 && grep -q '^dev/up:2:' "$work/out"; then
	result 0 "sees grep -q at the end of a pipe"
else
	result 1 "sees grep -q at the end of a pipe"
fi
fresh
seed "a look up from base" lib/base/a.c '#include "wire/json.h"'
seed "a look up from wire" lib/wire/a.c '#include "link/pg.h"'
seed "a look up from link" lib/link/a.c '#include "domain/message.h"'
seed "a look up from domain" lib/domain/a.c '#include "cgi/engine.h"'
seed "one program looking into another" cgi/a.c '#include "push/conn.h"'
seed "the daemon at Postgres" push/a.c '#include "link/pg.h"'
seed "the daemon at Postgres by another name" push/a.c '#include "link/pg_async.h"'
seed "a handler at the queries" cgi/a.c '#include "link/statements.h"'
seed "jobs at the queries" jobs/a.c '#include "link/statements.h"'
seed "the command line at the queries" ctl/a.c '#include "link/statements.h"'
seed "an include without a layer" cgi/a.c '#include "reply.h"'
seed "an include that climbs" cgi/a.c '#include "cgi/../push/conn.h"'
seed "indented includes" cgi/a.c ' #  include   "push/conn.h"'
for header in fcgiapp.h libpq-fe.h hiredis/hiredis.h json-c/json.h jwt.h sodium.h ev.h curl/curl.h; do
	seed "<$header> outside its door" lib/domain/a.c "#include <$header>"
done
seed "a foreign header nobody knows" lib/base/a.c '#include <zlib.h>'
for name in strcpy strcat sprintf vsprintf strtok atoi gets scanf sscanf alloca malloc calloc realloc \
    exit time PQexec PQexecParams PQexecPrepared PQprepare PQsendQueryPrepared system; do
	seed "$name()" cgi/a.c "int f(void) { return $name (x); }"
done
seed "PQexec in another part of link" lib/link/redis.c 'int r = PQexec(c, s);'
seed "malloc in the daemon" push/conn.c 'void *p = malloc(1);'
seed "a call behind a string" cgi/a.c 'f("/* \" ", strcpy(a, b));'
seed "a call behind a comment" cgi/a.c '/* a */ strcpy(a, b); /* c */'
seed "a word for what is unfinished" cgi/a.c '/* TO''DO: later */'
seed "a statement named by a program" cgi/a.c 'int x = STMT_ME_READ;'
seed "a wide line" cgi/a.c "/* $(printf %095d 0) */"
seed "a line made wide by tabs" cgi/a.c "$(printf '\t\t\t\t\tint a_variable_with_a_long_name = a_function_with_a_long_name_too();')"
clean "a line of 100 columns" cgi/a.c "$(printf '\t/* %084d … */' 0)"
fresh
i=0
while test $i -lt 451; do echo; i=$((i + 1)); done >"$work/tree/cgi/long.c"
if ! sh "$here/lint.sh" "$work/tree" >"$work/out" && grep -q '^cgi/long.c:451: 451 lines' "$work/out"; then
	result 0 "sees a long file"
else
	result 1 "sees a long file"
fi
rm "$work/tree/cgi/long.c" "$work/tree/jobs/.may_include"
if ! sh "$here/lint.sh" "$work/tree" >"$work/out" && grep -q '^jobs/a.c:2: no .may_include' "$work/out"; then
	result 0 "sees a folder without its list"
else
	result 1 "sees a folder without its list"
fi

echo "1..$tests"
