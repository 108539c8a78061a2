#!/bin/sh
# run.sh SRCDIR SECONDS TARGET… - runs each libFuzzer target for so long. What is found new goes to
# ./found/NAME, crashes to ./crash-*; the committed corpus is only read.
set -eu
src=$1 seconds=$2
shift 2
for target; do
	name=${target##*/fuzz_}
	mkdir -p "found/$name"
	echo "== $name"
	"./$target" -max_total_time="$seconds" -max_len=4096 -timeout=5 -rss_limit_mb=2048 \
	    -print_final_stats=1 -artifact_prefix="crash-$name-" \
	    "found/$name" "$src/tests/fuzz/corpus/$name" 2>&1 | grep -vE '#[0-9]+' || exit 1
	test -z "$(find . -maxdepth 1 -name "crash-$name-*" -print)" || exit 1
done
