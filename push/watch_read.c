/* What the nodes say in Redis of people that begin to be watched; see watch.h. */
#include <stdio.h>
#include <string.h>

#include "base/heap.h"
#include "base/id.h"
#include "push/watch_impl.h"

#define BATCH 500
#define BUSY_MS 100	/* until it is tried again when too much waits for Redis already */

/* One command about some persons. */
struct reading {
	struct push *push;
	uint32_t node;		/* SLAB_NONE: when they were seen */
	char name[NODE_NAME_MAX + 1];
	uint32_t n;
	uint32_t persons[BATCH];
};

/* What a node has said meanwhile is newer. */
static void
person_take_on(struct person *x, uint32_t node, struct str value)
{
	uint64_t bit = (uint64_t)1 << node;
	enum presence on = presence_value(value);

	if ((x->newer & bit) != 0)
		return;
	for (int k = 0; k < PRESENCE__MAX; k++)
		x->on[k] &= ~bit;
	if (on != PRESENCE_OFFLINE)
		x->on[on] |= bit;
}

static void
person_take_seen(struct person *x, struct str value)
{
	uint64_t s;

	if (value.p != NULL && str_to_u64(value, INT64_MAX, &s) && (int64_t)s > x->seen_s)
		x->seen_s = (int64_t)s;
}

static void
on_reading(void *ctx, const struct redis_value *v)
{
	struct reading *r = ctx;
	struct push *p = r->push;
	const char *name = r->node == SLAB_NONE ? NULL : nodes_name(p, r->node);
	bool stands = name != NULL && strcmp(name, r->name) == 0;

	for (uint32_t i = 0; i < r->n; i++) {
		struct person *x = person_at(p, r->persons[i]);
		struct str value = redis_value_text(redis_value_at(v, i));

		if (r->node == SLAB_NONE)
			person_take_seen(x, value);
		else if (v != NULL && stands)
			person_take_on(x, r->node, value);
		if (--x->asks > 0)
			continue;
		x->newer = 0;
		watch_person_changed(p, x);
	}
	heap_free(r);
}

/* Without Redis it is the same as an answer that says nothing. */
static void
read_batch(struct push *p, uint32_t node, const char *command, const char *key,
    const uint32_t *persons, uint32_t n)
{
	char text[BATCH][ID_DIGITS + 2];
	struct str argv[BATCH + 2] = { str_of(command), str_of(key) };
	struct reading *r = heap_alloc(sizeof(*r));

	r->push = p;
	r->node = node;
	r->n = n;
	if (node != SLAB_NONE)
		snprintf(r->name, sizeof(r->name), "%s", nodes_name(p, node));
	for (uint32_t i = 0; i < n; i++) {
		r->persons[i] = persons[i];
		person_at(p, persons[i])->asks++;
		id_format(person_at(p, persons[i])->id, text[i]);
		argv[i + 2] = str_of(text[i]);
	}
	if (p->bus == NULL || !redis_sub_ask(p->bus, argv, n + 2, on_reading, r))
		on_reading(r, NULL);
}

static void
read_node(struct push *p, uint32_t node, const uint32_t *persons, uint32_t n)
{
	char key[sizeof(PRESENCE_ON) + NODE_NAME_MAX];

	snprintf(key, sizeof(key), PRESENCE_ON "%s", nodes_name(p, node));
	read_batch(p, node, "HMGET", key, persons, n);
}

/* Redis is there and takes n commands no more: who asks now would hear of nobody. */
static bool
redis_is_busy(struct push *p, uint32_t n)
{
	if (p->bus == NULL || !redis_sub_is_busy(p->bus, n))
		return false;
	if (!loop_timer_is_active(&p->watch->busy_timer))
		loop_timer_once(&p->watch->busy_timer, BUSY_MS);
	return true;
}

void
watch_read_new(struct push *p)
{
	struct list was = p->watch->unread;
	uint32_t at;

	p->watch->unread = (struct list){ 0 };
	for (at = 0; at < was.n && !redis_is_busy(p, NODES + 2); at += BATCH) {
		uint32_t n = was.n - at < BATCH ? was.n - at : BATCH;

		for (uint32_t node = 0; node < NODES; node++)
			if (nodes_name(p, node) != NULL)
				read_node(p, node, was.v + at, n);
		read_batch(p, SLAB_NONE, "ZMSCORE", PRESENCE_SEEN_FLUSH, was.v + at, n);
		read_batch(p, SLAB_NONE, "ZMSCORE", PRESENCE_SEEN, was.v + at, n);
		/* What watch_person_get() counted, so that nothing was told before this. */
		for (uint32_t i = at; i < at + n; i++) {
			struct person *x = person_at(p, was.v[i]);

			if (--x->asks == 0)
				watch_person_changed(p, x);
		}
	}
	for (; at < was.n; at++)
		list_add(&p->watch->unread, was.v[at]);
	list_release(&was);
}

void
watch_read_node(struct push *p, uint32_t node)
{
	uint32_t persons[BATCH], n = 0;

	if (redis_is_busy(p, p->watch->persons.live / BATCH + 1)) {
		p->watch->unread_nodes |= (uint64_t)1 << node;
		return;
	}
	for (uint32_t i = SLAB_NONE; slab_next(&p->watch->persons, &i);) {
		persons[n++] = i;
		if (n == BATCH) {
			read_node(p, node, persons, n);
			n = 0;
		}
	}
	if (n > 0)
		read_node(p, node, persons, n);
}

static void
on_busy_timer(void *ctx)
{
	struct push *p = ctx;
	uint64_t nodes = p->watch->unread_nodes;

	p->watch->unread_nodes = 0;
	watch_read_new(p);
	for (uint32_t node = 0; node < NODES; node++)
		if ((nodes >> node & 1) != 0 && nodes_name(p, node) != NULL)
			watch_read_node(p, node);
}

void
watch_read_init(struct push *p)
{
	p->watch->busy_timer.fire = on_busy_timer;
	p->watch->busy_timer.ctx = p;
}
