# What one instance consists of: its folder, its configuration files, its
# database cluster. Sourced, after common.sh and service.sh.
# shellcheck shell=bash

GENERATED='# Written by dev/up and written again whenever it runs. To keep changes of your own,'
GENERATED2='# put them into local.conf beside this file (key = value), or remove these two lines.'

# DIR, owned by the user of the servers and closed to everybody else.
make_folders()
{
	local parent
	if [ -e "$DIR" ] && [ ! -f "$DIR/up.conf" ] && [ -n "$(ls -A "$DIR")" ]; then
		die "$DIR is not empty and not of dev/up's making; choose another --dir"
	fi
	parent=$(dirname "$DIR")
	mkdir -p "$parent" || die "cannot make $parent"
	mkdir -p -m 0700 "$DIR"
	touch "$DIR/up.conf"
	own_for_user "$DIR" "$DIR/up.conf"
	choose_capability
	as_user mkdir -p -m 0700 run log keys files redis nginx/snippets nginx/tmp
}

# Sockets are in DIR/run, unless that is too long for a socket's 107 bytes: then
# in a short private folder, whose name is kept in up.conf.
choose_sockets()
{
	local longest=$RUN/pg/.s.PGSQL.5432
	if [ ${#longest} -le 100 ]; then
		SOCK=$RUN
	elif [ -z "$SOCK" ] || [ ! -d "$SOCK" ] || [ "$(stat -c %U "$SOCK")" != "$RUN_USER" ]; then
		SOCK=$(as_user mktemp -d /tmp/moot-run.XXXXXXXX)
	fi
	as_user mkdir -p -m 0700 "$SOCK/pg"
}

# put FILE: replaces FILE by stdin when that differs, so that an unchanged
# configuration keeps its time and nothing is restarted.
put()
{
	local new=$1.new
	cat >"$new"
	if cmp -s "$new" "$1"; then
		rm -f "$new"
	else
		mv -f "$new" "$1"
	fi
	own_for_user "$1"
}

# moot.conf: the development configuration. The lines of local.conf replace or
# follow the ones here.
write_moot_conf()
{
	local conf=$DIR/moot.conf
	if [ -f "$conf" ] && [ "$(head -n1 "$conf")" != "$GENERATED" ]; then
		return 0
	fi
	{
		printf '%s\n%s\n\n' "$GENERATED" "$GENERATED2"
		cat <<-CONF | override "$DIR/local.conf"
			base_url = http://localhost:$PORT
			database = host=$SOCK/pg dbname=moot user=moot_api
			database_push = host=$SOCK/pg dbname=moot user=moot_push
			database_jobs = host=$SOCK/pg dbname=moot user=moot_jobs
			database_owner = host=$SOCK/pg dbname=moot user=moot
			redis = unix:$SOCK/redis.sock
			push_socket = $SOCK/push.sock
			token_key_file = $DIR/keys/token.key
			files_dir = $DIR/files
			send_files = x-accel-redirect
			image_program = $BUILD/moot-image
			run_dir = $RUN
			registration = open
			dms_from = everyone
			limits_scale = 100
		CONF
	} | put "$conf"
}

# override FILE: stdin without the keys that FILE (which may be absent) sets,
# then FILE.
override()
{
	awk -F '[ \t]*=' -v extra="$1" '
		function key_of(s) { s = $1; gsub(/[ \t]/, "", s); return s }
		BEGIN {
			while ((getline < extra) > 0)
				if (key_of() !~ /^(#.*)?$/) { set[key_of()] = 1; kept[++n] = $0 }
		}
		!(key_of() in set)
		END { for (i = 1; i <= n; i++) print kept[i] }
	'
}

# set_local KEY=VALUE: remembered for this instance.
set_local()
{
	local key=${1%%=*} file=$DIR/local.conf
	case $1 in *=*) ;; *) die "--set wants KEY=VALUE" ;; esac
	touch "$file"
	{
		awk -F '[ \t]*=' -v key="$key" '{ k = $1; gsub(/[ \t]/, "", k) } k != key' "$file"
		printf '%s = %s\n' "$key" "${1#*=}"
	} | put "$file"
}

write_redis_conf()
{
	put "$DIR/redis/redis.conf" <<-CONF
		port 0
		unixsocket $SOCK/redis.sock
		unixsocketperm 700
		dir $DIR/redis
		daemonize no
		appendonly yes
		appendfsync everysec
		save ""
		client-output-buffer-limit pubsub 256mb 64mb 60
	CONF
}

# upstream_nodes: stdin (moot-http.conf) with a line for each node wherever the
# first one's socket stands; a backup is none when there are others.
upstream_nodes()
{
	awk -v nodes="$NODES" '
		nodes > 1 && / backup;$/ { next }
		{ print }
		match($0, /^    server unix:[^ ]*\/(api|hash|push)\.sock /) {
			for (i = 2; i <= nodes; i++) {
				line = $0
				sub(/\.sock /, "-" i ".sock ", line)
				print line
			}
		}
	'
}

# The files that an admin installs, with this instance's paths, listeners, nodes
# and limits in place of the shipped ones.
write_nginx_conf()
{
	local from=$ROOT/nginx file listen files connections
	connections=$((64 * $(limits_scale)))
	files=$(ulimit -H -n)
	case $files in unlimited|?????*) [ "$files" != unlimited ] && [ "$files" -lt 32768 ] || files=32768 ;; esac
	listen=$(printf '    listen %s:'"$PORT"' backlog=4096 sndbuf=64k so_keepalive=60s:15s:4;\\n' "$LISTEN")
	if [ "$LISTEN" = 127.0.0.1 ] && ipv6_loopback; then
		listen+="    listen [::1]:$PORT ipv6only=on backlog=4096 sndbuf=64k so_keepalive=60s:15s:4;"
	fi
	for file in moot-http.conf moot-site.conf standalone.conf moot-fastcgi.conf moot-stream.conf \
		moot-security-headers.conf moot-app-headers.conf; do
		sed -e "s#/run/moot/nginx.pid#$RUN/nginx.master#" \
			-e "s#/run/moot/#$SOCK/#" \
			-e "s#/usr/share/moot/htdocs#$HTDOCS/dist#" \
			-e "s#/var/lib/moot/files/#$(conf_value files_dir)/#" \
			-e "s#/var/log/nginx/moot-error.log#$LOG/nginx.log#" \
			-e "s#/var/log/nginx/moot-access.log#$LOG/access.log#" \
			-e "s#/var/lib/nginx/#$DIR/nginx/tmp/#" \
			-e "/^    listen \[::\]/d" \
			-e "s#^    listen 80 .*#$listen#" \
			-e "s#moot_address 64;#moot_address $connections;#" \
			-e "s#worker_processes .*#worker_processes $(nproc);#" \
			-e "s#worker_rlimit_nofile .*#worker_rlimit_nofile $files;#" \
			-e "s#worker_connections .*#worker_connections $((files - 100));#" \
			"$from/$file" |
			case $file in
			standalone.conf) put "$DIR/nginx/nginx.conf" ;;
			moot-http.conf) upstream_nodes | put "$DIR/nginx/$file" ;;
			moot-site.conf) put "$DIR/nginx/$file" ;;
			*) put "$DIR/nginx/snippets/$file" ;;
			esac
	done
	own_for_user -R "$DIR/nginx"
}

