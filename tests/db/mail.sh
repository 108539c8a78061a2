# Letters: what arrives at a real mail server, over TLS and signed in, and what becomes of them when
# it refuses, breaks off or does not answer. Nothing is lost; twice comes only what SMTP cannot tell.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || skip_all "no mail server: install the Debian package python3-aiosmtpd"
command -v openssl >/dev/null || skip_all "no openssl"
database_make
own "INSERT INTO account (username, display_name) VALUES ('ann', 'ann')"
mkfifo "$T/hold"
exec 9<>"$T/hold"

# server NAME OPTION...: a mail server that keeps what it gets in $T/NAME
server()
{
	local name=$1
	shift
	"$top_srcdir/tests/support/smtp" "$T/$name" "$@" <"$T/hold" >"$T/$name.out" 2>&1 &
	wait_until 20 test -s "$T/$name/port" || bail "no mail server: $(cat "$T/$name.out")"
}
# mail_conf URL LINE...: where letters go from now on
mail_conf()
{
	local url=$1
	shift
	{
		printf 'base_url = https://chat.example.org\nmail_smtp = %s\nmail_from = Moot here <moot@example.org>\n' "$url"
		[ $# = 0 ] || printf '%s\n' "$@"
	} | write_conf
}
worker() { "$MOOT_JOBS" -c "$T/moot.conf" --once >>"$T/jobs.log" 2>&1; }
kept() { find "$T/$1" -name '*.eml' | wc -l; }
left() { own "SELECT count(*) FROM job"; }
letter() { own "SELECT mail_to((SELECT id FROM account), '$1', '$2', '{\"secret\":\"$3\"}')" >/dev/null; }
at_once() { own "UPDATE job SET run_at = now()" >/dev/null; }
mode() { echo "$2" >"$T/$1/mode"; }

# ---- without a server
fails "moot mail test says that no mail is sent" 1 moot mail test ann@example.org
letter ann@example.org verify S0
worker
is "a letter of an installation that sends none is dropped" "$(left)" 0

server plain
plain=smtp://localhost:$(cat "$T/plain/port")
mail_conf "$plain" "mail_tls = none"
passes "moot mail test sends one" moot mail test ann@example.org
is "and it arrives" "$(kept plain)" 1
fails "not to what is no address" 1 moot mail test 'ann@example.org>'
fails "used wrongly it says so" 2 moot mail
rm "$T"/plain/*.eml

has "doctor knows where it goes" "$(moot doctor)" "goes to $plain"

# ---- one letter
letter ann@example.net verify Secret-of-43
passes "the worker sends a letter" worker
is "and the row is gone" "$(left)" 0
is "one arrived" "$(kept plain)" 1
mail=$(tr -d '\r' <"$T"/plain/*.eml)
has "from whom the configuration says" "$mail" 'From: "Moot here"
 <moot@example.org>'
has "the envelope too" "$mail" "X-Mail-From: moot@example.org"
has "to whom it is for" "$mail" "X-Rcpt-To: ann@example.net"
has "with a link below base_url, the secret behind the #" "$mail" "https://chat.example.org/verify#Secret-of-43"
has "nothing answers it by itself" "$mail" "Auto-Submitted: auto-generated"
has "by name" "$mail" "Hello ann,"
is "the log has no secret" "$(grep -c Secret-of-43 "$T/jobs.log")" 0

# ---- what is not sent
own "INSERT INTO job (id, kind, data) VALUES (id_floor(now() - interval '61 min'), 'mail',
	'{\"to\":\"a@example.org\",\"what\":\"reset\",\"name\":\"ann\",\"secret\":\"x\"}')"
own "SELECT mail_to(NULL, NULL, 'reset')" >/dev/null
own "SELECT mail_to(NULL, E'a@example.org\\r\\nBcc: b@example.org', 'reset')" >/dev/null
worker
is "no link that has expired, nothing to nobody, nothing to what is no address" "$(left) $(kept plain)" "0 1"

# ---- as much is done for a name that is nobody's: one letter, which goes to nobody
own "SELECT reset_ask('nobody of that name', sha256('a'), 'x', 1)" >/dev/null
is "who asks for a new password of nobody leaves a letter too" "$(own "SELECT data->>'to' IS NULL, data->>'what' FROM job")" "t|reset"
worker
is "that is not sent" "$(left) $(kept plain)" "0 1"

# ---- a server that says no
rm "$T"/plain/*.eml
mode plain nobody
letter nobody@example.org reset S1
worker
is "whom the server does not know is not tried again" "$(left) $(kept plain)" "0 0"
has "and the log says what it said" "$(cat "$T/jobs.log")" "nobody of that name here"
mode plain later
letter ann@example.org reset S2
worker
is "who is to come later comes later" "$(own "SELECT attempts, failed_at IS NULL, run_at > now() FROM job")" "1|t|t"
mode plain full
at_once; worker
is "no room is no answer for good" "$(own "SELECT attempts FROM job")" 2
mode plain close
at_once; worker
is "a server that breaks off has not got it" "$(own "SELECT attempts FROM job") $(kept plain)" "3 0"
mode plain ok
at_once; worker
is "then it arrives, once" "$(left) $(grep -l 'X-Rcpt-To: ann@' "$T"/plain/*.eml | wc -l)" "0 1"

# ---- one that is not there, or hangs, is asked once, and the others wait for it without having failed
said() { grep -c '^plain 220' "$T/plain/log"; }
for how in close hang mute; do
	mode plain $how
	: >"$T/plain/log"
	letter ann@example.org reset S2
	letter bob@example.org approved -
	began=$SECONDS
	worker
	[ $how = close ] || is "a server that does this holds nobody up for long: $how" "$((SECONDS - began < 60))" 1
	is "of two letters one tries a server that does this: $how" "$([ $how = mute ] || said) $(own \
		"SELECT sum(attempts - given_back), bool_and(failed_at IS NULL AND run_at > now()) FROM job")" "$([ $how = mute ] || echo 1) 1|t"
	own "DELETE FROM job"
done
mode plain ok

rm "$T"/plain/*.eml
mode plain lost
letter ann@example.org reset S3
worker
is "whose answer was lost is kept" "$(left) $(kept plain)" "1 1"
mode plain ok
at_once; worker
is "and comes again under the same Message-ID" "$(left) $(kept plain) $(grep -h ^Message-ID "$T"/plain/*.eml | sort -u | wc -l)" "0 2 1"

asked() { grep -c "^plain 220 " "$T/plain/log"; }
letter ann@example.org reset S4
letter bob@example.org reset S6
letter cid@example.org reset S7
mode plain slow
: >"$T/plain/log"
at_once; worker
is "who takes long to say no is left alone for as long again, three times" "$(asked) $(own "SELECT count(*) FROM job")" "1 3"
own "DELETE FROM job"

# ---- a letter is tried for as long as its link opens something, or for a day
rm "$T"/plain/*.eml
old() { own "INSERT INTO job (id, kind, attempts, data) VALUES (id_floor(now() - interval '$1'), 'mail', 60,
	'{\"to\":\"$2@example.org\",\"what\":\"$3\",\"name\":\"ann\",\"secret\":\"S5\"}')"; }
mode plain later
old '23 h' old verify
worker
is "after sixty tries in 23 hours it is tried again, soon" \
	"$(own "SELECT failed_at IS NULL, run_at > now() + interval '5 min', run_at < now() + interval '11 min', data->>'secret' FROM job")" "t|t|t|S5"
mode plain ok
at_once; worker
is "and arrives" "$(left) $(kept plain)" "0 1"
old '25 h' old approved
worker
is "after a day it is not" "$(left) $(kept plain)" "0 1"
mail_conf nowhere
old '25 h' old verify
worker
is "nor where it cannot be: it is put aside, without its secret" \
	"$(own "SELECT failed_at IS NOT NULL, data->>'to', data->>'secret' IS NULL FROM job")" "t|old@example.org|t"
own "DELETE FROM job"
mail_conf "$plain" "mail_tls = none"

# ---- what is told of an account
own "UPDATE account SET email = 'ann@example.org'"
own "SELECT count(*) FROM account AS a, totp_begin(a.id, decode(repeat('00', 60), 'hex')), totp_enable(a.id, decode(repeat('00', 60), 'hex'), 7, '{}')" >/dev/null
rm "$T"/plain/*.eml
worker
has "a change of what opens it, in words" "$(cat "$T"/plain/*.eml)" "An authenticator was set up"
own "SELECT count(*) FROM account AS a, factors_drop(a.id)" >/dev/null
rm "$T"/plain/*.eml
worker
has "and by whom" "$(cat "$T"/plain/*.eml)" "An administrator turned the second factor off"
is "doctor has nothing to say of addresses" "$(moot doctor | grep -c 'mail addresses')" 0
own "UPDATE account SET email = '\"a b\"@example.org'"
has "unless one is none" "$(moot doctor)" "1 that no letter can be written to"

# ---- TLS
server start --starttls
server tls --tls
ca="mail_ca_file = $T/start/cert.pem"
rm "$T"/plain/*.eml
mode plain ok
: >"$T/plain/log"
mail_conf "$plain"
fails "where TLS is required a server without it gets nothing" 1 moot mail test ann@example.org
is "not even a name" "$(kept plain) $(grep -c '^plain 354' "$T/plain/log")" "0 0"
mail_conf "$plain" "mail_tls = try"
passes "where it is tried it does" moot mail test ann@example.org
mail_conf "smtp://localhost:$(cat "$T/start/port")" "$ca"
passes "STARTTLS with a certificate of an authority we know" moot mail test ann@example.org
is "nothing was said before it" "$(grep -cE '^plain (354|250 OK)' "$T/start/log") $(kept start)" "0 1"
mail_conf "smtp://localhost:$(cat "$T/start/port")"
fails "not of one we do not know" 1 moot mail test ann@example.org
mail_conf "smtp://127.0.0.1:$(cat "$T/start/port")" "$ca"
fails "nor for another name" 1 moot mail test ann@example.org
mail_conf "smtp://localhost:$(cat "$T/start/port")" "mail_tls = try"
passes "where TLS is tried nobody asks who it is" moot mail test ann@example.org
is "but it is used" "$(tail -n 1 "$T/start/log" | cut -d' ' -f1) $(kept start)" "tls 2"
mail_conf "smtps://localhost:$(cat "$T/tls/port")" "mail_ca_file = $T/tls/cert.pem"
passes "TLS from the first byte" moot mail test ann@example.org
is "arrives too" "$(kept tls)" 1

# ---- signing in
server auth --starttls --auth 'moot:pass word'
printf 'pass word\n' >"$T/password"
auth=("mail_ca_file = $T/auth/cert.pem" "mail_user = moot" "mail_password_file = $T/password")
mail_conf "smtp://localhost:$(cat "$T/auth/port")" "${auth[0]}"
fails "a server that wants to know who asks refuses nobody" 1 moot mail test ann@example.org
mail_conf "smtp://localhost:$(cat "$T/auth/port")" "${auth[@]}"
passes "with the password it takes it" moot mail test ann@example.org
is "once" "$(kept auth)" 1
printf 'wrong\n' >"$T/password"
fails "with another it does not" 1 moot mail test ann@example.org
letter ann@example.org reset S5
worker
is "a letter waits for the right one" "$(own "SELECT attempts, failed_at IS NULL FROM job")" "1|t"
is "passwords are in no log" "$(grep -cE 'pass word|wrong' "$T/jobs.log")" 0
mail_conf "smtp://localhost:$(cat "$T/auth/port")" "${auth[@]}" "mail_tls = try"
fails "a password is not sent where anybody may read it" 1 moot mail test ann@example.org
rm "$T/password"
mail_conf "smtp://localhost:$(cat "$T/auth/port")" "${auth[@]}"
has "no password file is said" "$(moot mail test ann@example.org 2>&1)" "mail_password_file"
mail_conf "http://localhost"
has "so is an address of another kind" "$(moot mail test ann@example.org 2>&1)" "mail_smtp must be like"
mail_conf "$plain"
sed -i '/^mail_from/d' "$T/moot.conf"
has "so is nobody to come from" "$(moot mail test ann@example.org 2>&1)" "mail_from must be"
finish
