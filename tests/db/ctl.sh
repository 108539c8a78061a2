# The administrator's command line: every subcommand, what it says and how it ends; and that the
# manual pages know every key and every subcommand.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
man=$top_srcdir/man

# ---- the pages against the program
keys() { sed -n 's/^X_[A-Z]*(\([a-z0-9_]*\),.*/\1/p' "$top_srcdir/lib/base/config.def" | sort; }
is "moot.conf(5) has every key of config.def and no other" "$(sed -n 's/^\.It Ic \([a-z0-9_]*\)$/\1/p' "$man/moot.conf.5" | sort)" "$(keys)"
is "moot config --defaults has every key" "$("$MOOT" config --defaults | sed -n 's/^#\([a-z0-9_]*\) = .*/\1/p' | sort)" "$(keys)"
bounds=$(sed -n 's/^X_INT(\([a-z0-9_]*\), *\([0-9]*\), *\([0-9]*\), *\([0-9]*\),.*/\1 \2 \3 \4/p' "$top_srcdir/lib/base/config.def")
missing=$(while read -r key default low high; do
	text=$(sed -n "/^\.It Ic $key\$/,/^Default:/p" "$man/moot.conf.5" | tr '\n' ' ')
	case $text in *" $low to $high"*"Default: $default"*) ;; *) printf '%s ' "$key" ;; esac
done <<<"$bounds")
is "with its range and default" "$missing" ""
commands() { sed -n '/^const struct cmd cmd_table/,/^};/s/^	{ "\([a-z-]*\)",.*/\1/p' "$top_srcdir/ctl/cmd.c" | sort; }
is "moot(1) explains every subcommand and no other" "$(sed -n '/^The subcommands are/,/^\.El/s/^\.It Cm \([a-z-]*\).*/\1/p' "$man/moot.1" | sort -u)" "$(commands)"
is "its synopsis too" "$(sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/s/^\.Cm \([a-z-]*\).*/\1/p' "$man/moot.1" | sort -u)" "$(commands)"
unsaid() { moot help | sed -n 's/^  moot \(user\|server\) //p;s/^  moot \(audit\|retention\) .*/\1/p' | tr '|' '\n' | awk '{ print $1 }' \
	| while read -r verb; do grep -Eq "^sudo -u moot moot (user |server )?$verb( |$)" "$top_srcdir/docs/admin.md" || echo "$verb"; done; }
is "docs/admin.md shows all that is done to people and servers" "$(moot help | grep -c '^  moot user add') $(unsaid)" "1 "
is "moot help too" "$("$MOOT" help | sed -n 's/^  moot \([a-z-]*\).*/\1/p' | sort)" "$(commands)"
for page in moot.1 moot-api.8 moot-push.8 moot-jobs.8 moot.conf.5; do
	if command -v man >/dev/null; then
		is "$page is formatted without a warning" "$(MANWIDTH=80 man -l --warnings=w "$man/$page" 2>&1 >/dev/null)" ""
	fi
done

# ---- used wrongly
for words in "" "frobnicate" "init x" "migrate x" "setup-link x" "user" "user frob" "user add" "user add a b c" "user passwd" \
	"user make-admin" "user list x" "user add --help" "user add --admin" "user passwd -x" "user passwd --" "-x" "--frob" "-c" "doctor x" "config x" "version x" "help nonsense"; do
	# shellcheck disable=SC2086
	fails "moot $words is a usage error" 2 "$MOOT" $words
done
has "an option that is none is named, by moot" "$(cd "$top_builddir" && ./moot --frob 2>&1)" "moot: there is no option --frob"
is "help of what is none names it" "$("$MOOT" help nonsense 2>&1 | head -n 1)" "moot: there is no subcommand 'nonsense' (moot help lists them)"
for words in "--help" "-h" "-c none --help"; do
	# shellcheck disable=SC2086
	is "moot $words is moot help" "$("$MOOT" $words; echo $?)" "$("$MOOT" help; echo 0)"
done
for words in "--version" "-V"; do
	is "moot $words is moot version" "$("$MOOT" $words; echo $?)" "$("$MOOT" version; echo 0)"