limits_scale()
{
	local scale
	scale=$(conf_value limits_scale)
	case $scale in ''|*[!0-9]*|0) echo 1 ;; *) echo "$scale" ;; esac
}

ipv6_loopback()
{
	grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 2>/dev/null
}

nginx_test()
{
	as_user "$(nginx_bin)" -p "$DIR/nginx" -c "$DIR/nginx/nginx.conf" -e "$LOG/nginx.log" -t
}

# ---- Postgres ----------------------------------------------------------------

# A cluster of our own: unix socket in a private folder, nothing on the network,
# durable as Postgres is by default.
make_cluster()
{
	local bin
	bin=$(postgres_bin)
	rm -rf "$DIR/pg.new"
	as_user env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "$bin/initdb" -D "$DIR/pg.new" --username=postgres \
		--encoding=UTF8 --locale=C.UTF-8 --data-checksums --auth-local=trust --auth-host=reject
	printf "\n# Settings of one's own.\ninclude_if_exists = '%s'\n" "$DIR/postgres.conf" >>"$DIR/pg.new/postgresql.conf"
	mv "$DIR/pg.new" "$DIR/pg"
}

check_cluster()
{
	local version
	version=$(cat "$DIR/pg/PG_VERSION")
	[ -n "$(postgres_bin "$version")" ] ||
		die "$DIR/pg is a cluster of PostgreSQL $version, which is not installed; apt-get install postgresql-$version, or dev/down --wipe to begin anew"
}

postgres_ready()
{
	"$(postgres_bin "$(cat "$DIR/pg/PG_VERSION")")/pg_isready" -q -h "$SOCK/pg" -d postgres -U postgres
}

sql()
{
	local db=$1
	shift
	env -u PGHOSTADDR -u PGOPTIONS -u PGSERVICE psql -X -q -A -t -v ON_ERROR_STOP=1 \
		-h "$SOCK/pg" -p 5432 -U postgres -d "$db" "$@"
}

# The roles of the four kinds of process; what each may do is the migrations'
# affair.
make_database()
{
	sql postgres <<-'SQL'
		SET client_min_messages = warning;
		DO $$
		DECLARE
			wanted text;
		BEGIN
			FOREACH wanted IN ARRAY ARRAY['moot', 'moot_api', 'moot_push', 'moot_jobs'] LOOP
				IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
					EXECUTE format('CREATE ROLE %I LOGIN', wanted);
				END IF;
			END LOOP;
		END $$;
	SQL
	[ -n "$(sql postgres -c "SELECT 1 FROM pg_database WHERE datname = 'moot'")" ] ||
		sql postgres -c "CREATE DATABASE moot OWNER moot TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
}

redis_ready()
{
	[ "$(redis-cli -s "$SOCK/redis.sock" ping 2>/dev/null)" = PONG ]
}

# ---- Moot ----------------------------------------------------------------------

moot()
{
	as_user env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "ASAN_OPTIONS=${ASAN_OPTIONS:-}" \
		"UBSAN_OPTIONS=${UBSAN_OPTIONS:-}" "LSAN_OPTIONS=${LSAN_OPTIONS:-}" \
		"$BUILD/moot" -c "$DIR/moot.conf" "$@"
}

site_ready()
{
	[ "$(curl -s -o /dev/null -m 5 --noproxy '*' -w '%{http_code}' "http://127.0.0.1:$PORT/health/ready")" = 200 ]
}
