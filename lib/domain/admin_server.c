#include "domain/admin_server.h"

#include "domain/audit.h"
#include "domain/invite.h"
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

static enum err
find(struct world *w, struct arena *a, enum stmt stmt, struct pg_args args, int64_t *id, int *found)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, stmt, args, &rows));
	if (rows.n > 0)
		pg_get_int(&rows, 0, 0, id);
	*found = rows.n;
	return ERR_OK;
}

enum err
admin_server_find(struct world *w, struct arena *a, const char *name, bool deleted, int64_t *id,
    int *found)
{
	return find(w, a, STMT_ADMIN_SERVER_FIND, PG_ARGS(name, pg_bool(deleted)), id, found);
}

enum err
admin_channel_find(struct world *w, struct arena *a, int64_t server, const char *name, bool deleted,
    int64_t *id, int *found)
{
	return find(w, a, STMT_ADMIN_CHANNEL_FIND,
	    PG_ARGS(pg_int(a, server), name, pg_bool(deleted)), id, found);
}

enum err
admin_role_find(struct world *w, struct arena *a, int64_t server, const char *name, int64_t *id,
    int *found)
{
	return find(w, a, STMT_ADMIN_ROLE_FIND, PG_ARGS(pg_int(a, server), name), id, found);
}

static enum err
cells(struct world *w, struct arena *a, enum stmt stmt, struct pg_args args, size_t per_line,
    struct admin_cells *out)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, stmt, args, &rows));
	struct str *v = arena_calloc(a, (size_t)rows.n * per_line + 1, sizeof(*v));
	for (int i = 0; i < rows.n; i++)
		for (size_t k = 0; k < per_line; k++)
			v[(size_t)i * per_line + k] = pg_get(&rows, i, (int)k);
	*out = (struct admin_cells){ v, (size_t)rows.n, per_line };
	return ERR_OK;
}

enum err
admin_list(struct world *w, struct arena *a, enum admin_list what, int64_t server, int64_t skip,
    int most, struct admin_cells *out)
{
	static const struct {
		enum stmt stmt;
		size_t per_line;
	} lists[ADMIN_LIST__MAX] = {
		[ADMIN_MEMBERS] = { STMT_ADMIN_MEMBERS, 6 },
		[ADMIN_BANS] = { STMT_ADMIN_BANS, 6 },
		[ADMIN_ROLES] = { STMT_ADMIN_ROLES, 5 },
		[ADMIN_CHANNELS] = { STMT_ADMIN_CHANNELS, 6 },
		[ADMIN_INVITES] = { STMT_ADMIN_INVITES, 6 },
		[ADMIN_REPORTS] = { STMT_ADMIN_REPORTS, 7 },
	};

	return cells(w, a, lists[what].stmt,
	    PG_ARGS(pg_int(a, server), pg_int(a, skip), pg_int(a, most)), lists[what].per_line,
	    out);
}

enum err
admin_audit(struct world *w, struct arena *a, int64_t server, int64_t before, int most,
    struct admin_cells *out)
{
	return cells(w, a, STMT_ADMIN_AUDIT,
	    PG_ARGS(pg_int(a, server), pg_int(a, before), pg_int(a, most)), AUDIT_CELLS, out);
}

static enum err
mutate(struct world *w, struct arena *a, enum stmt stmt, struct pg_args args)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, stmt, args, &rows));
	publish_rows(w, &rows);
	return ERR_OK;
}

enum err
admin_do(struct world *w, struct arena *a, enum admin_deed deed, int64_t server, int64_t subject,
    int64_t more, const char *reason)
{
	static const enum stmt stmts[ADMIN_DEED__MAX] = {
		[ADMIN_KICK] = STMT_ADMIN_KICK,
		[ADMIN_BAN] = STMT_ADMIN_BAN,
		[ADMIN_UNBAN] = STMT_ADMIN_UNBAN,
		[ADMIN_HAND_ON] = STMT_ADMIN_HAND_ON,
		[ADMIN_TIMEOUT] = STMT_ADMIN_TIMEOUT,
		[ADMIN_GIVE] = STMT_ADMIN_GIVE,
		[ADMIN_TAKE] = STMT_ADMIN_TAKE,
		[ADMIN_LOCKDOWN] = STMT_ADMIN_LOCKDOWN,
		[ADMIN_OPEN] = STMT_ADMIN_LOCKDOWN,
		[ADMIN_DELETE] = STMT_ADMIN_SERVER_DELETE,
		[ADMIN_RESTORE] = STMT_ADMIN_SERVER_RESTORE,
		[ADMIN_ICON_REMOVE] = STMT_ADMIN_ICON_REMOVE,
		[ADMIN_CHANNEL_ARCHIVE] = STMT_ADMIN_CHANNEL_ARCHIVE,
		[ADMIN_CHANNEL_UNARCHIVE] = STMT_ADMIN_CHANNEL_ARCHIVE,
		[ADMIN_CHANNEL_DELETE] = STMT_ADMIN_CHANNEL_DELETE,
		[ADMIN_CHANNEL_RESTORE] = STMT_ADMIN_CHANNEL_RESTORE,
	};
	const char *at = pg_int(a, server), *of = pg_int(a, subject);

	switch (deed) {
	case ADMIN_TIMEOUT:
	case ADMIN_GIVE:
	case ADMIN_TAKE:
		return mutate(w, a, stmts[deed], PG_ARGS(at, of, reason, pg_int(a, more)));
	case ADMIN_CHANNEL_ARCHIVE:
	case ADMIN_CHANNEL_UNARCHIVE:
		return mutate(w, a, stmts[deed],
		    PG_ARGS(at, of, reason, pg_bool(deed == ADMIN_CHANNEL_ARCHIVE)));
	case ADMIN_LOCKDOWN:
	case ADMIN_OPEN:
		return mutate(w, a, stmts[deed],
		    PG_ARGS(at, reason, pg_bool(deed == ADMIN_LOCKDOWN)));
	case ADMIN_DELETE:
	case ADMIN_RESTORE:
	case ADMIN_ICON_REMOVE:
		return mutate(w, a, stmts[deed], PG_ARGS(at, reason));
	default:
		return mutate(w, a, stmts[deed], PG_ARGS(at, of, reason));
	}
}

enum err
admin_invite(struct world *w, struct arena *a, int64_t server, const char **code)
{
	const char *fresh = invite_code_new(a);

	TRY(mutate(w, a, STMT_ADMIN_INVITE, PG_ARGS(pg_int(a, server), fresh)));
	*code = fresh;
	return ERR_OK;
}

enum err
admin_invite_delete(struct world *w, struct arena *a, int64_t server, const char *code)
{
	return mutate(w, a, STMT_ADMIN_INVITE_DELETE, PG_ARGS(pg_int(a, server), code));
}
