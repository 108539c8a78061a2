#include "push/bury.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "domain/presence_word.h"
#include "push/nodes.h"

struct burial {
	struct push *push;
	struct burial *next;	/* of those that go on */
	char name[NODE_NAME_MAX + 1];
	char lease[sizeof(PRESENCE_LEASE) + NODE_NAME_MAX];
	char people[sizeof(PRESENCE_ON) + NODE_NAME_MAX];
	char left[sizeof(PRESENCE_LEFT) + NODE_NAME_MAX];
};

struct bury {
	struct burial *going;
	int64_t said_ms;	/* when the log was told that Redis refuses it, 0: never */
};

/* One that has come back has renewed its lease before it says anything, and keeps it all. */
static const char end_script[] = "if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end "
    "redis.call('UNLINK', KEYS[2], KEYS[4]) return redis.call('SREM', KEYS[3], ARGV[1])";

static void
burial_end(struct burial *b)
{
	struct burial **at = &b->push->bury->going;

	while (*at != b)
		at = &(*at)->next;
	*at = b->next;
	heap_free(b);
}

/* It is tried again at each look for ever, so that is said now and then. */
static void
note_refusal(const struct burial *b, const struct redis_value *v)
{
	struct bury *h = b->push->bury;
	int64_t now = clock_mono_ms();

	if (v == NULL || v->kind != REDIS_REFUSED)
		return;
	if (h->said_ms != 0 && now - h->said_ms < BURY_SAY_MS)
		return;
	h->said_ms = now;
	log_warn("a dead node cannot be buried", lf_str("node", b->name), lf_strn("said", v->text));
}

static void
on_burial_end(void *ctx, const struct redis_value *v)
{
	note_refusal(ctx, v);
	burial_end(ctx);
}

static void
burial_take_seen(const struct burial *b, const struct redis_value *pairs)
{
	struct push *p = b->push;
	int64_t s = clock_wall_ms() / 1000 - p->config.presence_lease;
	char score[24];

	snprintf(score, sizeof(score), "%lld", (long long)s);
	/* Another node may still have this person; while he is there nobody is shown it. */
	for (size_t i = 0; redis_value_at(pairs, i + 1) != NULL; i += 2) {
		struct str id = redis_value_text(redis_value_at(pairs, i));
		enum presence on = presence_value(redis_value_text(redis_value_at(pairs, i + 1)));

		if (on == PRESENCE_INVISIBLE || on == PRESENCE_OFFLINE)
			continue;
		redis_sub_ask(p->bus,
		    (const struct str[]){
			STR("ZADD"), STR(PRESENCE_SEEN), STR("GT"), str_of(score), id },
		    5, NULL, NULL);
	}
}

static bool burial_scan(struct burial *b, struct str cursor);

/* The next step is asked for behind what this one wrote. */
static void
on_burial_people(void *ctx, const struct redis_value *v)
{
	struct burial *b = ctx;
	struct str cursor = redis_value_text(redis_value_at(v, 0));
	bool going;

	if (cursor.p == NULL) {
		note_refusal(b, v);
		burial_end(b);
		return;
	}
	burial_take_seen(b, redis_value_at(v, 1));
	if (!str_eq(cursor, STR("0")))
		going = burial_scan(b, cursor);
	else
		going = redis_sub_ask(b->push->bus,
		    (const struct str[]){ STR("EVAL"), str_of(end_script), STR("4"),
			str_of(b->lease), str_of(b->people), STR(PRESENCE_NODES), str_of(b->left),
			str_of(b->name) },
		    8, on_burial_end, b);
	if (!going)
		burial_end(b);
}

static bool
burial_scan(struct burial *b, struct str cursor)
{
	return redis_sub_ask(b->push->bus,
	    (const struct str[]){
		STR("HSCAN"), str_of(b->people), cursor, STR("COUNT"), STR(BURY_BATCH) },
	    5, on_burial_people, b);
}

/* False: it goes on already, or enough others do. */
static bool
has_turn(const struct burial *b)
{
	int n = 0;

	for (const struct burial *x = b->push->bury->going; x != NULL; x = x->next, n++)
		if (strcmp(x->name, b->name) == 0)
			return false;
	return n < BURY_ATONCE;
}

/* One that has taken leave is no news to anybody. */
static void
note_death(const struct burial *b, bool left)
{
	if (!nodes_died(b->push, b->name))
		return;
	if (left)
		log_info("a node that ended is not missed any more", lf_str("node", b->name));
	else
		log_warn("a node is dead", lf_str("node", b->name));
}

static void
on_burial_lease(void *ctx, const struct redis_value *v)
{
	struct burial *b = ctx;
	const struct redis_value *lease = redis_value_at(v, 0), *left = redis_value_at(v, 1);
	bool dead = lease != NULL && lease->kind == REDIS_NIL;

	if (lease != NULL && lease->kind == REDIS_TEXT)
		nodes_lives(b->push, b->name);
	if (dead)
		note_death(b, left != NULL && left->kind == REDIS_TEXT);
	if (!dead || !has_turn(b)) {
		heap_free(b);
		return;
	}
	b->next = b->push->bury->going;
	b->push->bury->going = b;
	if (!burial_scan(b, STR("0")))
		burial_end(b);
}

void
bury_if_dead(struct push *p, struct str name)
{
	struct burial *b = heap_alloc(sizeof(*b));

	assert(name.len <= NODE_NAME_MAX);
	b->push = p;
	memcpy(b->name, name.p, name.len);
	snprintf(b->lease, sizeof(b->lease), PRESENCE_LEASE "%s", b->name);
	snprintf(b->people, sizeof(b->people), PRESENCE_ON "%s", b->name);
	snprintf(b->left, sizeof(b->left), PRESENCE_LEFT "%s", b->name);
	if (!redis_sub_ask(p->bus,
		(const struct str[]){ STR("MGET"), str_of(b->lease), str_of(b->left) }, 3,
		on_burial_lease, b))
		heap_free(b);
}

void
bury_init(struct push *p)
{
	p->bury = heap_alloc(sizeof(*p->bury));
}

void
bury_release(struct push *p)
{
	assert(p->bury->going == NULL);
	heap_free(p->bury);
}
