#include "domain/channel.h"
#include "domain/params.h"

enum err
channel_create(struct call *c, int64_t server, const struct channel_form *f, struct answer *out)
{
	struct arena *a = c->arena;

	return call_mutate(c, 0, STMT_CHANNEL_CREATE, PG_ARGS(ACTOR(c), ID(c, server), pg_text(a, f->name),
	    pg_text(a, f->kind), pg_text(a, f->category), pg_text(a, f->topic), f->private), out);
}

enum err
channel_read(struct call *c, int64_t channel, struct answer *out)
{
	return call_read(c, STMT_CHANNEL_READ, PG_ARGS(ACTOR(c), ID(c, channel)), out);
}

enum err
channel_update(struct call *c, int64_t channel, const struct channel_form *f, struct answer *out)
{
	struct arena *a = c->arena;

	return call_mutate(c, channel, STMT_CHANNEL_UPDATE, PG_ARGS(ACTOR(c), ID(c, channel), pg_text(a, f->name),
	    pg_text(a, f->category), pg_text(a, f->topic), f->position, f->private, f->read_only, f->slow_mode_s,
	    f->archived, f->web_public, f->retention_days), out);
}

enum err
channel_delete(struct call *c, int64_t channel, struct answer *out)
{
	return call_mutate(c, channel, STMT_CHANNEL_DELETE, PG_ARGS(ACTOR(c), ID(c, channel)), out);
}

enum err
channel_order(struct call *c, int64_t server, const int64_t *ids, const struct str *categories, size_t n,
    struct answer *out)
{
	return call_mutate(c, server, STMT_CHANNEL_ORDER, PG_ARGS(ACTOR(c), ID(c, server),
	    pg_int_array(c->arena, ids, n), pg_text_array(c->arena, categories, n)), out);
}

enum err
channel_deleted_list(struct call *c, int64_t server, struct answer *out)
{
	return call_list(c, STMT_CHANNEL_DELETED_LIST, PG_ARGS(ACTOR(c), ID(c, server)), out);
}

enum err
channel_restore(struct call *c, int64_t channel, struct answer *out)
{
	return call_mutate(c, channel, STMT_CHANNEL_RESTORE, PG_ARGS(ACTOR(c), ID(c, channel)), out);
}

enum err
channel_members(struct call *c, int64_t channel, int64_t most, int64_t after, struct answer *out)
{
	return call_list(c, STMT_CHANNEL_MEMBERS, PG_ARGS(ACTOR(c), ID(c, channel), pg_int(c->arena, most),
	    after == 0 ? NULL : pg_int(c->arena, after)), out);
}

enum err
channel_member_put(struct call *c, int64_t channel, int64_t user, struct answer *out)
{
	return call_mutate(c, channel, STMT_CHANNEL_MEMBER_PUT, PG_ARGS(ACTOR(c), ID(c, channel), ID(c, user)), out);
}

enum err
channel_member_delete(struct call *c, int64_t channel, int64_t user, struct answer *out)
{
	return call_mutate(c, channel, STMT_CHANNEL_MEMBER_DELETE, PG_ARGS(ACTOR(c), ID(c, channel), ID(c, user)), out);
}

enum err
override_list(struct call *c, int64_t channel, struct answer *out)
{
	return call_list(c, STMT_OVERRIDE_LIST, PG_ARGS(ACTOR(c), ID(c, channel)), out);
}

enum err
override_put(struct call *c, int64_t channel, int64_t target, int64_t allow, int64_t deny, struct answer *out)
{
	return call_mutate(c, channel, STMT_OVERRIDE_PUT, PG_ARGS(ACTOR(c), ID(c, channel), ID(c, target),
	    pg_int(c->arena, allow), pg_int(c->arena, deny)), out);
}

enum err
override_delete(struct call *c, int64_t channel, int64_t target, struct answer *out)
{
	return call_mutate(c, channel, STMT_OVERRIDE_DELETE, PG_ARGS(ACTOR(c), ID(c, channel), ID(c, target)), out);
}

enum err
dm_open(struct call *c, const int64_t *users, size_t n, struct answer *out)
{
	return call_mutate(c, 0, STMT_DM_OPEN, PG_ARGS(ACTOR(c), pg_int_array(c->arena, users, n)), out);
}

enum err
typing_post(struct call *c, int64_t channel, struct answer *out)
{
	return call_mutate(c, channel, STMT_TYPING_POST, PG_ARGS(ACTOR(c), ID(c, channel)), out);
}
