# Building the programs out of tree and the client into htdocs/dist. Sourced.
# shellcheck shell=bash

# Hash of all that autoreconf reads. Source lists are in local.mk files.
autotools_inputs()
{
	cd "$ROOT"
	find . \( -path ./htdocs -o -path ./build -o -path ./var -o -path ./.git -o -path ./m4/lt\* \) -prune -o \
		\( -name configure.ac -o -name Makefile.am -o -name '*.mk' -o -path './m4/*.m4' \) -type f -print0 |
		hash_files
}

# prepare_source: makes configure and Makefile.in, when their inputs changed.
prepare_source()
{
	local inputs
	inputs=$(autotools_inputs)
	if [ -x "$ROOT/configure" ] && [ -f "$ROOT/Makefile.in" ] && stamp_is "$STAMPS/autoreconf" "$inputs"; then
		return 0
	fi
	step "autoreconf" "$LOG/autoreconf.log" "${BUILD_AS[@]}" autoreconf -fi "$ROOT"
	stamp_set "$STAMPS/autoreconf" "$(autotools_inputs)"
}

# build_programs DIR LABEL CONFIGURE-ARGUMENT...: configure (once for the same
# arguments) and make, in DIR. Anything that changed is make's affair.
build_programs()
{
	local dir=$1 label=$2 wanted
	shift 2
	"${BUILD_AS[@]}" mkdir -p "$dir"
	wanted="$* $(cat "$STAMPS/autoreconf")"
	if ! [ -f "$dir/Makefile" ] || ! stamp_is "$dir/.configured" "$wanted"; then
		step "configure$label" "$LOG/configure.log" configure_in "$dir" "$@"
		stamp_set "$dir/.configured" "$wanted"
	fi
	step "make$label" "$LOG/make.log" "${BUILD_AS[@]}" make -C "$dir" -j2 all
}

configure_in()
{
	local dir=$1
	shift
	cd "$dir"
	"${BUILD_AS[@]}" "$ROOT/configure" --silent "$@"
}

# ---- the client -------------------------------------------------------------

client_sources()
{
	cd "$HTDOCS"
	find . \( -path ./node_modules -o -path ./dist -o -path ./coverage -o -name '*.tsbuildinfo' \) -prune -o \
		-type f -print0 | hash_files
}

install_modules()
{
	cd "$HTDOCS"
	"${BUILD_AS[@]}" npm ci --no-audit --no-fund && return 0
	# A registry without the packages of other platforms leaves them out of the
	# lock file, and npm ci takes that for a mistake. This keeps to the versions
	# locked and installs the rest as it does.
	"${BUILD_AS[@]}" npm install --no-save --no-audit --no-fund
}

run_client_build()
{
	cd "$HTDOCS"
	"${BUILD_AS[@]}" npm run build
}

build_client()
{
	local modules sources
	modules=$(cd "$HTDOCS" && sha256sum package.json package-lock.json | sha256sum | cut -c1-32)
	if ! stamp_is "$HTDOCS/node_modules/.moot-stamp" "$modules"; then
		step "npm ci" "$LOG/npm-ci.log" install_modules
		stamp_set "$HTDOCS/node_modules/.moot-stamp" "$modules"
	fi
	sources=$(client_sources)
	if ! [ -f "$HTDOCS/dist/index.html" ] || ! stamp_is "$STAMPS/client" "$sources"; then
		step "npm run build" "$LOG/npm-build.log" run_client_build
		# The build itself writes the compiled catalogue beside the sources.
		stamp_set "$STAMPS/client" "$(client_sources)"
	fi
}

# Two builds in one checkout wait for each other.
build_all()
{
	"${BUILD_AS[@]}" mkdir -p "$STAMPS"
	exec 8>>"$STAMPS/lock"
	flock -w 1800 8 || die "another build has been at work in $ROOT for half an hour"
	prepare_source
	build_programs "$DEFAULT_BUILD" ""
	build_client
	exec 8>&-
}
