#include "push/relay.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/heap.h"
#include "base/log.h"
#include "push/account.h"
#include "push/apply.h"
#include "push/conn.h"
#include "push/nodes.h"
#include "push/presence.h"
#include "push/resume.h"
#include "push/stream.h"
#include "push/watch.h"

struct relay {
	char canary[9];		/* ends the name of its topic; of this process alone */
	uint32_t canaries;	/* numbers them */
	uint32_t back;		/* the newest that came back */
	uint32_t wanted;	/* relay_catch_up() */
	int64_t back_ms;	/* when the last one came back */
	int64_t bus_lost_ms, feed_lost_ms;	/* 0: is there */
	uint32_t subscribed;	/* streams that are on the bus, while taking over */
};

static void
canary_topic(const struct push *p, char out[32])
{
	snprintf(out, 32, "x:%s", p->relay->canary);
}

/* Sent through the whole bus; on_bus_message() sees it come back. */
static void
canary(struct push *p)
{
	char topic[32], text[32];

	if (p->bus == NULL || !redis_sub_is_up(p->bus))
		return;
	canary_topic(p, topic);
	snprintf(text, sizeof(text), "%u", (unsigned)++p->relay->canaries);
	redis_sub_publish(p->bus, str_of(topic), str_of(text));
}

/* The stream of a topic, when it is known here. */
static uint32_t
stream_of(const struct push *p, struct str topic)
{
	int64_t id;

	return bus_topic_parse(topic, &id) ? stream_find(p, id) : SLAB_NONE;
}

static void
on_bus_ready(void *ctx)
{
	struct push *p = ctx;
	char topic[32];

	p->relay->subscribed = 0;
	canary_topic(p, topic);
	redis_sub_subscribe(p->bus, str_of(topic));
	streams_to_bus(p);
	/* Behind them: who is told of nobody any more is known before somebody is heard of. */
	redis_sub_subscribe(p->bus, STR(PRESENCE_TOPIC));
	/* Until the first canary is back the bus counts as it did before. */
	p->relay->back_ms = clock_mono_ms();
}

static void
on_bus_asks(void *ctx)
{
	const struct push *p = ctx;

	if (p->taking)
		return;
	presence_say_all(ctx);
	nodes_refresh(ctx);
}

static void
on_bus_lost(void *ctx)
{
	struct relay *r = ((struct push *)ctx)->relay;

	if (r->bus_lost_ms == 0)
		r->bus_lost_ms = clock_mono_ms();
}

/* What was published between reading its head and now is known to nobody: look again. */
static void
on_bus_subscribed(void *ctx, struct str topic)
{
	struct push *p = ctx;
	uint32_t i = stream_of(p, topic);

	if (i == SLAB_NONE) {
		if (str_has_prefix(topic, STR("x:")))
			canary(p);
		else if (str_eq(topic, STR(PRESENCE_TOPIC)))
			watch_bus_back(p);
		return;
	}
	if (p->taking)
		p->relay->subscribed++;
	else
		resume_want_head(p, i);
}

static void
canary_is_back(struct relay *r, struct str payload)
{
	uint64_t n;

	if (str_to_u64(payload, UINT32_MAX, &n))
		r->back = (uint32_t)n;
	r->back_ms = clock_mono_ms();
	r->bus_lost_ms = 0;
}

static void
on_bus_message(void *ctx, struct str topic, struct str payload)
{
	struct push *p = ctx;
	struct feed_event ev = { 0 };
	uint32_t i = stream_of(p, topic);

	if (i == SLAB_NONE) {
		if (str_has_prefix(topic, STR("x:"))) {
			canary_is_back(p->relay, payload);
		} else if (str_eq(topic, STR(PRESENCE_TOPIC))) {
			nodes_message(p, payload);
		}
		return;
	}
	if (bus_parse(payload, &ev.e) != ERR_OK) {
		/* Whatever it was to be, the sweep finds it. */
		log_warn("unreadable message on the bus", lf_strn("topic", topic));
		return;
	}
	ev.stream = stream_at(p, i)->id;
	ev.kind = (enum feed_kind)stream_at(p, i)->kind;
	apply_event(p, i, &ev, FROM_BUS);
}

