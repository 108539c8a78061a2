#!/bin/sh
# The request handlers while system calls fail; see api.py.
for program in python3 redis-server; do
	command -v $program >/dev/null || { echo "1..0 # SKIP no $program here"; exit 0; }
done
exec python3 "$top_srcdir/tests/faultio/api.py"