done
none=$("$MOOT" help | sed -n 's/.* else \(\/.*moot.conf\)$/\1/p')
if [ ! -e "$none" ]; then
	has "without a configuration the file looked at is named" "$(PGHOST=$T "$MOOT" user list 2>&1)" "no configuration was read ($none: "
	has "by doctor too" "$(PGHOST=$T "$MOOT" doctor)" "no configuration file ($none: "
fi
has "what cannot be read is not mended by correcting a line" "$("$MOOT" -c "$T/none" doctor)" "→ name one that can be read"
printf 'registration = maybe\n' >"$T/maybe.conf"
has "what no version does is refused" "$("$MOOT" -c "$T/maybe.conf" user list 2>&1)" "one of: closed invite approve open"
printf 'no such line\n' >"$T/broken.conf"
fails "a broken configuration ends it" 1 "$MOOT" -c "$T/broken.conf" user list
has "and is named with its line" "$("$MOOT" -c "$T/broken.conf" user list 2>&1)" "broken.conf:1:"
fails "so does one that is not there" 1 "$MOOT" -c "$T/none" user list
is "version needs none" "$("$MOOT" -c "$T/none" version | cut -d' ' -f1)" moot
fails "an output that cannot be written is a failure" 1 bash -c "'$MOOT' help >/dev/full"

# ---- init
cluster_make
write_conf </dev/null
out=$(moot init)
is "init succeeds" "$?" 0
has "and prints a link" "$out" "http://localhost:8080/setup#"
is "the token key has 32 bytes and is ours alone" "$(stat -c '%s %a' "$T/state/keys/token.key")" "32 600"
is "the folders are there" "$(stat -c %F "$T/state/files" "$T/state/run" | uniq)" directory
key=$(sha256sum "$T/state/keys/token.key")
passes "init again succeeds" moot init
is "and leaves the key" "$(sha256sum "$T/state/keys/token.key")" "$key"
is "nothing of a draft of it stays" "$(ls "$T/state/keys")" token.key
head -c 31 /dev/zero >"$T/short"
MOOT_TOKEN_KEY_FILE=$T/short fails "init does not work with a short key" 1 moot init
MOOT_TOKEN_KEY_FILE='' fails "nor without a name for it" 1 moot init
rm "$T/state/keys/token.key"
for i in 1 2 3 4 5 6; do moot init >"$T/init.$i" 2>&1 & pids[i]=$!; done
rc=0
for i in 1 2 3 4 5 6; do wait "${pids[i]}" || rc=1; done
is "six at once succeed" "$rc" 0
is "and one makes the key" "$(cat "$T"/init.? | grep -c 'made the token key')" 1

