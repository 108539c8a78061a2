#include "push/nodes.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/heap.h"
#include "push/presence.h"
#include "push/watch.h"

#define MISSING 2
#define RENEWALS 3	/* of a lease, in its life */
#define SAY_ALL_MS 10000	/* at least between two tries to say what Redis refused */

struct nodes_hub {
	char names[NODES][NODE_NAME_MAX + 1];	/* "" for none */
	uint8_t missing[NODES];	/* answers in a row that did not name it */
	struct loop_timer timer;
	uint64_t refusals;	/* of the bus, when all was said last */
	int64_t said_all_ms;
	bool stopped;
};

/* A node whose lease is being looked at, or that is being buried. */
struct look {
	struct push *push;
	char name[NODE_NAME_MAX + 1];
};

static void
ask(struct push *p, const struct str *argv, size_t argc)
{
	redis_sub_ask(p->bus, argv, argc, NULL, NULL);
}

#define ASK(p, ...) ask((p), (const struct str[]){ __VA_ARGS__ }, \
	sizeof((struct str[]){ __VA_ARGS__ }) / sizeof(struct str))

const char *
nodes_name(const struct push *p, uint32_t node)
{
	return node >= NODES || p->nodes->names[node][0] == '\0' ? NULL : p->nodes->names[node];
}

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9'))
			return false;
	return s.len > 0 && s.len <= NODE_NAME_MAX;
}

/* SLAB_NONE: no name, or too many nodes. A new one is asked whom of the watched it has. */
static uint32_t
number_of(struct push *p, struct str name)
{
	uint32_t i, free = SLAB_NONE;

	if (!is_name(name))
		return SLAB_NONE;
	for (i = 0; i < NODES; i++) {
		if (str_eq(str_of(p->nodes->names[i]), name))
			return i;
		if (free == SLAB_NONE && p->nodes->names[i][0] == '\0')
			free = i;
	}
	if (free == SLAB_NONE)
		return SLAB_NONE;
	memcpy(p->nodes->names[free], name.p, name.len);
	p->nodes->names[free][name.len] = '\0';
	p->nodes->missing[free] = 0;
	watch_read_node(p, free);
	return free;
}

static void
forget(struct push *p, uint32_t node)
{
	p->nodes->names[node][0] = '\0';
	watch_node_gone(p, node);
}

/* Its people were seen as long as it was. Which other node still has one of them does not matter:
 * who is there is not shown as seen. */
static void
on_ghosts(void *ctx, const struct redis_value *v)
{
	struct look *l = ctx;
	struct push *p = l->push;
	int64_t s = clock_wall_ms() / 1000 - p->config.presence_lease;
	char key[32], score[24];

	snprintf(key, sizeof(key), PRESENCE_ON "%s", l->name);
	snprintf(score, sizeof(score), "%lld", (long long)s);
	for (size_t i = 0; v != NULL && v->kind == REDIS_LIST && i + 1 < v->n; i += 2)
		if (presence_value(redis_value_text(redis_value_at(v, i + 1))) != PRESENCE_INVISIBLE)
			ASK(p, STR("ZADD"), STR(PRESENCE_SEEN), STR("GT"), str_of(score),
			    redis_value_text(redis_value_at(v, i)));
	if (v != NULL)
		ASK(p, STR("DEL"), str_of(key));
	heap_free(l);
}

/* Of all that find it only one has taken it from the list. */
static void
on_taken(void *ctx, const struct redis_value *v)
{
	struct look *l = ctx;
	char key[32];

	snprintf(key, sizeof(key), PRESENCE_ON "%s", l->name);
	if (v == NULL || v->kind != REDIS_INT || v->number != 1 ||
	    !redis_sub_ask(l->push->bus, (const struct str[]){ STR("HGETALL"), str_of(key) }, 2, on_ghosts, l))
		heap_free(l);
}

static void
on_lease(void *ctx, const struct redis_value *v)
{
	struct look *l = ctx;
	struct push *p = l->push;

	if (v == NULL || v->kind != REDIS_INT || v->number != 0) {
		heap_free(l);
		return;
	}
	log_warn("a node is dead", lf_str("node", l->name));
	for (uint32_t i = 0; i < NODES; i++)
		if (strcmp(p->nodes->names[i], l->name) == 0)
			forget(p, i);
	if (!redis_sub_ask(p->bus, (const struct str[]){ STR("SREM"), STR(PRESENCE_NODES), str_of(l->name) }, 3,
	    on_taken, l))
		heap_free(l);
}

