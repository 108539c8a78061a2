#include "domain/moderation.h"

#include "domain/params.h"

enum err
ban_put(struct call *c, int64_t server, int64_t user, struct str reason, int64_t expires_s,
    int64_t erase_s, struct answer *out)
{
	return call_mutate(c, server, STMT_BAN_PUT,
	    PG_ARGS(ACTOR(c), ID(c, server), ID(c, user), pg_text(c->arena, reason),
		pg_int(c->arena, expires_s), pg_int(c->arena, erase_s)),
	    out);
}

enum err
ban_delete(struct call *c, int64_t server, int64_t user, struct answer *out)
{
	return call_mutate(
	    c, server, STMT_BAN_DELETE, PG_ARGS(ACTOR(c), ID(c, server), ID(c, user)), out);
}

enum err
ban_list(struct call *c, int64_t server, int64_t most, int64_t after, struct answer *out)
{
	return call_list(c, STMT_BAN_LIST, PG_ARGS(ACTOR(c), ID(c, server), pg_int(c->arena, most),
	    ID_OR_NULL(c, after)), out);
}

enum err
member_timeout(struct call *c, int64_t server, int64_t user, int64_t seconds, struct str reason,
    struct answer *out)
{
	return call_mutate(c, server, STMT_MEMBER_TIMEOUT,
	    PG_ARGS(ACTOR(c), ID(c, server), ID(c, user), pg_int(c->arena, seconds),
		pg_text(c->arena, reason)),
	    out);
}

enum err
messages_bulk_delete(
    struct call *c, int64_t channel, const int64_t *ids, size_t n, struct answer *out)
{
	return call_mutate(c, channel, STMT_MESSAGES_BULK_DELETE, PG_ARGS(ACTOR(c), ID(c, channel),
	    pg_int_array(c->arena, ids, n)), out);
}

enum err
member_purge(struct call *c, int64_t server, int64_t user, int64_t within_s, struct answer *out)
{
	return call_mutate(c, server, STMT_MEMBER_PURGE,
	    PG_ARGS(ACTOR(c), ID(c, server), ID(c, user), pg_int(c->arena, within_s)), out);
}

enum err
server_retention(struct call *c, int64_t server, int64_t days, struct answer *out)
{
	return call_read(c, STMT_SERVER_RETENTION,
	    PG_ARGS(ACTOR(c), ID(c, server), pg_int(c->arena, days)), out);
}

enum err
channel_retention(struct call *c, int64_t channel, int64_t days, struct answer *out)
{
	return call_read(c, STMT_CHANNEL_RETENTION,
	    PG_ARGS(ACTOR(c), ID(c, channel), pg_int(c->arena, days)), out);
}

enum err
purge_count(struct call *c, int64_t server, int64_t user, int64_t within_s, struct answer *out)
{
	return call_read(c, STMT_PURGE_COUNT,
	    PG_ARGS(ACTOR(c), ID(c, server), ID(c, user), pg_int(c->arena, within_s)), out);
}