# ---- setup-link
link=$(moot setup-link)
is "a link has a token of 256 bits" "$(sed 's/.*#//' <<<"$link" | tr -d '\n' | wc -c) ${link%%#*}" "43 http://localhost:8080/setup"
is "the database keeps its SHA-256 only" "$(own "SELECT encode(setup_token_hash, 'hex') FROM instance")" \
	"$(printf %s "${link#*#}" | sha256sum | cut -d' ' -f1)"
is "for a day" "$(own "SELECT round(extract(epoch FROM setup_expires_at - now()) / 3600) FROM instance")" 24
second=$(moot setup-link)
if [ "$link" != "$second" ]; then ok "each link is another"; else not_ok "each link is another"; fi
is "and the newest is the one that counts" "$(own "SELECT encode(setup_token_hash, 'hex') FROM instance")" \
	"$(printf %s "${second#*#}" | sha256sum | cut -d' ' -f1)"

# ---- user
add_as() { echo 'correct horse' | moot user add "$@"; }
add() { printf '%s\n' "$2" | moot user add "$1" ${3:-}; }
passes "user add makes an account" add ann 'correct horse'
is "with an argon2id hash" "$(own "SELECT password_hash ~ '^.argon2id.v=19.m=64,t=1,' FROM account WHERE username = 'ann'")" t
fails "a name that is taken is refused" 1 add Ann 'correct horse'
has "and said so" "$(add ann 'correct horse' 2>&1)" taken
fails "a password of seven is refused" 1 add bob 1234567
fails "an empty one too" 1 add bob ''
fails "one that is no UTF-8 too" 1 add bob $'\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7'
fails "one of 257 too" 1 add bob "$(head -c 257 /dev/zero | tr '\0' x)"
fails "an endless one too" 1 bash -c "yes | tr -d '\n' | head -c 100000 | '$MOOT' -c '$T/moot.conf' user add bob"
passes "one of 256 of four bytes each is not" add bob "$(printf '😀%.0s' $(seq 256))"
fails "a name with a blank is refused" 1 add 'b b' 'correct horse'
fails "a name with a control character is refused" 1 add $'b\e[31m' 'correct horse'
is "and not let through to the screen" "$(add $'b\e[31m' 'correct horse' 2>&1 | grep -c $'\e')" 0
is "none of these made an account" "$(own "SELECT string_agg(username, ' ' ORDER BY username) FROM account")" "ann bob"
is "a link is printed while there is no administrator" "$(moot setup-link | wc -l)" 1
passes "make-admin makes one" moot user make-admin ANN
is "in the database" "$(own "SELECT string_agg(username, ' ') FROM account WHERE admin")" ann
is "from then on setup-link prints nothing and is content" "$(moot setup-link; echo $?)" 0
fails "make-admin of nobody fails" 1 moot user make-admin nobody
passes "user add --admin" add cid 'correct horse' --admin
own "INSERT INTO session (account_id, seed) SELECT id, 'x' FROM account WHERE username = 'ann';
	INSERT INTO session (account_id, seed) SELECT id, 'x' FROM account"
before=$(own "SELECT password_hash FROM account WHERE username = 'ann'")
is "passwd ends all sessions of the account" "$(echo 'another horse' | moot user passwd ann)" "the password of ann is changed; 2 sessions ended"
is "and of nobody else" "$(own "SELECT count(*) FROM session WHERE ended_at IS NULL")" 2
is "tells the streams" "$(own "SELECT count(*), min(access) FROM event WHERE type = 'session.ended'")" "2|4"
if [ "$before" != "$(own "SELECT password_hash FROM account WHERE username = 'ann'")" ]; then ok "the hash is another"; else not_ok "the hash is another"; fi
fails "passwd of nobody fails" 1 bash -c "echo 'another horse' | '$MOOT' -c '$T/moot.conf' user passwd nobody"
own "UPDATE account SET email = E'a\\u009b31m\\x1b]0;x\\u0007\\u202e@example.org' WHERE username = 'bob'"
own "INSERT INTO totp (account_id, secret) SELECT id, decode(repeat('00', 60), 'hex') FROM account WHERE username = 'ann'; SELECT factor_settle(id) FROM account" >/dev/null
has "user list says who has a second factor" "$(moot user list | grep '^ann ')" "second-factor"
for words in "ann" "ann on" "ann off x"; do
	# shellcheck disable=SC2086
	fails "moot user second-factor $words is a usage error" 2 moot user second-factor $words
done
is "it is turned off" "$(moot user second-factor ann off)" "ann signs in with the password alone"
fails "once" 1 moot user second-factor ann off
fails "for somebody there is" 1 moot user second-factor nobody off
list=$(moot user list)
is "list has a line of headings" "$(head -n 1 <<<"$list" | tr -s ' ')" "USER ID CREATED FLAGS E-MAIL"
is "list names everybody" "$(awk 'NR > 1 { print $1 }' <<<"$list" | tr '\n' ' ')" "ann bob cid "
is "and what is special about them" "$(awk 'NR > 1 { print $4 }' <<<"$list" | tr '\n' ' ')" "administrator - administrator "
has "escapes what a terminal would obey" "$list" 'a\u{009b}31m\x1b]0;x\x07\u{202e}@example.org'
is "all of it" "$(LC_ALL=C grep -c $'[\x01-\x08\x0b-\x1f\x7f]' <<<"$list")" 0
own "INSERT INTO account (username, display_name) SELECT 'many' || x, 'x' FROM generate_series(1, 1234) AS x"
is "list goes on past a page" "$(moot user list | wc -l) $(moot user list | sort -u | wc -l)" "1238 1238"
passes "a name that begins with a hyphen stands after --" add_as -- -dash-
is "as it was given" "$(own "SELECT username FROM account WHERE username ~ '^-'")" "-dash-"

# ---- config
moot config >"$T/printed"
is "what config prints reads back as the same" "$("$MOOT" -c "$T/printed" config)" "$(cat "$T/printed")"
is "the environment wins" "$(MOOT_BASE_URL=https://other.example moot config | grep '^base_url')" "base_url = https://other.example"

# ---- doctor, without the servers that need a network
doctor() { MOOT_REDIS=${redis:-} MOOT_BASE_URL=http://127.0.0.1:1 moot doctor "$@"; }
level() { doctor --json 2>&1 | tr '{' '\n' | sed -n "s/.*\"check\":\"$1\",\"level\":\"\([a-z]*\)\".*/\1/p" | sort -u | tr '\n' ' '; }
fails "doctor ends with 1 when something is wrong" 1 doctor
out=$(doctor)
has "it says what" "$out" "problem  site"
has "and how to mend it" "$out" "→ start the web server"
for check in config token_key files_dir run_dir image_program database database_owner database_push database_jobs postgres clock schema partitions versions; do
	is "$check is well" "$(level $check)" "ok "
done
is "that this cluster does not write durably is a problem" "$(level durability)" "problem "
is "no Redis is a note" "$(level redis)" "note "
redis=unix:$T/none is "a Redis that does not answer is a problem" "$(redis=unix:$T/none level redis)" "problem "
is "no daemon is a note" "$(level push)" "note "
is "one that does not answer is a problem" "$(MOOT_PUSH_SOCKET=$T/none level push)" "problem "
chmod 0644 "$T/state/keys/token.key"
is "a key that everybody may read is a problem" "$(level token_key_mode)" "problem "
chmod 0600 "$T/state/keys/token.key"
is "a program for pictures that is not there is a problem" "$(MOOT_IMAGE_PROGRAM=$T/none level image_program)" "problem "
is "none is a note" "$(MOOT_IMAGE_PROGRAM= level image_program)" "note "
is "a short key is a problem" "$(MOOT_TOKEN_KEY_FILE=$T/short level token_key)" "problem "
is "no key is a problem" "$(MOOT_TOKEN_KEY_FILE=$T/none level token_key)" "problem "
chmod 0777 "$T/state/run"
is "a folder that everybody may write to is a problem" "$(level run_dir)" "problem "
chmod 0750 "$T/state/run"
chmod 0666 "$T/moot.conf"
is "a configuration that everybody may change is a problem" "$(level config_mode)" "problem "
chmod 0600 "$T/moot.conf"
is "a role that is not there is a problem" "$(MOOT_DATABASE_PUSH="host=$SOCKET dbname=moot user=moot_nobody" level database_push)" "problem "
has "with what to do" "$(MOOT_DATABASE_PUSH="host=$SOCKET dbname=moot user=moot_nobody" doctor)" "CREATE ROLE"
is "a role that may too much is a note" "$(MOOT_DATABASE_PUSH="host=$SOCKET dbname=moot user=moot" level database_push)" "note ok "
is "a role that may too little is a problem" "$(MOOT_DATABASE_JOBS="host=$SOCKET dbname=moot user=moot_push" level database_jobs)" "ok problem "
own "UPDATE schema_migration SET checksum = repeat('0', 64) WHERE version = 1"
is "a changed migration is a problem" "$(level schema)" "problem "
own "DELETE FROM schema_migration WHERE version = 1"
is "a pending one is a problem" "$(level schema)" "problem "
own "INSERT INTO schema_migration (version, name, checksum) VALUES (1, '0001_core.sql', '$(sha256sum "$top_srcdir/sql/migrate/0001_core.sql" | cut -d' ' -f1)')"
own "DO \$\$ DECLARE p text; BEGIN FOR p IN SELECT relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
	WHERE inhparent = 'event'::regclass AND relname !~ 'default' LOOP EXECUTE 'DROP TABLE ' || p; END LOOP; END \$\$"
is "partitions that nobody makes are a problem" "$(level partitions)" "problem "
moot migrate >/dev/null
own "INSERT INTO job (kind, failed_at) VALUES ('x', now())"
is "jobs given up are a note" "$(level jobs)" "note "
own "INSERT INTO job (kind, run_at) VALUES ('x', now() - interval '11 minutes')"
is "jobs that nobody does are a problem" "$(level jobs)" "note problem "
has "a broken configuration is a finding as well" "$("$MOOT" -c "$T/broken.conf" doctor)" "broken.conf:1:"
cluster_stop
is "a database that is away is a problem" "$(level database_owner)" "problem "
fails "and an end of everything else" 1 moot user list
is "said in one line" "$(moot user list 2>&1 | wc -l)" 1
finish
