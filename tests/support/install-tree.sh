#!/bin/sh
# install-tree.sh FROM TO - installs every file below FROM with mode 0644; nothing to do when
# FROM is not there.
set -eu
from=$1 to=$2
test -d "$from" || exit 0
(cd "$from" && find . -type f ! -name .gitignore ! -name local.mk -print) | while IFS= read -r file; do
	mkdir -p "$to/$(dirname "$file")"
	cp "$from/$file" "$to/$file"
	chmod 0644 "$to/$file"
done
