#include "ctl/migrate.h"

#include <stdio.h>
#include <string.h>

#include "base/crypt.h"
#include "ctl/schema.h"

/*
 * The first lock lets one migrator in and is waited for as long as it takes; the second is that of
 * partitions_ensure(), which makes and drops tables that the grants at the end would name.
 */
static const char begin_sql[] =
    "BEGIN;\n"
    "SET LOCAL client_min_messages = warning;\n"
    "SET LOCAL search_path = public, pg_temp;\n"
    "SELECT pg_advisory_xact_lock(7020000), pg_advisory_xact_lock(7020001);\n"
    "SET LOCAL lock_timeout = '5s';\n"
    "CREATE TABLE IF NOT EXISTS schema_migration (\n"
    "	version		integer PRIMARY KEY,\n"
    "	name		text NOT NULL,\n"
    "	checksum	text NOT NULL,\n"
    "	applied_at	timestamptz NOT NULL DEFAULT clock_timestamp());\n"
    "COMMENT ON TABLE schema_migration IS 'Which migrations this database has seen';\n"
    "COMMENT ON COLUMN schema_migration.checksum IS 'SHA-256 of the migration''s text, "
    "hexadecimal';\n";

/* One role for each kind of process. An owner who may not make roles goes on without: then all
 * processes use one database user, or somebody else has made them. */
static const char roles_sql[] =
    "DO $$\n"
    "DECLARE\n"
    "	wanted text;\n"
    "BEGIN\n"
    "	IF NOT (SELECT r.rolcreaterole OR r.rolsuper FROM pg_roles AS r WHERE r.rolname = "
    "current_user) THEN\n"
    "		RETURN;\n"
    "	END IF;\n"
    "	FOREACH wanted IN ARRAY ARRAY['moot_api', 'moot_push', 'moot_jobs'] LOOP\n"
    "		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN\n"
    "			BEGIN\n"
    "				EXECUTE format('CREATE ROLE %I LOGIN', wanted);\n"
    "			EXCEPTION WHEN duplicate_object OR unique_violation OR "
    "insufficient_privilege THEN\n"
    "				NULL;\n"
    "			END;\n"
    "		END IF;\n"
    "	END LOOP;\n"
    "END $$;\n";

static bool
is_migration(const struct schema_file *f)
{
	return strncmp(f->path, "migrate/", 8) == 0;
}

/* 0 for a name without a number. */
static int64_t
version_of(const struct schema_file *f)
{
	struct str rest = str_of(f->path + 8);
	uint64_t v = 0;

	str_to_u64(str_cut(&rest, '_'), 999999, &v);
	return (int64_t)v;
}

static void
checksum_of(const struct schema_file *f, char hex[2 * CRYPT_SHA256_LEN + 1])
{
	uint8_t digest[CRYPT_SHA256_LEN];

	crypt_sha256(str_of(f->text), digest);
	crypt_hex(digest, sizeof(digest), hex);
}

/* Rows (version, checksum, name) of what was applied; none when the table isn't there. */
static enum err
read_applied(struct pg *pg, struct arena *a, struct pg_rows *rows)
{
	struct pg_rows there;

	TRY(pg_query(pg, a, "SELECT to_regclass('public.schema_migration')", PG_NONE, &there));
	if (pg_get(&there, 0, 0).p == NULL) {
		*rows = (struct pg_rows){ 0 };
		return ERR_OK;
	}
	return pg_query(pg, a,
	    "SELECT version, checksum, name FROM public.schema_migration ORDER BY version", PG_NONE,
	    rows);
}

static const struct schema_file *
file_of(int64_t version)
{
	for (const struct schema_file *f = schema_files; f->path != NULL; f++) {
		if (is_migration(f) && version_of(f) == version)
			return f;
	}
	return NULL;
}

