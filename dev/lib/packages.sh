# The Debian packages that Moot is built with and runs on. Sourced.
# shellcheck shell=bash

# A program that must be there, and the package it comes from.
RUN_TOOLS="postgres:postgresql redis-server:redis-server nginx:nginx
	multiwatch:multiwatch spawn-fcgi:spawn-fcgi curl:curl ps:procps flock:util-linux setpriv:util-linux"
BUILD_TOOLS="gcc:gcc make:make autoreconf:autoconf automake:automake libtoolize:libtool
	pkg-config:pkg-config gawk:gawk xargs:findutils"
TEST_TOOLS="clang:clang chromium:chromium firefox-esr:firefox-esr jq:jq python3:python3"

# Packages without a program of their own.
BUILD_LIBS="libc6-dev libfcgi-dev libpq-dev libhiredis-dev libjwt-dev libjson-c-dev libev-dev
	libsodium-dev libcurl4-openssl-dev libpng-dev libturbojpeg0-dev libwebp-dev libgif-dev
	libseccomp-dev check"
TEST_LIBS="fonts-noto-color-emoji python3-aiosmtpd"

have_program()
{
	case $1 in
	postgres) [ -n "$(postgres_bin)" ] ;;
	nginx) [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# The newest server of the supported range, whatever clusters the machine runs.
# With an argument: of that major version.
POSTGRES_OLDEST=15
postgres_bin()
{
	local bin version found=
	for bin in /usr/lib/postgresql/*/bin /usr/local/pgsql/bin; do
		[ -x "$bin/postgres" ] && [ -x "$bin/initdb" ] || continue
		version=$("$bin/postgres" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
		if [ -n "${1:-}" ]; then
			[ "$version" = "$1" ] && found=$bin
		elif [ "$version" -ge $POSTGRES_OLDEST ]; then
			found=$bin
		fi
	done
	printf '%s' "$found"
}

# missing_packages run|test: prints what apt-get would have to install.
missing_packages()
{
	local tools="$RUN_TOOLS $BUILD_TOOLS" libs=$BUILD_LIBS pair installed lib
	if [ "$1" = test ]; then
		tools="$tools $TEST_TOOLS"
		libs="$libs $TEST_LIBS"
	fi
	{
		for pair in $tools; do
			have_program "${pair%%:*}" || printf '%s\n' "${pair#*:}"
		done
		if command -v dpkg-query >/dev/null; then
			# shellcheck disable=SC2086
			installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $libs 2>/dev/null || true)
			for lib in $libs; do
				grep -qx "$lib installed" <<<"$installed" || printf '%s\n' "$lib"
			done
		fi
		# The asan runtime is a package of its own beside clang.
		if [ "$1" = test ] && ! compgen -G '/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.asan-x86_64.a' >/dev/null &&
			! compgen -G '/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.asan-*.a' >/dev/null; then
			printf '%s\n' libclang-rt-dev
		fi
		node_is_there || have_program npm || printf '%s\n' nodejs npm
	} | sort -u
}

# ensure_packages run|test: one apt-get, and only when something is missing.
ensure_packages()
{
	local missing
	local -a as_root=()
	missing=$(missing_packages "$1" | tr '\n' ' ')
	[ -n "$missing" ] || return 0
	say "  missing packages: $missing"
	command -v apt-get >/dev/null || die "there is no apt-get here; install these (Debian's names): $missing"
	if ! is_root; then
		command -v sudo >/dev/null || die "there is no sudo here; as root: apt-get install $missing"
		# A password is asked for now, on the terminal, and not inside a logged step.
		sudo -n true 2>/dev/null || sudo -v || die "sudo refused; as root: apt-get install $missing"
		as_root=(sudo)
	fi
	# shellcheck disable=SC2086
	step "installing packages" "$LOG/packages.log" "${as_root[@]}" bash "$ROOT/dev/lib/install-packages" $missing
}
