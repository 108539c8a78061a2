#include "domain/server.h"
#include "domain/params.h"

enum err
server_create(struct call *c, struct str name, struct answer *out)
{
	return call_mutate(c, 0, STMT_SERVER_CREATE, PG_ARGS(ACTOR(c), pg_text(c->arena, name),
	    pg_int(c->arena, c->world->config->servers_per_user)), out);
}

enum err
server_read(struct call *c, int64_t server, struct answer *out)
{
	return call_read(c, STMT_SERVER_READ, PG_ARGS(ACTOR(c), ID(c, server)), out);
}

enum err
server_update(struct call *c, int64_t server, const struct server_form *f, struct answer *out)
{
	return call_mutate(c, server, STMT_SERVER_UPDATE, PG_ARGS(ACTOR(c), ID(c, server), pg_text(c->arena, f->name),
	    f->lockdown, f->audit_days, f->web_robots, f->retention_days), out);
}

enum err
server_delete(struct call *c, int64_t server, struct answer *out)
{
	return call_mutate(c, server, STMT_SERVER_DELETE, PG_ARGS(ACTOR(c), ID(c, server)), out);
}

enum err
server_deleted_list(struct call *c, struct answer *out)
{
	return call_list(c, STMT_SERVER_DELETED_LIST, PG_ARGS(ACTOR(c)), out);
}

enum err
server_restore(struct call *c, int64_t server, struct answer *out)
{
	return call_mutate(c, server, STMT_SERVER_RESTORE, PG_ARGS(ACTOR(c), ID(c, server)), out);
}

enum err
member_list(struct call *c, int64_t server, int64_t most, int64_t after, const struct member_filter *f,
    struct answer *out)
{
	return call_list(c, STMT_MEMBER_LIST, PG_ARGS(ACTOR(c), ID(c, server), pg_int(c->arena, most),
	    ID_OR_NULL(c, after), ID_OR_NULL(c, f->role), pg_text(c->arena, f->name),
	    f->nusers == 0 ? NULL : pg_int_array(c->arena, f->users, f->nusers)), out);
}

enum err
member_read(struct call *c, int64_t server, int64_t user, struct answer *out)
{
	return call_read(c, STMT_MEMBER_READ, PG_ARGS(ACTOR(c), ID(c, server), ID(c, user)), out);
}

enum err
member_update(struct call *c, int64_t server, int64_t user, const struct member_form *f,
    struct answer *out)
{
	bool for_ever = f->expires_at.p != NULL && f->expires_at.len == 0;

	return call_mutate(c, server, STMT_MEMBER_UPDATE,
	    PG_ARGS(ACTOR(c), ID(c, server), ID(c, user),
		f->roles == NULL ? NULL : pg_text_array(c->arena, f->roles, f->nroles),
		pg_text(c->arena, f->nickname),
		for_ever ? "infinity" : pg_text(c->arena, f->expires_at)),
	    out);
}

enum err
member_remove(struct call *c, int64_t server, int64_t user, struct answer *out)
{
	return call_mutate(c, server, STMT_MEMBER_REMOVE, PG_ARGS(ACTOR(c), ID(c, server), ID(c, user)), out);
}
