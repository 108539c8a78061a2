# Shared by every dev/ command: where things are, messages, timed steps and the
# user that the servers run as. Sourced; sets -euo pipefail for all of them.
# shellcheck shell=bash
# shellcheck disable=SC2034  # variables set here are used by the other parts

set -euo pipefail
shopt -s inherit_errexit
umask 022
export LC_ALL=C.UTF-8

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
HTDOCS=$ROOT/htdocs
DEFAULT_BUILD=$ROOT/build
STAMPS=$DEFAULT_BUILD/.stamps

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

is_root()
{
	[ "$(id -u)" = 0 ]
}

# A path that autoconf, libpq and nginx all take as it is. Fails with words.
check_path()
{
	case $1 in
	*[!A-Za-z0-9_./+~-]*)
		die "the path '$1' has a character that configure, libpq or nginx would trip over; use letters, digits and _ . / + ~ - only" ;;
	esac
}

now_ms()
{
	local t=${EPOCHREALTIME/[.,]/}
	printf '%s\n' "${t%???}"
}

# step LABEL LOGFILE COMMAND...: runs the command with its output in LOGFILE and
# says how long it took. A failure shows the end of the log and ends the script.
# The command runs in a subshell: it cannot set variables.
step()
{
	local label=$1 log=$2 begin rc ms
	shift 2
	begin=$(now_ms)
	[ -t 1 ] && printf '  %-36s …' "$label"
	rm -f "$log"
	set +e
	( set -e; "$@" ) >"$log" 2>&1 </dev/null
	rc=$?
	set -e
	ms=$(($(now_ms) - begin))
	[ -t 1 ] && printf '\r'
	if [ "$rc" = 0 ]; then
		printf '  %-36s %4d.%d s\n' "$label" $((ms / 1000)) $((ms % 1000 / 100))
		return 0
	fi
	printf '  %-36s failed\n' "$label"
	show_log "$log" >&2
	die "$label failed (status $rc); the whole log is $log"
}

show_log()
{
	[ -s "$1" ] || return 0
	printf '%s\n' "---- the end of $1" && tail -n 30 "$1" && printf '%s\n' '----'
}

# Hash of the content of files whose names come NUL-separated on stdin.
hash_files()
{
	sort -z | xargs -0 -r sha256sum | sha256sum | cut -c1-32
}

# stamp_is FILE VALUE / stamp_set FILE VALUE: what a build step was last done for.
stamp_is()
{
	[ -f "$1" ] && [ "$(cat "$1")" = "$2" ]
}

stamp_set()
{
	"${BUILD_AS[@]}" mkdir -p "$(dirname "$1")"
	printf '%s\n' "$2" | "${BUILD_AS[@]}" tee "$1" >/dev/null
}

# Nobody listens on 127.0.0.1:$1.
port_is_free()
{
	! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# ---- the user that the servers run as -------------------------------------
# Started by an ordinary user: that user. Started by root: the owner of DIR or of
# the checkout if that is not root either, otherwise a system user of its own.
SYSTEM_USER=moot-dev
RUN_AS=()
BUILD_AS=()

choose_user()
{
	local owner
	RUN_USER=$(id -un)
	if ! is_root; then
		if [ -e "$DIR" ] && [ ! -O "$DIR" ]; then
			die "$DIR belongs to $(stat -c %U "$DIR"); run this as that user or as root, or choose another --dir"
		fi
		return 0
	fi
	for owner in "$DIR" "$ROOT"; do
		[ -e "$owner" ] || continue
		owner=$(stat -c %U "$owner")
		case $owner in root|nobody|UNKNOWN) continue ;; esac
		RUN_USER=$owner
		break
	done
	if [ "$RUN_USER" = root ]; then
		RUN_USER=$SYSTEM_USER
		getent passwd "$RUN_USER" >/dev/null ||
			useradd --system --user-group --home-dir /nonexistent --no-create-home \
				--shell /usr/sbin/nologin "$RUN_USER"
	fi
	RUN_AS=(setpriv "--reuid=$RUN_USER" "--regid=$(id -g "$RUN_USER")" --init-groups --no-new-privs)
	# `sudo dev/up` leaves nothing of root's in somebody's checkout.
	owner=$(stat -c %U "$ROOT")
	if [ "$owner" != root ] && getent passwd "$owner" >/dev/null; then
		BUILD_AS=(setpriv "--reuid=$owner" "--regid=$(id -g "$owner")" --init-groups
			env "HOME=$(getent passwd "$owner" | cut -d: -f6)")
	fi
}

