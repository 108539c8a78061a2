#include "domain/role.h"

#include "domain/account.h"

#define ACTOR(c) pg_int((c)->arena, (c)->actor.account)
#define ID(c, id) pg_int((c)->arena, (id))

enum err
role_list(struct call *c, int64_t server, struct answer *out)
{
	return call_list(c, STMT_ROLE_LIST, PG_ARGS(ACTOR(c), ID(c, server)), out);
}

enum err
role_create(struct call *c, int64_t server, const struct role_form *f, struct answer *out)
{
	return call_mutate(c, server, STMT_ROLE_CREATE,
	    PG_ARGS(ACTOR(c), ID(c, server), pg_text(c->arena, f->name), f->permissions, f->color,
		f->mentionable),
	    out);
}

enum err
role_update(
    struct call *c, int64_t server, int64_t role, const struct role_form *f, struct answer *out)
{
	return call_mutate(c, server, STMT_ROLE_UPDATE,
	    PG_ARGS(ACTOR(c), ID(c, server), ID(c, role), pg_text(c->arena, f->name),
		f->permissions, f->color, f->mentionable),
	    out);
}

enum err
role_order(struct call *c, int64_t server, const int64_t *ids, size_t n, struct answer *out)
{
	return call_mutate(c, server, STMT_ROLE_ORDER, PG_ARGS(ACTOR(c), ID(c, server),
	    pg_int_array(c->arena, ids, n)), out);
}

enum err
role_delete(struct call *c, int64_t server, int64_t role, struct answer *out)
{
	return call_mutate(
	    c, server, STMT_ROLE_DELETE, PG_ARGS(ACTOR(c), ID(c, server), ID(c, role)), out);
}

enum err
server_hand_on(
    struct call *c, int64_t server, int64_t user, struct str password, struct answer *out)
{
	struct pg_rows rows;

	TRY(call_rows(c, STMT_SERVER_OWNED, PG_ARGS(ACTOR(c), ID(c, server)), &rows));
	TRY(me_prove(c, password, NULL));
	return call_mutate(
	    c, server, STMT_SERVER_HAND_ON, PG_ARGS(ACTOR(c), ID(c, server), ID(c, user)), out);
}
