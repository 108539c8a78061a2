# Starting, watching and ending the processes of one instance. Sourced, after
# common.sh; wants DIR RUN LOG SOCK PORT BUILD RUN_AS.
# Pid files are in DIR/run only, and a pid counts only when the process is
# visibly this instance's, so nothing else on the machine is ever signalled.
# shellcheck shell=bash
# shellcheck disable=SC2034

# services: in the order of starting. Of NODES nodes each has handlers, handlers
# for what hashes, and a push daemon; those of the first have the plain names.
services()
{
	local i
	printf '%s\n' postgres redis api hash push
	for ((i = 2; i <= NODES; i++)); do
		printf '%s\n' "api-$i" "hash-$i" "push-$i"
	done
	printf '%s\n' jobs nginx
}

# What runs, in the order of ending: also nodes that are not wanted any more.
services_running()
{
	local file
	for file in nginx api hash push jobs redis postgres; do
		compgen -G "$RUN/$file.keeper" || compgen -G "$RUN/$file.pid" || true
		compgen -G "$RUN/$file-*.keeper" || true
	done | sed 's#.*/##; s#\.[a-z]*$##'
}

worker_count()
{
	local cores
	cores=$(nproc)
	echo $((cores * 2 > 4 ? cores * 2 : 4))
}

# As many processes as passwords are hashed at once.
hash_count()
{
	local slots
	slots=$(conf_value hash_slots)
	case $slots in ''|*[!0-9]*|0) nproc ;; *) echo "$slots" ;; esac
}

# conf_value KEY: as it stands in moot.conf.
conf_value()
{
	sed -n "s/^[ \t]*$1[ \t]*=[ \t]*//p" "$DIR/moot.conf" | tail -n1
}

