#include "domain/server.h"

/* The parameters most statements begin with. */
#define ACTOR(c) pg_int((c)->arena, (c)->actor.account)
#define ID(c, id) pg_int((c)->arena, (id))

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
server_update(struct call *c, int64_t server, struct str name, struct answer *out)
{
	return call_mutate(c, server, STMT_SERVER_UPDATE, PG_ARGS(ACTOR(c), ID(c, server), pg_text(c->arena, name)), out);
}

enum err
server_delete(struct call *c, int64_t server, struct answer *out)
{
	return call_mutate(c, server, STMT_SERVER_DELETE, PG_ARGS(ACTOR(c), ID(c, server)), out);
}

static const char *
cursor_param(const struct call *c, int64_t id)
{
	return id > 0 ? pg_int(c->arena, id) : NULL;
}

enum err
member_list(struct call *c, int64_t server, int64_t most, int64_t after, int64_t role, struct str name,
    struct answer *out)
{
	return call_list(c, STMT_MEMBER_LIST, PG_ARGS(ACTOR(c), ID(c, server), pg_int(c->arena, most),
	    cursor_param(c, after), cursor_param(c, role), pg_text(c->arena, name)), out);
}

enum err
member_update(struct call *c, int64_t server, int64_t user, const struct str *roles, size_t nroles,
    struct str nickname, struct answer *out)
{
	return call_mutate(c, server, STMT_MEMBER_UPDATE, PG_ARGS(ACTOR(c), ID(c, server), ID(c, user),
	    roles == NULL ? NULL : pg_text_array(c->arena, roles, nroles), pg_text(c->arena, nickname)), out);
}

enum err
member_remove(struct call *c, int64_t server, int64_t user, struct answer *out)
{
	return call_mutate(c, server, STMT_MEMBER_REMOVE, PG_ARGS(ACTOR(c), ID(c, server), ID(c, user)), out);
}

enum err
ban_put(struct call *c, int64_t server, int64_t user, struct str reason, struct answer *out)
{
	return call_mutate(c, server, STMT_BAN_PUT, PG_ARGS(ACTOR(c), ID(c, server), ID(c, user),
	    pg_text(c->arena, reason)), out);
}

enum err
ban_delete(struct call *c, int64_t server, int64_t user, struct answer *out)
{
	return call_mutate(c, server, STMT_BAN_DELETE, PG_ARGS(ACTOR(c), ID(c, server), ID(c, user)), out);
}

enum err
audit_list(struct call *c, int64_t server, int64_t most, int64_t before, struct answer *out)
{
	return call_list(c, STMT_AUDIT_LIST, PG_ARGS(ACTOR(c), ID(c, server), pg_int(c->arena, most),
	    cursor_param(c, before)), out);
}
