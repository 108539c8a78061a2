# Whom a private channel goes to that nobody sees any more; what is kept of who has gone; what the audit log says.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
own "GRANT EXECUTE ON FUNCTION housekeeping() TO moot_api" >/dev/null
# whose membership does not end
own "CREATE TABLE t.stays (id bigint); GRANT ALL ON t.stays TO moot_api;
	CREATE FUNCTION t.stays() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
		IF old.account_id IN (SELECT id FROM t.stays) THEN RAISE EXCEPTION 'stays'; END IF; RETURN old; END \$\$;
	CREATE TRIGGER stays BEFORE DELETE ON member FOR EACH ROW EXECUTE FUNCTION t.stays()" >/dev/null
sql_tests "$top_srcdir/tests/db/heir.sql"
finish