# Sets COMMAND, FRONT (what hands the command its socket), SIGNAL (the orderly
# end), PATIENCE (seconds) and INPUTS (files whose change means a restart).
service_define()
{
	local conf=$DIR/moot.conf kind=${1%%-*} socket=$SOCK/$1.sock
	local -a node=()
	case $1 in
	*-*)
		[ -d "$RUN/node-${1#*-}" ] || die "there is no node '${1#*-}'; dev/up --nodes makes them"
		node=(env "MOOT_RUN_DIR=$RUN/node-${1#*-}" "MOOT_PUSH_SOCKET=$SOCK/push-${1#*-}.sock") ;;
	esac
	FRONT=() SIGNAL=TERM PATIENCE=20 INPUTS=("$conf")
	case $kind in
	postgres)
		COMMAND=("$(postgres_bin "$(cat "$DIR/pg/PG_VERSION")")/postgres" -D "$DIR/pg"
			-c "unix_socket_directories=$SOCK/pg" -c unix_socket_permissions=0700
			-c listen_addresses=
			-c shared_buffers=64MB -c max_wal_size=512MB -c max_connections=100
			-c timezone=UTC -c log_timezone=UTC
			-c "log_line_prefix=%m [%p] %q%u %a " -c cluster_name=moot)
		SIGNAL=INT PATIENCE=60 INPUTS=() ;;
	redis)
		COMMAND=(redis-server "$DIR/redis/redis.conf")
		INPUTS=("$DIR/redis/redis.conf") ;;
	api|hash)
		# multiwatch gives a worker up for good after -r deaths within -t ms of
		# its start; after all of them it ends, and supervise starts it again.
		if [ "$kind" = api ]; then
			FRONT=(spawn-fcgi -n -s "$socket" -M 0600 -b 4096 --)
			COMMAND=("${node[@]}" multiwatch -f "$(worker_count)" -r 100 -t 500 -s TERM --)
		else
			# A short queue: who stands in it should still be waiting when his turn comes.
			FRONT=(spawn-fcgi -n -s "$socket" -M 0600 -b 128 --)
			COMMAND=("${node[@]}" multiwatch -f "$(hash_count)" -r 100 -t 500 -s TERM --)
		fi
		COMMAND+=("$BUILD/moot-api" -c "$conf")
		INPUTS+=("$BUILD/moot-api") ;;
	push|jobs)
		COMMAND=("${node[@]}" "$BUILD/moot-$kind" -c "$conf")
		INPUTS+=("$BUILD/moot-$kind") ;;
	nginx)
		COMMAND=("$(nginx_bin)" -p "$DIR/nginx" -c "$DIR/nginx/nginx.conf" -e "$LOG/nginx.log")
		INPUTS=("$DIR"/nginx/*.conf "$DIR"/nginx/snippets/*.conf) ;;
	*)
		die "there is no service '$1'; the services are: $(services | paste -sd' ')" ;;
	esac
}

nginx_bin()
{
	if [ -x /usr/sbin/nginx ]; then echo /usr/sbin/nginx; else command -v nginx; fi
}

# What is running was started by exactly this.
service_stamp()
{
	service_define "$1"
	printf '%s\n' "${FRONT[*]} ${COMMAND[*]}" | sha256sum | cut -c1-32
	cat "${INPUTS[@]}" /dev/null | sha256sum | cut -c1-32
}

pid_in()
{
	local pid=''
	[ -f "$1" ] && read -r pid <"$1"
	printf '%s' "$pid"
}

# The supervisor's pid, when it lives and is that of this instance's service.
keeper_pid()
{
	local pid
	pid=$(pid_in "$RUN/$1.keeper")
	[ -n "$pid" ] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -F "/supervise $RUN $1 " >/dev/null && printf '%s' "$pid"
}

# The process's own pid. It works inside DIR, and nothing else does.
service_pid()
{
	local pid
	pid=$(pid_in "$RUN/$1.pid")
	[ -n "$pid" ] || return 1
	case $(readlink "/proc/$pid/cwd" 2>/dev/null) in
	"$DIR"|"$DIR"/*) printf '%s' "$pid" ;;
	*) return 1 ;;
	esac
}

# All processes of its group, and children in groups of their own (Postgres).
service_pids()
{
	local pid
	pid=$(service_pid "$1") && ps -A -o pid=,pgid=,ppid= | awk -v g="$pid" '$2 == g || $3 == g { print $1 }'
}

wait_for()
{
	local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	until "$@"; do
		[ "${EPOCHREALTIME/[.,]/}" -lt "$deadline" ] || return 1
		sleep 0.05
	done
}

# Ended; whoever inherited it may not have reaped it yet.
gone()
{
	! grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status" 2>/dev/null
}

# All processes of a group have ended, and let go of what they had open: killed ones
# take a while, above all with a sanitizer.
group_gone()
{
	! ps -A -o pgid=,stat= | awk -v g="$1" '$1 == g && $2 !~ /^[ZX]/ { found = 1 } END { exit !found }'
}

service_start()
{
	local name=$1 kept
	service_define "$name"
	rotate_log "$LOG/$name.log"
	rm -f "$RUN/$name.pid" "$RUN/$name.keeper" "$RUN/$name.stamp"
	service_stamp "$name" >"$RUN/$name.stamp"
	kept=("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "HOME=$DIR" LC_ALL=C.UTF-8 TZ=UTC
		"ASAN_OPTIONS=${ASAN_OPTIONS:-}" "UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}"
		"LSAN_OPTIONS=${LSAN_OPTIONS:-}")
	(
		cd "$DIR"
		exec 8>&- 9>&-
		setsid "${RUN_AS[@]}" env -i "${kept[@]}" "${FRONT[@]}" \
			/bin/bash "$ROOT/dev/lib/supervise" "$RUN" "$name" "$SIGNAL" "${COMMAND[@]}" \
			</dev/null >>"$LOG/$name.log" 2>&1 &
	)
	wait_for 5 test -s "$RUN/$name.pid" || { show_log "$LOG/$name.log"; die "$name did not start; its log is $LOG/$name.log"; }
}

# Logs are appended to; a large one is put aside at the next start.
rotate_log()
{
	if [ -f "$1" ] && [ "$(stat -c %s "$1")" -gt 67108864 ]; then
		mv -f "$1" "$1.old"
	fi
	touch "$1"
	own_for_user "$1"
}

service_stop()
{
	local name=$1 keeper pid
	service_define "$name"
	pid=$(service_pid "$name") || pid=''
	if keeper=$(keeper_pid "$name"); then
		kill -TERM "$keeper" 2>/dev/null || true
		wait_for "$PATIENCE" gone "$keeper" || kill -KILL "$keeper" 2>/dev/null || true
		wait_for 10 group_gone "$keeper" || true
	elif [ -n "$pid" ]; then
		kill -s "$SIGNAL" "$pid" 2>/dev/null || true
		wait_for "$PATIENCE" gone "$pid" || true
	fi
	# Left only when it did not obey or had lost its supervisor.
	if [ -n "$pid" ]; then
		kill -KILL -- "-$pid" 2>/dev/null || true
		wait_for 10 group_gone "$pid" || die "$name (pid $pid) does not end"
	fi
	rm -f "$RUN/$name.pid" "$RUN/$name.keeper" "$RUN/$name.stamp"
}

# The same command again, with what its files hold now; a listening socket stays
# open meanwhile, so that nobody is refused.
service_restart()
{
	local name=$1 keeper old
	if ! keeper=$(keeper_pid "$name"); then
		service_stop "$name"
		service_start "$name"
		return 0
	fi
	old=$(pid_in "$RUN/$name.pid")
	service_define "$name"
	rm -f "$RUN/$name.stamp"
	service_stamp "$name" >"$RUN/$name.stamp"
	kill -USR1 "$keeper"
	wait_for "$PATIENCE" pid_changed "$name" "$old" || die "$name does not end; its log is $LOG/$name.log"
}

# The push daemon's connections go over to a new process; nobody is cut off.
service_reload()
{
	local name=$1 old
	[ "${name%%-*}" = push ] || die "only push hands over; for the others there is restart"
	keeper_pid "$name" >/dev/null || die "$name does not run"
	old=$(service_pid "$name") || die "$name does not run"
	service_define "$name"
	rm -f "$RUN/$name.stamp"
	service_stamp "$name" >"$RUN/$name.stamp"
	kill -s HUP "$old"
	wait_for "$PATIENCE" pid_changed "$name" "$old" || die "$name goes on as it was; its log is $LOG/$name.log"
}

pid_changed()
{
	local pid
	pid=$(pid_in "$RUN/$1.pid")
	[ -n "$pid" ] && [ "$pid" != "$2" ]
}

# kill -9, and nobody starts it again. Postgres is stopped "immediate": a killed
# postmaster would leave backends that answer for a moment.
service_crash()
{
	local name=$1 keeper pid signal=KILL
	pid=$(service_pid "$name") || pid=''
	if keeper=$(keeper_pid "$name"); then
		kill -KILL "$keeper"
		wait_for 5 group_gone "$keeper"
	fi
	[ -n "$pid" ] || return 0
	[ "$name" != postgres ] || signal=QUIT
	kill -s $signal -- "-$pid" 2>/dev/null || true
	wait_for 10 group_gone "$pid" || die "$name (pid $pid) does not die"
	rm -f "$RUN/$name.pid" "$RUN/$name.keeper" "$RUN/$name.stamp"
}

# Start it, leave it alone or restart it, whichever brings it up to date.
# Prints what was done.
service_ensure()
{
	local name=$1 wanted
	wanted=$(service_stamp "$name")
	if ! keeper_pid "$name" >/dev/null; then
		service_stop "$name"
		service_start "$name"
		echo started
	elif stamp_is "$RUN/$name.stamp" "$wanted"; then
		echo running
	elif [ "$(head -n1 "$RUN/$name.stamp" 2>/dev/null)" = "$(head -n1 <<<"$wanted")" ] && [ "$name" != nginx ]; then
		service_restart "$name"
		echo restarted
	else
		service_stop "$name"
		service_start "$name"
		echo restarted
	fi
}
