# The second factor: who is let in, and what is taken once.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
. "$(dirname "$0")/session.sh"
world_make
sql_tests "$top_srcdir/tests/db/factor.sql"

# ---- two at once, statement by statement
a=$(own "SELECT t.account('twice')")
own "INSERT INTO totp (account_id, secret, last_step) SELECT $a, decode(repeat('00', 60), 'hex'), 5; SELECT factor_settle($a);
	SELECT recovery_codes_set($a, ARRAY[sha256('a')])" >/dev/null
session_open one
session_open two
session_do one "BEGIN; SELECT kind FROM session_create($a, '', '', NULL, 6) LIMIT 1;" >/dev/null
session_send two "SELECT t.try('SELECT session_create($a, ''x'', ''x'', NULL, 6)');"
passes "a code waits for who shows the same" session_blocks two
session_do one "COMMIT;" >/dev/null
is "and is not taken again" "$(session_result two)" bad_credentials
session_do one "BEGIN; SELECT kind FROM session_create($a, '', '', NULL, NULL, sha256('a')) LIMIT 1;" >/dev/null
session_send two "SELECT t.try('SELECT session_create($a, ''x'', ''x'', NULL, NULL, sha256(''a''))');"
passes "so does a recovery code" session_blocks two
session_do one "ROLLBACK;" >/dev/null
is "and is there for the other when nothing came of the first" "$(session_result two)" ok
session_close one
session_close two

# ---- what has ended is not kept for ever
token() { own "INSERT INTO token (account_id, name, scopes, secret_hash, revoked_at, expires_at) VALUES ($a, '$1', '', '\\x00', now() - interval '$2', now() - interval '$3')"; }
token revoked '91 days' '-1 day'; token lately '89 days' '-1 day'; token expired '-1 day' '91 days'; own "UPDATE token SET revoked_at = NULL WHERE name = 'expired'"
own "INSERT INTO token (account_id, name, scopes, secret_hash) VALUES ($a, 'in use', '', '\\x00'); SELECT housekeeping()" >/dev/null
gone=$(own "SELECT id FROM account WHERE deleted_at IS NOT NULL")
own "INSERT INTO job (kind, owner, data, failed_at) VALUES ('mail', $gone, '{\"to\":\"gone@example.org\"}', now()), ('mail', $a, '{\"to\":\"twice@example.org\"}', now()); SELECT housekeeping()" >/dev/null
is "letters that were given up go with whom they are for" "$(own "SELECT string_agg(data->>'to', ' ') FROM job WHERE failed_at IS NOT NULL")" twice@example.org
is "a token that was revoked, or has expired, is forgotten after 90 days" "$(own "SELECT string_agg(name, ', ' ORDER BY name) FROM token")" "in use, lately"
finish
