#include "domain/admin.h"

#include "base/crypt.h"
#include "domain/publish.h"

enum err
admin_user_add(struct world *w, struct arena *a, const char *name, const char *hash, bool admin)
{
	return pg_run(w->pg, a, STMT_ADMIN_ACCOUNT_ADD,
	    PG_ARGS(name, hash, pg_bool(admin), w->config->dms_from), NULL);
}

enum err
admin_user_find(struct world *w, struct arena *a, const char *name, int64_t *id)
{
	struct pg_rows rows;
	int64_t found = 0;

	TRY(pg_run(w->pg, a, STMT_ADMIN_ACCOUNT_FIND, PG_ARGS(name), &rows));
	pg_get_int(&rows, 0, 0, &found);
	*id = found;
	return ERR_OK;
}

enum err
admin_password_set(struct world *w, struct arena *a, int64_t id, const char *hash, int *ended)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_ACCOUNT_PASSWORD_SET,
	    PG_ARGS(pg_int(a, id), NULL, hash, NULL), &rows));
	publish_rows(w, &rows);
	*ended = rows.n - 1; /* the first row is the answer */
	return ERR_OK;
}

/* Runs a mutation and tells the streams. */
static enum err
mutate(struct world *w, struct arena *a, enum stmt stmt, struct pg_args args)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, stmt, args, &rows));
	publish_rows(w, &rows);
	return ERR_OK;
}

enum err
admin_user_deactivate(struct world *w, struct arena *a, int64_t id)
{
	return mutate(w, a, STMT_ACCOUNT_DEACTIVATE, PG_ARGS(pg_int(a, id)));
}

enum err
admin_user_delete(struct world *w, struct arena *a, int64_t id, bool purge)
{
	return mutate(w, a, STMT_ACCOUNT_DELETE, PG_ARGS(pg_int(a, id), pg_bool(purge)));
}

enum err
admin_user_export(struct world *w, struct arena *a, int64_t id, struct str *name)
{
	struct pg_rows rows;

	TRY(mutate(w, a, STMT_EXPORT_START, PG_ARGS(pg_int(a, id), "")));
	TRY(pg_run(w->pg, a, STMT_EXPORT_NAME, PG_ARGS(pg_int(a, id)), &rows));
	*name = pg_get(&rows, 0, 0);
	return ERR_OK;
}

enum err
admin_avatar_remove(struct world *w, struct arena *a, int64_t id)
{
	return mutate(w, a, STMT_AVATAR_REMOVE, PG_ARGS(pg_int(a, id)));
}

enum err
admin_user_enable(struct world *w, struct arena *a, int64_t id, bool *was)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_ADMIN_ACCOUNT_ENABLE, PG_ARGS(pg_int(a, id)), &rows));
	*was = rows.n > 0;
	return ERR_OK;
}

enum err
admin_factors_drop(struct world *w, struct arena *a, int64_t id)
{
	return mutate(w, a, STMT_FACTORS_DROP, PG_ARGS(pg_int(a, id)));
}

enum err
admin_reset_link(
    struct world *w, struct arena *a, int64_t id, struct ticket_secret *secret, bool *made)
{
	struct pg_rows rows;

	ticket_secret_make(secret);
	TRY(pg_run(w->pg, a, STMT_ADMIN_RESET_LINK,
	    PG_ARGS(pg_int(a, id), pg_bytea(a, secret->hash, sizeof(secret->hash))), &rows));
	*made = rows.n > 0;
	return ERR_OK;
}

enum err
admin_promote(struct world *w, struct arena *a, const char *name, bool *found)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_ADMIN_MAKE_ADMIN, PG_ARGS(name), &rows));
	*found = rows.n > 0;
	return ERR_OK;
}

enum err
admin_users(struct world *w, struct arena *a, const char *after, int most,
    struct admin_user **users, size_t *n)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_ADMIN_ACCOUNT_LIST, PG_ARGS(after, pg_int(a, most)), &rows));
	struct admin_user *all = arena_calloc(a, (size_t)rows.n + 1, sizeof(*all));
	for (int i = 0; i < rows.n; i++) {
		all[i] = (struct admin_user){ .id = pg_get(&rows, i, 0),
			.username = pg_get(&rows, i, 1),
			.email = pg_get(&rows, i, 2),
			.admin = pg_get_bool(&rows, i, 3),
			.bot = pg_get_bool(&rows, i, 4),
			.disabled = pg_get_bool(&rows, i, 5),
			.second_factor = pg_get_bool(&rows, i, 6),
			.waits = pg_get_bool(&rows, i, 7),
			.created_at = pg_get(&rows, i, 8) };
	}
	*users = all;
	*n = (size_t)rows.n;
	return ERR_OK;
}

enum err
admin_registrations(struct world *w, struct arena *a, int64_t after, int most,
    struct admin_waiting **waiting, size_t *n)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_REGISTRATION_PENDING, PG_ARGS(pg_int(a, after), pg_int(a, most)),
	    &rows));
	struct admin_waiting *all = arena_calloc(a, (size_t)rows.n + 1, sizeof(*all));
	for (int i = 0; i < rows.n; i++) {
		all[i] = (struct admin_waiting){ .id = pg_get(&rows, i, 0),
			.username = pg_get(&rows, i, 1),
			.email = pg_get(&rows, i, 2),
			.verified = pg_get_bool(&rows, i, 3),
			.first_verify = !str_eq(pg_get(&rows, i, 4), STR("approve")),
			.note = pg_get(&rows, i, 5),
			.created_at = pg_get(&rows, i, 6) };
	}
	*waiting = all;
	*n = (size_t)rows.n;
	return ERR_OK;
}

enum err
admin_decide(struct world *w, struct arena *a, int64_t id, bool approve)
{
	return mutate(
	    w, a, STMT_REGISTRATION_DECIDE, PG_ARGS(NULL, pg_int(a, id), pg_bool(approve)));
}

enum err
admin_setup_token(struct world *w, struct arena *a, struct str token, int64_t life_s, bool *made)
{
	uint8_t digest[CRYPT_SHA256_LEN];
	struct pg_rows rows;

	crypt_sha256(token, digest);
	TRY(pg_run(w->pg, a, STMT_SETUP_TOKEN_SET,
	    PG_ARGS(pg_bytea(a, digest, sizeof(digest)), pg_int(a, life_s)), &rows));
	*made = rows.affected > 0;
	return ERR_OK;
}

enum err
admin_retention(struct world *w, struct arena *a, struct admin_kept **kept, size_t *n)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_ADMIN_RETENTION, PG_NONE, &rows));
	struct admin_kept *all = arena_calloc(a, (size_t)rows.n + 1, sizeof(*all));
	for (int i = 0; i < rows.n; i++)
		all[i] = (struct admin_kept){ .channel = pg_get(&rows, i, 0),
			.server = pg_get(&rows, i, 1),
			.name = pg_get(&rows, i, 2),
			.days = pg_get(&rows, i, 3),
			.messages = pg_get(&rows, i, 4) };
	*kept = all;
	*n = (size_t)rows.n;
	return ERR_OK;
}

enum err
admin_retention_start(struct world *w, struct arena *a)
{
	return pg_run(w->pg, a, STMT_RETENTION_LATER, PG_NONE, NULL);
}
