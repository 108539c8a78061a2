#!/bin/sh
# The programs just built carry the protections that configure asked for.
set -eu
n=0

result() { # status, name
	n=$((n + 1))
	test "$1" -eq 0 && echo "ok $n - $2" || echo "not ok $n - $2"
}

has() { # program, what readelf shows, name
	status=0
	printf '%s\n' "$shown" | grep -qE "$2" || status=1
	result $status "$1: $3"
}

if ! command -v readelf >/dev/null; then
	echo "1..0 # SKIP no readelf"
	exit 0
fi
for program in moot-api moot-push moot-jobs moot-image moot; do
	test -x "$top_builddir/$program" || continue
	shown=$(LC_ALL=C readelf -hldW --dyn-syms "$top_builddir/$program")
	has $program 'Type: +DYN' "position independent"
	has $program 'GNU_RELRO' "relocations read-only"
	has $program '(BIND_NOW|Flags:.* NOW)' "bound at start"
	has $program 'GNU_STACK .* RW  ' "stack not executable"
	has $program '__stack_chk_fail' "stack guarded"
	status=0
	printf '%s\n' "$shown" | grep -qE '\((RPATH|RUNPATH)\)' && status=1
	result $status "$program: no library path of its own"
done
test $n -gt 0 && echo "1..$n" || echo "1..0 # SKIP no program built"
