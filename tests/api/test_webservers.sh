#!/bin/sh
# The configurations for Apache and lighttpd: what begins with a word of the route table comes to
# moot-api, anything else is the client. Wants no database; without the servers it is skipped.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
api=$top_builddir/moot-api
dir=$(mktemp -d)
chmod 755 "$dir"
n=0 servers=
trap 'for p in $servers; do kill "$p"; done 2>/dev/null; wait; rm -rf "$dir"' EXIT
command -v python3 >/dev/null && command -v curl >/dev/null || { echo "1..0 # SKIP no python3 or no curl"; exit 0; }

ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

words=$("$api" --routes | tr ',' '\n' | sed -n 's#.*"path":"/\([a-z]*\).*#\1#p' | sort -u | tr '\n' ' ')
[ "$words" = "api avatars health metrics web " ]
ok $? "these are the first words of the table: $words"

site=$dir/site
mkdir -p "$site" "$dir/moot-private" "$dir/run" "$dir/log"
echo 'this is the client' >"$site/index.html"
cp "$api" "$site/api.cgi"
printf '0123456789abcdef0123456789abcdef' >"$dir/moot-private/token.key"
cat >"$dir/moot-private/moot.conf" <<-CONF
	token_key_file = $dir/moot-private/token.key
	database = host=/nonexistent dbname=none
CONF
user=$(id -un)
if [ "$user" = root ]; then
	user=nobody
	chown -R nobody "$dir"
fi

# A port that nobody has now; who is quicker makes the start fail, and another one is taken.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# starts COMMAND…: until it answers on $port, which the command reads from its configuration
starts() {
	for try in 1 2 3 4 5; do
		port=$(free_port)
		configure
		"$@" >"$dir/log/out" 2>&1 &
		server=$!
		while kill -0 $server 2>/dev/null; do
			if curl -s --noproxy '*' -o "$dir/body" "http://127.0.0.1:$port/index.html" && grep -q 'the client' "$dir/body"; then
				servers="$servers $server"
				return 0
			fi
			sleep 0.1
		done
		wait $server
	done
	sed 's/^/# /' "$dir/log/out" "$dir/log/error" 2>/dev/null
	return 1
}

# Whose answer it is: moot-api says a request's id.
whose() {
	curl -s --noproxy '*' -D "$dir/head" -o "$dir/body" "http://127.0.0.1:$port$1"
	if grep -qi '^x-request-id: ' "$dir/head"; then echo moot-api; elif grep -q 'the client' "$dir/body"; then echo client; else head -n 1 "$dir/head"; fi
}

answers() {	# SERVER
	for path in /health/live /api/v1/meta /api/v1/me /web/1 /web/1/feed.atom /avatars/00000000000000000000000000000000-64.webp /avatars/x; do
		[ "$(whose "$path")" = moot-api ]
		ok $? "$1 passes $path on"
	done
	for path in / /server/1/2 /invite/abc /apix /website; do
		[ "$(whose "$path")" = client ]
		ok $? "$1: $path is the client"
	done
}

modules=$(ls -d /usr/lib/apache2/modules /usr/lib64/httpd/modules 2>/dev/null | head -n 1)
if [ -x /usr/sbin/apache2 ] && [ -n "$modules" ]; then
	cp "$top_srcdir/nginx/apache/.htaccess" "$site/.htaccess"
	configure() {
		cat >"$dir/apache.conf" <<-CONF
			ServerRoot $dir
			ServerName localhost
			Listen 127.0.0.1:$port
			User $user
			Group $(id -gn "$user")
			PidFile $dir/run/apache.pid
			ErrorLog $dir/log/error
			$(for m in mpm_prefork authz_core mime dir rewrite headers setenvif cgi deflate filter; do
				[ -e "$modules/mod_$m.so" ] && echo "LoadModule ${m}_module $modules/mod_$m.so"; done)
			TypesConfig /etc/mime.types
			DirectoryIndex index.html
			DocumentRoot $site
			<Directory $site>
				Require all granted
				AllowOverride Options FileInfo AuthConfig
			</Directory>
		CONF
	}
	if starts /usr/sbin/apache2 -X -f "$dir/apache.conf"; then answers "Apache with .htaccess"; else ok 1 "Apache starts"; fi
else
	n=$((n + 1)); echo "ok $n - Apache # SKIP there is none"
fi

if [ -x /usr/sbin/lighttpd ]; then
	# moot-api as FastCGI, on the socket that the configuration names
	python3 - "$api" "$dir" <<-'PY' >"$dir/log/api" 2>&1 &
		import os, socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.bind(sys.argv[2] + "/run/api.sock")
		os.chmod(sys.argv[2] + "/run/api.sock", 0o777)
		s.listen(16)
		os.dup2(s.fileno(), 0)
		os.execv(sys.argv[1], [sys.argv[1], "-c", sys.argv[2] + "/moot-private/moot.conf"])
	PY
	program=$!
	servers="$servers $program"
	configure() {
		sed -e "s#/run/moot/#$dir/run/#" -e "s#^server.port .*#server.port = $port#" \
			-e "s#/usr/share/moot/htdocs#$site#" "$top_srcdir/nginx/lighttpd.conf" >"$dir/lighttpd.conf"
		echo "server.bind = \"127.0.0.1\"" >>"$dir/lighttpd.conf"
	}
	if starts /usr/sbin/lighttpd -D -f "$dir/lighttpd.conf"; then
		# it asks again after a second where nobody listened yet
		while kill -0 "$server" 2>/dev/null && kill -0 "$program" 2>/dev/null && [ "$(whose /health/live)" != moot-api ]; do sleep 0.1; done
		answers lighttpd
	else
		ok 1 "lighttpd starts"
	fi
else
	n=$((n + 1)); echo "ok $n - lighttpd # SKIP there is none"
fi
echo "1..$n"
