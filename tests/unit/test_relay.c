/* What the links say of themselves, and what is made of it. */
#include "push/account.h"
#include "push/apply.h"
#include "push/conn.h"
#include "push/nodes.h"
#include "push/presence.h"
#include "push/relay.h"
#include "push/resume.h"
#include "push/stream.h"
#include "push/watch.h"
#include "tests/unit/support/unit.h"

static struct push push;
static struct redis_sub_hooks hooks;

/* ---- the links */

struct feed *
feed_new(const char *conninfo, const char *path, void (*state)(void *ctx, bool up), void *ctx)
{
	(void)conninfo, (void)path, (void)state, (void)ctx;
	return NULL;
}

void
feed_free(struct feed *f)
{
	(void)f;
}

bool
feed_is_up(const struct feed *f)
{
	(void)f;
	return false;
}

enum err
feed_epoch(struct feed *f, void (*done)(void *ctx, enum err e, int64_t epoch), void *ctx)
{
	(void)f, (void)done, (void)ctx;
	return ERR_UNAVAILABLE;
}

struct redis_sub *
redis_sub_new(const char *target, const struct redis_sub_hooks *h)
{
	(void)target;
	hooks = *h;
	return NULL;
}

void
redis_sub_free(struct redis_sub *r)
{
	(void)r;
}

bool
redis_sub_is_up(const struct redis_sub *r)
{
	(void)r;
	return true;
}

bool
redis_sub_subscribe(struct redis_sub *r, struct str topic)
{
	(void)r, (void)topic;
	return true;
}

bool
redis_sub_publish(struct redis_sub *r, struct str topic, struct str payload)
{
	(void)r, (void)topic, (void)payload;
	return true;
}

void
redis_sub_restart(struct redis_sub *r, const char *why)
{
	(void)r, (void)why;
}

/* ---- what relay.c calls of others */

/* Every id is a stream's. */
uint32_t
stream_find(const struct push *p, int64_t id)
{
	(void)p;
	return (uint32_t)id;
}

void
streams_to_bus(struct push *p)
{
	(void)p;
}

void
accounts_ask(struct push *p)
{
	(void)p;
}

void
accounts_refuse(struct push *p)
{
	(void)p;
}

void
apply_event(struct push *p, uint32_t stream, const struct feed_event *ev, enum apply_source from)
{
	(void)p, (void)stream, (void)ev, (void)from;
}

void
apply_forget(struct push *p, uint32_t stream)
{
	(void)p, (void)stream;
}

void
conn_bye(struct push *p, struct conn *c, enum err why)
{
	(void)p, (void)c, (void)why;
}

void
conn_mark(struct push *p, struct conn *c, uint32_t hint)
{
	(void)p, (void)c, (void)hint;
}

void
nodes_message(struct push *p, struct str payload)
{
	(void)p, (void)payload;
}

void
nodes_refresh(struct push *p)
{
	(void)p;
}

void
presence_say_all(struct push *p)
{
	(void)p;
}

void
resume_again(struct push *p)
{
	(void)p;
}

void
resume_want_head(struct push *p, uint32_t stream)
{
	(void)p, (void)stream;
	ck_abort_msg("nothing is asked while taking over");
}

void
watch_bus_back(struct push *p)
{
	(void)p;
}

/* ---- */

static void
setup(void)
{
	memset(&push, 0, sizeof(push));
	push.config.redis = "unix:/nowhere";
	push.config.database = push.config.database_push = "";
	relay_init(&push);
}

START_TEST(streams_are_counted_anew_on_a_new_connection)
{
	setup();
	push.taking = true;
	hooks.ready(hooks.ctx);
	hooks.subscribed(hooks.ctx, STR("s:1"));
	hooks.subscribed(hooks.ctx, STR("s:2"));
	hooks.subscribed(hooks.ctx, STR(PRESENCE_TOPIC));
	ck_assert_uint_eq(relay_subscribed(&push), 2);
	hooks.lost(hooks.ctx);
	hooks.ready(hooks.ctx);
	ck_assert_uint_eq(relay_subscribed(&push), 0);
	hooks.subscribed(hooks.ctx, STR("s:1"));
	ck_assert_uint_eq(relay_subscribed(&push), 1);
	relay_release(&push);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { streams_are_counted_anew_on_a_new_connection, NULL };

	return unit_run("relay", tests);
}
