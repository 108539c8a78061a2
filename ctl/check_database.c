/* The database: the four connections and what their roles may do, the schema, partitions, clock. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ctl/check.h"
#include "ctl/migrate.h"

#define CONNECT_MS 3000
#define STATEMENT_MS 10000
#define OLDEST_SERVER 150000
#define CLOCK_MS 2000

/* One column, one row; absent on failure. */
static struct str
ask(struct pg *pg, struct report *r, const char *sql)
{
	struct pg_rows rows;

	if (pg_query(pg, r->arena, sql, PG_NONE, &rows) != ERR_OK)
		return STR_NULL;
	return pg_get(&rows, 0, 0);
}

static bool
is_true(struct pg *pg, struct report *r, const char *sql)
{
	return str_eq(ask(pg, r, sql), STR("t"));
}

static int64_t
number(struct pg *pg, struct report *r, const char *sql)
{
	struct str s = ask(pg, r, sql);

	return s.p == NULL ? -1 : strtoll(s.p, NULL, 10);
}

static const char *
connection_mend(const char *said)
{
	if (strstr(said, "role \"") != NULL)
		return "make the role: CREATE ROLE … LOGIN, as a superuser of Postgres; then moot "
		       "migrate grants what it needs";
	if (strstr(said, "database \"") != NULL)
		return "make the database: createdb -O OWNER moot";
	if (strstr(said, "password") != NULL || strstr(said, "authentication") != NULL)
		return "the password or pg_hba.conf does not fit: correct the connection string or "
		       "pg_hba.conf";
	return "start Postgres, or correct the connection string (host=… dbname=… user=…)";
}

/* NULL when it cannot be had. Caller frees. */
static struct pg *
connect_as(const char *key, const char *conninfo, struct report *r)
{
	struct pg_options o = { .conninfo = conninfo,
		.application = "moot-doctor",
		.connect_ms = CONNECT_MS,
		.statement_ms = STATEMENT_MS,
		.lock_ms = STATEMENT_MS };
	struct pg *pg = pg_new(&o);

	if (pg != NULL && pg_connect(pg) == ERR_OK) {
		struct str who = ask(pg, r, "SELECT current_user || ' on ' || current_database()");
		check_add(r, CHECK_OK, key, NULL, "connects as %.*s", STR_FMT(who));
		return pg;
	}
	const char *said = pg == NULL ? "no memory" : pg_fault(pg)->message;
	check_add(r, CHECK_PROBLEM, key, connection_mend(said), "no connection: %s", said);
	pg_free(pg);
	return NULL;
}

static void
check_server(struct pg *pg, struct report *r)
{
	struct str version = ask(pg, r, "SHOW server_version"),
		   encoding = ask(pg, r, "SHOW server_encoding");

	if (number(pg, r, "SHOW server_version_num") < OLDEST_SERVER)
		check_add(r, CHECK_PROBLEM, "postgres", "install PostgreSQL 15 or newer",
		    "PostgreSQL %.*s is too old", STR_FMT(version));
	else
		check_add(r, CHECK_OK, "postgres", NULL, "PostgreSQL %.*s", STR_FMT(version));
	if (!str_eq(encoding, STR("UTF8")))
		check_add(r, CHECK_PROBLEM, "encoding",
		    "make the database anew: createdb -T template0 -E UTF8 …",
		    "the database's encoding is %.*s", STR_FMT(encoding));
	if (str_eq(ask(pg, r, "SHOW fsync"), STR("off")) ||
	    str_eq(ask(pg, r, "SHOW full_page_writes"), STR("off")))
		check_add(r, CHECK_PROBLEM, "durability",
		    "set fsync = on and full_page_writes = on in postgresql.conf",
		    "Postgres does not write durably: a power cut may destroy the database");
	else if (str_eq(ask(pg, r, "SHOW synchronous_commit"), STR("off")))
		check_add(r, CHECK_NOTE, "durability", "set synchronous_commit = on",
		    "a crash may lose the last messages although they were answered 201");
}