/* Why the applied migration in this row is not ours; NULL when it is. */
static const char *
difference(struct arena *a, const struct pg_rows *rows, int row)
{
	char hex[2 * CRYPT_SHA256_LEN + 1];
	const struct schema_file *f;
	int64_t version = 0;

	pg_get_int(rows, row, 0, &version);
	f = file_of(version);
	if (f == NULL)
		return arena_printf(a,
		    "the database has migration %lld (%.*s), which this version of Moot does "
		    "not know: it was migrated by a newer one; install that or restore a backup",
		    (long long)version, STR_FMT(pg_get(rows, row, 2)));
	checksum_of(f, hex);
	if (str_eq(pg_get(rows, row, 1), str_of(hex)))
		return NULL;
	return arena_printf(a,
	    "migration %lld was applied with another text (%.*s) than %s has here (%s): "
	    "an applied migration must not be changed",
	    (long long)version, STR_FMT(pg_get(rows, row, 1)), f->path, hex);
}

static bool
is_applied(const struct pg_rows *rows, int64_t version)
{
	int64_t v;

	for (int i = 0; i < rows->n; i++) {
		if (pg_get_int(rows, i, 0, &v) && v == version)
			return true;
	}
	return false;
}

static void
compare(struct arena *a, const struct pg_rows *rows, struct migrate_state *out)
{
	*out = (struct migrate_state){ 0 };
	for (int i = 0; i < rows->n && out->wrong == NULL; i++) {
		out->wrong = difference(a, rows, i);
		pg_get_int(rows, i, 0, &out->version);
	}
	for (const struct schema_file *f = schema_files; f->path != NULL; f++) {
		if (!is_migration(f) || is_applied(rows, version_of(f)))
			continue;
		out->pending++;
		if (version_of(f) <= out->version && out->wrong == NULL)
			out->wrong = arena_printf(
			    a, "%s was never applied although later migrations were", f->path);
	}
}

enum err
migrate_read(struct pg *pg, struct arena *a, struct migrate_state *out)
{
	struct pg_rows rows;

	TRY(read_applied(pg, a, &rows));
	compare(a, &rows, out);
	return ERR_OK;
}

static enum err
apply(struct pg *pg, struct arena *a, const struct schema_file *f)
{
	char hex[2 * CRYPT_SHA256_LEN + 1];

	TRY(pg_script(pg, f->text));
	if (!is_migration(f))
		return ERR_OK;
	checksum_of(f, hex);
	return pg_query(pg, a, "INSERT INTO public.schema_migration (version, name, checksum) "
	    "VALUES ($1::int, $2, $3)", PG_ARGS(pg_int(a, version_of(f)), f->path + 8, hex), NULL);
}

/* What Postgres said, and what often helps. */
static bool
failed(struct pg *pg, const char *where, char *msg, size_t msg_len)
{
	const struct pg_fault *f = pg_fault(pg);
	const char *hint = "";

	if (strcmp(f->sqlstate, "42501") == 0)
		hint = "; database_owner must name the owner of the database, who may create in "
		       "schema public";
	else if (strcmp(f->sqlstate, "55P03") == 0)
		hint = "; somebody holds a lock that is needed: try again, or stop what is running";
	if (f->sqlstate[0] == '\0')
		snprintf(msg, msg_len, "%s: no connection to the database: %s", where, f->message);
	else
		snprintf(
		    msg, msg_len, "%s: %s (SQLSTATE %s)%s", where, f->message, f->sqlstate, hint);
	pg_rollback(pg);
	return false;
}

bool
migrate_run(struct pg *pg, struct arena *a, int *done, char *msg, size_t msg_len)
{
	struct migrate_state state;
	struct pg_rows rows;
	int applied = 0;

	if (pg_script(pg, begin_sql) != ERR_OK || pg_script(pg, roles_sql) != ERR_OK ||
	    read_applied(pg, a, &rows) != ERR_OK)
		return failed(pg, "migrating", msg, msg_len);
	compare(a, &rows, &state);
	if (state.wrong != NULL) {
		snprintf(msg, msg_len, "%s", state.wrong);
		pg_rollback(pg);
		return false;
	}
	for (const struct schema_file *f = schema_files; f->path != NULL; f++) {
		if (is_migration(f) && is_applied(&rows, version_of(f)))
			continue;
		if (apply(pg, a, f) != ERR_OK)
			return failed(pg, f->path, msg, msg_len);
		applied += is_migration(f);
	}
	if (pg_script(pg, "COMMIT") != ERR_OK)
		return failed(pg, "migrating", msg, msg_len);
	*done = applied;
	return true;
}