/* Another history: nothing that is known here is true any more. */
static void
start_anew(struct push *p, int64_t epoch)
{
	log_warn("the database has another epoch", lf_int("epoch", epoch));
	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);) {
		uint8_t state = conn_at(p, i)->state;

		if (state == CONN_HANDSHAKE || state == CONN_LIVE)
			conn_bye(p, conn_at(p, i), ERR_UNAVAILABLE);
	}
	for (uint32_t i = SLAB_NONE; slab_next(&p->streams, &i);)
		apply_forget(p, i);
}

static void
on_epoch(void *ctx, enum err e, int64_t epoch)
{
	struct push *p = ctx;

	if (e != ERR_OK)
		return;		/* asked again in the next second */
	if (p->has_epoch && p->epoch != epoch)
		start_anew(p, epoch);
	p->epoch = epoch;
	p->has_epoch = true;
	p->relay->feed_lost_ms = 0;
	resume_again(p);
	accounts_ask(p);
}

static void
on_feed_state(void *ctx, bool up)
{
	struct push *p = ctx;

	if (up) {
		log_info("database connected");
		feed_epoch(p->feed, on_epoch, p);
		return;
	}
	if (p->relay->feed_lost_ms == 0)
		p->relay->feed_lost_ms = clock_mono_ms();
	accounts_refuse(p);
}

static void
tell_live(struct push *p, bool live)
{
	if (live == p->live)
		return;
	p->live = live;
	log_warn("live state", lf_bool("live", live));
	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);)
		if (conn_at(p, i)->state == CONN_LIVE)
			conn_mark(p, conn_at(p, i), HINT_ALL);
}

void
relay_catch_up(struct push *p)
{
	canary(p);
	p->relay->wanted = p->relay->canaries;
}

bool
relay_has_caught_up(const struct push *p)
{
	return p->bus == NULL || (int32_t)(p->relay->back - p->relay->wanted) >= 0;
}

bool
relay_has_bus(const struct push *p)
{
	return p->relay->bus_lost_ms == 0;
}

bool
relay_has_feed(const struct push *p)
{
	return p->relay->feed_lost_ms == 0;
}

uint32_t
relay_subscribed(const struct push *p)
{
	return p->relay->subscribed;
}

void
relay_tick(struct push *p)
{
	struct relay *r = p->relay;
	int64_t now = clock_mono_ms();
	bool bus_late = r->bus_lost_ms != 0 && now - r->bus_lost_ms >= DEAF_MS;
	bool feed_late = r->feed_lost_ms != 0 && now - r->feed_lost_ms >= DEAF_MS;

	canary(p);
	if (p->bus != NULL && redis_sub_is_up(p->bus) && now - r->back_ms > DEAF_MS) {
		r->back_ms = now;
		redis_sub_restart(p->bus, "deaf");
	}
	if (r->feed_lost_ms != 0 && feed_is_up(p->feed))
		feed_epoch(p->feed, on_epoch, p);
	tell_live(p, !bus_late && !feed_late);
}

static struct relay *
relay_new(void)
{
	struct relay *r = heap_alloc(sizeof(*r));
	uint8_t canary[4];

	crypt_random(canary, sizeof(canary));
	crypt_hex(canary, sizeof(canary), r->canary);
	r->feed_lost_ms = clock_mono_ms();
	return r;
}

void
relay_init(struct push *p)
{
	struct redis_sub_hooks hooks = { .ctx = p, .ready = on_bus_ready, .lost = on_bus_lost,
		.subscribed = on_bus_subscribed, .message = on_bus_message, .asks = on_bus_asks };
	const char *conninfo = p->config.database_push[0] != '\0' ? p->config.database_push
	    : p->config.database;

	p->live = true;
	p->relay = relay_new();
	p->feed = feed_new(conninfo, p->site.path.p, on_feed_state, p);
	if (p->config.redis[0] == '\0')
		return;
	p->relay->bus_lost_ms = clock_mono_ms();
	p->bus = redis_sub_new(p->config.redis, &hooks);
}

void
relay_release(struct push *p)
{
	feed_free(p->feed);
	redis_sub_free(p->bus);
	p->bus = NULL;
	heap_free(p->relay);
	p->relay = NULL;
}
