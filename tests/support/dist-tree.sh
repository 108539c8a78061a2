#!/bin/sh
# dist-tree.sh SRCDIR DISTDIR NAME… - copies files and whole folders into a release tree: in a checkout
# what git tracks of them, in an unpacked release all that is there. The built client
# (htdocs/dist) goes along when there is one.
set -eu
src=$1 dist=$2
shift 2

list() {
	if git -C "$src" rev-parse --is-inside-work-tree >/dev/null 2>&1 &&
	    test "$(git -C "$src" rev-parse --show-prefix)" = ""; then
		git -C "$src" ls-files -- "$@"
	else
		for name; do
			test ! -e "$src/$name" || (cd "$src" && find "$name" \
			    -name node_modules -prune -o -type f -print)
		done
	fi
	test ! -d "$src/htdocs/dist" || (cd "$src" && find htdocs/dist -type f -print)
}

list "$@" | sort -u | while IFS= read -r file; do
	test -f "$src/$file" || continue
	test ! -e "$dist/$file" || continue
	mkdir -p "$dist/$(dirname "$file")"
	cp -p "$src/$file" "$dist/$file"
done