# Run a command as the user of the servers, in DIR.
as_user()
{
	(cd "$DIR" && exec "${RUN_AS[@]}" "$@")
}

# A checkout under a directory that the user cannot enter (/root, a 0700 home):
# the servers get the one capability that lets them pass it, and nobody's
# directories are changed. Containers often lack the first and have the second.
choose_capability()
{
	local probe=$ROOT/dev/lib/supervise cap plain=("${RUN_AS[@]}")
	is_root || return 0
	user_can_reach "$probe" && return 0
	for cap in dac_read_search dac_override; do
		RUN_AS=("${plain[@]}" "--inh-caps=-all,+$cap" "--ambient-caps=-all,+$cap")
		user_can_reach "$probe" && return 0
	done
	die "the user $RUN_USER cannot read $ROOT, and this machine does not let root lend the capability to; move the checkout or make its parents searchable"
}

# Done, not asked: access(2) does not count capabilities.
user_can_reach()
{
	(cd / && "${RUN_AS[@]}" /bin/bash -c ': <"$1" && cd "$2" && cd "$3"' - "$1" "$HTDOCS" "$DIR") 2>/dev/null
}

own_for_user()
{
	if is_root; then chown "$RUN_USER:" "$@"; fi
}

# ---- one instance's folder --------------------------------------------------
# Sets DIR from the first --dir D of the arguments, ARGS to the others.
take_dir()
{
	local dir=$ROOT/var
	ARGS=()
	while [ $# -gt 0 ]; do
		case $1 in
		--dir) [ $# -ge 2 ] || die "--dir wants a folder"; dir=$2; shift ;;
		--dir=*) dir=${1#--dir=} ;;
		*) ARGS+=("$1") ;;
		esac
		shift
	done
	DIR=$(realpath -m -- "$dir")
	check_path "$DIR"
	RUN=$DIR/run
	LOG=$DIR/log
	DIR_FLAG=
	[ "$DIR" = "$ROOT/var" ] || DIR_FLAG=" --dir $DIR"
}

# The instance must exist. Sets SOCK, PORT, BUILD and the user.
need_instance()
{
	[ -f "$DIR/up.conf" ] || die "nothing has been started in $DIR; dev/up does that"
	read_settings
	SOCK=${SOCK:-$RUN}
	choose_user
	choose_capability
}

# What the last dev/up was told, so that a later one need not be told again.
read_settings()
{
	local key value
	PORT='' LISTEN='' BUILD='' SOCK='' NODES=1
	[ -f "$DIR/up.conf" ] || return 0
	while IFS='=' read -r key value; do
		case $key in
		port) PORT=$value ;;
		listen) LISTEN=$value ;;
		build) BUILD=$value ;;
		sockets) SOCK=$value ;;
		nodes) NODES=$value ;;
		esac
	done <"$DIR/up.conf"
}

write_settings()
{
	printf '%s\n' "port=$PORT" "listen=$LISTEN" "build=$BUILD" "sockets=$SOCK" "nodes=$NODES" \
		>"$DIR/up.conf"
	own_for_user "$DIR/up.conf"
}

# Two dev/up in one folder wait for each other.
lock_dir()
{
	exec 9>>"$DIR/lock"
	own_for_user "$DIR/lock"
	flock -w 600 9 || die "another dev command has been at work in $DIR for ten minutes"
}