static void
check_clock(struct pg *pg, struct report *r)
{
	int64_t before = clock_wall_ms();
	int64_t there =
	    number(pg, r, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
	int64_t diff = there - (before + clock_wall_ms()) / 2;

	if (there < 0)
		return;
	if (llabs(diff) > CLOCK_MS)
		check_add(r, CHECK_PROBLEM, "clock",
		    "keep both clocks right, by systemd-timesyncd or chrony",
		    "the database's clock is %lld ms %s this machine's", (long long)llabs(diff),
		    diff > 0 ? "ahead of" : "behind");
	else
		check_add(r, CHECK_OK, "clock", NULL, "%lld ms from the database's",
		    (long long)llabs(diff));
}

/* False when the tables that the other questions are about are not there. */
static bool
check_schema(struct pg *pg, struct report *r)
{
	struct migrate_state s;

	if (migrate_read(pg, r->arena, &s) != ERR_OK) {
		check_add(
		    r, CHECK_PROBLEM, "schema", NULL, "cannot be read: %s", pg_fault(pg)->message);
		return false;
	}
	if (s.wrong != NULL)
		check_add(r, CHECK_PROBLEM, "schema", NULL, "%s", s.wrong);
	else if (s.pending > 0)
		check_add(r, CHECK_PROBLEM, "schema", "moot migrate",
		    "version %lld, %d migrations pending", (long long)s.version, s.pending);
	else
		check_add(r, CHECK_OK, "schema", NULL, "version %lld", (long long)s.version);
	return s.version > 0;
}

static void
check_content(struct pg *pg, struct report *r)
{
	if (!is_true(pg, r,
		"SELECT bool_and(to_regclass(x) IS NOT NULL) FROM (SELECT to_char(now() AT TIME "
		"ZONE 'UTC' + "
		"interval '1 month', '\"message_\"YYYY_MM') UNION SELECT to_char(now() AT TIME "
		"ZONE 'UTC' + interval '2 days', "
		"'\"event_\"YYYY_MM_DD')) AS p (x)"))
		check_add(r, CHECK_PROBLEM, "partitions",
		    "start moot-jobs, or moot-jobs --once from cron every hour",
		    "the tables for the coming days are not made");
	else
		check_add(r, CHECK_OK, "partitions", NULL, "made ahead");
	if (is_true(pg, r, "SELECT NOT EXISTS (SELECT FROM account WHERE admin)"))
		check_add(r, CHECK_NOTE, "administrator",
		    "moot setup-link, or moot user add NAME --admin",
		    "there is no administrator yet");
	int64_t dead = number(pg, r, "SELECT count(*) FROM job WHERE failed_at IS NOT NULL");
	if (dead > 0)
		check_add(r, CHECK_NOTE, "jobs",
		    "look at table job, column error; delete the rows or set failed_at = NULL",
		    "%lld jobs were given up", (long long)dead);
	int64_t late = number(pg, r,
	    "SELECT count(*) FROM job WHERE failed_at IS NULL AND run_at < now() - interval '10 "
	    "minutes'");
	if (late > 0)
		check_add(r, CHECK_PROBLEM, "jobs", "start moot-jobs, or look at its log",
		    "%lld jobs wait for more than ten minutes", (long long)late);
}

/* What each process's role must be able to do. */
static void
check_grant(struct pg *pg, const char *key, const char *sql, struct report *r)
{
	if (pg != NULL && !is_true(pg, r, sql))
		check_add(r, CHECK_PROBLEM, key,
		    "moot migrate grants it to the roles moot_api, moot_push and moot_jobs",
		    "the role of %s lacks a right it needs", key);
}

void
check_database(struct ctl *c, struct report *r)
{
	const struct config *f = &c->config;
	struct pg *owner, *api, *push, *jobs;
	bool schema = false;

	if (f->database[0] == '\0')
		check_add(r, CHECK_NOTE, "database",
		    "database = host=/run/postgresql dbname=moot user=moot_api",
		    "database is not set: libpq's defaults are used");
	owner = connect_as("database_owner", f->database_owner, r);
	api = connect_as("database", f->database, r);
	push = connect_as("database_push", f->database_push, r);
	jobs = connect_as("database_jobs", f->database_jobs, r);
	if (owner != NULL) {
		check_server(owner, r);
		check_clock(owner, r);
		schema = check_schema(owner, r);
	}
	if (schema) {
		check_content(owner, r);
		check_grant(api, "database",
		    "SELECT has_table_privilege('message', 'INSERT') AND "
		    "has_table_privilege('account', 'UPDATE') AND has_sequence_privilege('id_seq', "
		    "'USAGE')",
		    r);
		check_grant(push, "database_push",
		    "SELECT has_function_privilege('feed_access(bigint[])', 'EXECUTE')", r);
		check_grant(jobs, "database_jobs",
		    "SELECT has_function_privilege('partitions_ensure()', 'EXECUTE') AND "
		    "has_table_privilege('job', 'UPDATE')",
		    r);
		if (push != NULL &&
		    is_true(push, r, "SELECT has_table_privilege('account', 'SELECT')"))
			check_add(r, CHECK_NOTE, "database_push",
			    "give the push daemon the role moot_push",
			    "the push daemon's role may read every table; it needs a few functions "
			    "only");
	}
	pg_free(owner);
	pg_free(api);
	pg_free(push);
	pg_free(jobs);
}
