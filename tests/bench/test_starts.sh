#!/bin/sh
# The bench finds all its parts: only tests/bench/run uses them otherwise, which takes its time.
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3 here"; exit 0; }
echo "1..1"
if out=$(python3 "$top_srcdir/tests/bench/bench.py" --help 2>&1); then
	echo "ok 1 - the bench says how it is used"
else
	printf '%s\n' "$out" | sed 's/^/# /'
	echo "not ok 1 - the bench says how it is used"
fi
