# Node.js for the client's build. Vite 8 wants 20.19 or later, Debian 12 has 18:
# where there is none, one comes from the npm registry into build/node.
# Sourced. shellcheck shell=bash

NODE_DIR=$DEFAULT_BUILD/node

node_is_good()
{
	command -v node >/dev/null && command -v npm >/dev/null && node -e '
		const [major, minor] = process.versions.node.split(".").map(Number);
		process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1);
	' 2>/dev/null
}

# Also after `dev/up` has fetched one.
node_is_there()
{
	if [ -x "$NODE_DIR/bin/node" ] && ! node_is_good; then
		PATH=$NODE_DIR/bin:$PATH
		hash -r
	fi
	node_is_good
}

fetch_node()
{
	local arch
	case $(uname -m) in
	x86_64) arch=x64 ;;
	aarch64) arch=arm64 ;;
	*) echo "no Node.js package for $(uname -m) in the registry: install 20.19 or later"; return 1 ;;
	esac
	rm -rf "$NODE_DIR"
	mkdir -p "$NODE_DIR/bin"
	npm install --prefix "$NODE_DIR" --no-save --no-audit --no-fund --ignore-scripts \
		"node-linux-$arch@20" npm@11
	ln -s "../node_modules/node-linux-$arch/bin/node" "$NODE_DIR/bin/node"
	ln -s ../node_modules/npm/bin/npm-cli.js "$NODE_DIR/bin/npm"
	ln -s ../node_modules/npm/bin/npx-cli.js "$NODE_DIR/bin/npx"
	"$NODE_DIR/bin/node" --version
}

ensure_node()
{
	node_is_there && return 0
	step "Node.js from the npm registry" "$LOG/node.log" fetch_node
	[ ${#BUILD_AS[@]} = 0 ] || chown -R --reference="$ROOT" "$DEFAULT_BUILD"
	node_is_there || die "Node.js 20.19 or later is needed, and the one fetched does not run; see $LOG/node.log"
}
