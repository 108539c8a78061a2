#include "domain/admin_server.h"

#include "domain/publish.h"

enum err
admin_servers(struct world *w, struct arena *a, int64_t after, int most,
    struct admin_server **servers, size_t *n)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_ADMIN_SERVER_LIST, PG_ARGS(pg_int(a, after), pg_int(a, most)),
	    &rows));
	struct admin_server *all = arena_calloc(a, (size_t)rows.n + 1, sizeof(*all));
	for (int i = 0; i < rows.n; i++) {
		all[i] = (struct admin_server){ .name = pg_get(&rows, i, 1),
			.owner = pg_get(&rows, i, 2),
			.members = pg_get(&rows, i, 3),
			.created_at = pg_get(&rows, i, 4),
			.deleted = pg_get_bool(&rows, i, 5) };
		pg_get_int(&rows, i, 0, &all[i].id);
	}
	*servers = all;
	*n = (size_t)rows.n;
	return ERR_OK;
}

enum err
admin_server_find(struct world *w, struct arena *a, const char *name, int64_t *id, int *found)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_ADMIN_SERVER_FIND, PG_ARGS(name), &rows));
	if (rows.n > 0)
		pg_get_int(&rows, 0, 0, id);
	*found = rows.n;
	return ERR_OK;
}

enum err
admin_ban(struct world *w, struct arena *a, int64_t server, int64_t account)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_ADMIN_BAN, PG_ARGS(pg_int(a, server), pg_int(a, account)),
	    &rows));
	publish_rows(w, &rows);
	return ERR_OK;
}

enum err
admin_audit(struct world *w, struct arena *a, int64_t server, int64_t before, int most,
    struct str **cells, size_t *n)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_ADMIN_AUDIT,
	    PG_ARGS(pg_int(a, server), pg_int(a, before), pg_int(a, most)), &rows));
	struct str *all = arena_calloc(a, (size_t)rows.n * ADMIN_AUDIT_CELLS + 1, sizeof(*all));
	for (int i = 0; i < rows.n; i++) {
		for (int k = 0; k < ADMIN_AUDIT_CELLS; k++)
			all[i * ADMIN_AUDIT_CELLS + k] = pg_get(&rows, i, k);
	}
	*cells = all;
	*n = (size_t)rows.n;
	return ERR_OK;
}