static void
ask_lease(struct push *p, struct str name)
{
	struct look *l = heap_alloc(sizeof(*l));
	char key[32];

	l->push = p;
	memcpy(l->name, name.p, name.len);
	snprintf(key, sizeof(key), PRESENCE_LEASE "%s", l->name);
	if (!redis_sub_ask(p->bus, (const struct str[]){ STR("EXISTS"), str_of(key) }, 2, on_lease, l))
		heap_free(l);
}

static void
on_nodes(void *ctx, const struct redis_value *v)
{
	struct push *p = ctx;

	if (v == NULL || v->kind != REDIS_LIST)
		return;
	metric_add(METRIC_presence_sweeps, 1);
	for (uint32_t i = 0; i < NODES; i++)
		p->nodes->missing[i]++;
	for (size_t i = 0; i < v->n; i++) {
		struct str name = redis_value_text(redis_value_at(v, i));
		uint32_t node = number_of(p, name);

		if (node != SLAB_NONE)
			p->nodes->missing[node] = 0;
		if (is_name(name) && !str_eq(name, str_of(p->node)))
			ask_lease(p, name);
	}
	/* Those that another one has buried; a Redis that lost all is being told again. */
	for (uint32_t i = 0; i < NODES; i++)
		if (p->nodes->names[i][0] != '\0' && p->nodes->missing[i] >= MISSING)
			forget(p, i);
}

/* Others took us for dead, or Redis did not take all: what we said is gone. */
static void
on_listed(void *ctx, const struct redis_value *v)
{
	struct push *p = ctx;
	struct nodes_hub *h = p->nodes;
	uint64_t refusals = redis_sub_refusals(p->bus);
	int64_t now = clock_mono_ms();
	bool untold = refusals != h->refusals && now - h->said_all_ms >= SAY_ALL_MS;

	if (v == NULL || v->kind != REDIS_INT || (v->number != 1 && !untold))
		return;
	h->refusals = refusals;
	h->said_all_ms = now;
	presence_say_all(p);
}

void
nodes_refresh(struct push *p)
{
	char key[32], lease[24];

	if (p->nodes->stopped)
		return;
	snprintf(key, sizeof(key), PRESENCE_LEASE "%s", p->node);
	snprintf(lease, sizeof(lease), "%lld", (long long)p->config.presence_lease);
	ASK(p, STR("SET"), str_of(key), STR("1"), STR("EX"), str_of(lease));
	redis_sub_ask(p->bus, (const struct str[]){ STR("SADD"), STR(PRESENCE_NODES), str_of(p->node) }, 3, on_listed,
	    p);
	redis_sub_ask(p->bus, (const struct str[]){ STR("SMEMBERS"), STR(PRESENCE_NODES) }, 2, on_nodes, p);
}

void
nodes_say_sync(struct push *p)
{
	char text[NODE_NAME_MAX + 8];

	snprintf(text, sizeof(text), "%s sync\n", p->node);
	redis_sub_publish(p->bus, STR(PRESENCE_TOPIC), str_of(text));
}

/* Its people have so long to come back elsewhere before the others sweep it out. */
void
nodes_stop(struct push *p)
{
	char key[32], s[24];

	p->nodes->stopped = true;
	if (p->bus == NULL)
		return;
	snprintf(key, sizeof(key), PRESENCE_LEASE "%s", p->node);
	snprintf(s, sizeof(s), "%lld", (long long)p->config.presence_leave + 1);
	ASK(p, STR("EXPIRE"), str_of(key), str_of(s));
}

static void
take_line(struct push *p, struct str line)
{
	uint32_t node = number_of(p, str_cut(&line, ' '));
	struct str who = str_cut(&line, ' '), word = str_cut(&line, ' ');
	enum presence on;
	uint64_t s;
	int64_t id;

	if (node == SLAB_NONE)
		return;
	if (str_eq(who, STR("sync")))
		watch_read_node(p, node);
	else if (id_parse(who, &id) && presence_parse(word, &on) && line.p != NULL && str_to_u64(line, INT64_MAX, &s))
		watch_state(p, id, node, on, (int64_t)s);
}

void
nodes_message(struct push *p, struct str payload)
{
	while (payload.p != NULL && payload.len > 0)
		take_line(p, str_cut(&payload, '\n'));
}

static void
on_timer(void *ctx)
{
	struct push *p = ctx;

	if (p->bus != NULL)
		nodes_refresh(p);
	watch_sweep(p);
}

void
nodes_init(struct push *p)
{
	p->nodes = heap_alloc(sizeof(*p->nodes));
	p->nodes->timer.fire = on_timer;
	p->nodes->timer.ctx = p;
	loop_timer_every(&p->nodes->timer, p->config.presence_lease * 1000 / RENEWALS);
}

void
nodes_release(struct push *p)
{
	loop_timer_stop(&p->nodes->timer);
	heap_free(p->nodes);
}
