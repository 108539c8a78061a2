#include "domain/people.h"

#include "domain/account.h"
#include "domain/params.h"

enum err
block_list(struct call *c, struct answer *out)
{
	return call_list(c, STMT_BLOCK_LIST, PG_ARGS(ACTOR(c)), out);
}

enum err
block_put(struct call *c, int64_t user, struct answer *out)
{
	return call_mutate(c, 0, STMT_BLOCK_PUT, PG_ARGS(ACTOR(c), ID(c, user)), out);
}

enum err
block_delete(struct call *c, int64_t user, struct answer *out)
{
	return call_mutate(c, 0, STMT_BLOCK_DELETE, PG_ARGS(ACTOR(c), ID(c, user)), out);
}

enum err
me_deactivate(struct call *c, struct str password, struct answer *out)
{
	TRY(me_prove(c, password, NULL));
	return call_mutate(c, 0, STMT_ACCOUNT_DEACTIVATE, PG_ARGS(ACTOR(c)), out);
}

enum err
me_delete(struct call *c, struct str password, bool purge, struct answer *out)
{
	TRY(me_prove(c, password, NULL));
	return call_mutate(
	    c, 0, STMT_ACCOUNT_DELETE, PG_ARGS(ACTOR(c), pg_bool(purge)), out);
}
