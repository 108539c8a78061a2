#include "push/nodes.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metric.h"
#include "push/bury.h"
#include "push/presence.h"
#include "push/watch.h"

#define MISSING 2
#define RENEWALS 3	/* of a lease, in its life */
#define LEFT_S "86400"	/* whoever finds its name so long after its end is not alarmed */
#define SAY_ALL_MS 10000	/* at least between two tries to say what Redis refused */

struct nodes_hub {
	char names[NODES][NODE_NAME_MAX + 1];	/* "" for none */
	uint8_t missing[NODES];	/* answers in a row that did not name it */
	struct loop_timer timer;
	uint64_t refusals;	/* of the bus, when all was said last */
	int64_t said_all_ms;
	bool dead[NODES];	/* has no lease, and waits for being buried */
	bool stopped;
	bool warned;		/* that there are more than NODES */
	uint32_t looked;	/* names whose lease was asked for: where the next round begins */
};

static void
nodes_tell(struct push *p, const struct str *argv, size_t argc)
{
	redis_sub_ask(p->bus, argv, argc, NULL, NULL);
}

const char *
nodes_name(const struct push *p, uint32_t node)
{
	const struct nodes_hub *h = p->nodes;

	return node >= NODES || h->names[node][0] == '\0' || h->dead[node] ? NULL : h->names[node];
}

bool
nodes_is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9'))
			return false;
	return s.len > 0 && s.len <= NODE_NAME_MAX;
}

/* SLAB_NONE: no name, or too many nodes. A new one is asked whom of the watched it has. */
static uint32_t
node_number(struct push *p, struct str name)
{
	uint32_t i, free = SLAB_NONE;

	if (!nodes_is_name(name))
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
	p->nodes->dead[free] = false;
	watch_read_node(p, free);
	return free;
}

static void
node_forget(struct push *p, uint32_t node)
{
	p->nodes->names[node][0] = '\0';
	p->nodes->dead[node] = false;
	watch_node_gone(p, node);
}

/* A node that was taken for dead speaks: what it says in its hash counts again. */
void
nodes_lives(struct push *p, const char *name)
{
	for (uint32_t i = 0; i < NODES; i++) {
		if (!p->nodes->dead[i] || strcmp(p->nodes->names[i], name) != 0)
			continue;
		p->nodes->dead[i] = false;
		watch_read_node(p, i);
	}
}

bool
nodes_died(struct push *p, const char *name)
{
	for (uint32_t i = 0; i < NODES; i++) {
		if (strcmp(p->nodes->names[i], name) != 0)
			continue;
		if (p->nodes->dead[i])
			return false;
		p->nodes->dead[i] = true;
		watch_node_gone(p, i);
	}
	return true;
}

/* Nodes that found no number: their people are offline for everybody here. */
static void
tell_unseen(struct nodes_hub *h, size_t n)
{
	metric_set(METRIC_presence_nodes_unseen, (int64_t)n);
	if (n > 0 && !h->warned)
		log_warn("too many nodes", lf_int("seen", NODES), lf_int("unseen", (int64_t)n));
	h->warned = n > 0;
}

/* At most NODES a round, others in the next: whoever else writes into the set is no burden. */
static void
look_for_dead(struct push *p, const struct redis_value *v)
{
	size_t most = v->n < NODES ? v->n : NODES;

	for (size_t k = 0; k < most; k++) {
		struct str name = redis_value_text(redis_value_at(v, p->nodes->looked++ % v->n));

		if (nodes_is_name(name) && !str_eq(name, str_of(p->node)))
			bury_if_dead(p, name);
	}
}

static void
on_nodes(void *ctx, const struct redis_value *v)
{
	struct push *p = ctx;
	size_t unseen = 0;

	if (v == NULL || v->kind != REDIS_LIST)
		return;
	metric_add(METRIC_presence_sweeps, 1);
	for (uint32_t i = 0; i < NODES; i++)
		p->nodes->missing[i]++;
	for (size_t i = 0; i < v->n; i++) {
		struct str name = redis_value_text(redis_value_at(v, i));
		uint32_t node = node_number(p, name);

		if (node != SLAB_NONE)
			p->nodes->missing[node] = 0;
		else if (nodes_is_name(name))
			unseen++;
	}
	tell_unseen(p->nodes, unseen);
	look_for_dead(p, v);
	/* Those that another one has buried; a Redis that lost all is being told again. */
	for (uint32_t i = 0; i < NODES; i++)
		if (p->nodes->names[i][0] != '\0' && p->nodes->missing[i] >= MISSING)
			node_forget(p, i);
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

bool
nodes_refused(const struct push *p)
{
	return p->bus != NULL && redis_sub_refusals(p->bus) != p->nodes->refusals;
}

void
nodes_known(struct push *p, struct str name)
{
	node_number(p, name);
}

void
nodes_refresh(struct push *p)
{
	char key[32], lease[24];

	if (p->nodes->stopped || p->taking)
		return;
	snprintf(key, sizeof(key), PRESENCE_LEASE "%s", p->node);
	snprintf(lease, sizeof(lease), "%lld", (long long)p->config.presence_lease);
	nodes_tell(p, REDIS_WORDS(STR("SET"), str_of(key), STR("1"), STR("EX"), str_of(lease)));
	redis_sub_ask(p->bus,
	    (const struct str[]){ STR("SADD"), STR(PRESENCE_NODES), str_of(p->node) }, 3, on_listed,
	    p);
	redis_sub_ask(
	    p->bus, (const struct str[]){ STR("SMEMBERS"), STR(PRESENCE_NODES) }, 2, on_nodes, p);
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
	snprintf(key, sizeof(key), PRESENCE_LEFT "%s", p->node);
	nodes_tell(p, REDIS_WORDS(STR("SET"), str_of(key), STR("1"), STR("EX"), STR(LEFT_S)));
	snprintf(key, sizeof(key), PRESENCE_LEASE "%s", p->node);
	snprintf(s, sizeof(s), "%lld", (long long)p->config.presence_leave + 1);
	nodes_tell(p, REDIS_WORDS(STR("EXPIRE"), str_of(key), str_of(s)));
}

static void
take_line(struct push *p, struct str line)
{
	uint32_t node = node_number(p, str_cut(&line, ' '));
	struct str who = str_cut(&line, ' '), word = str_cut(&line, ' ');
	enum presence on;
	uint64_t s;
	int64_t id;

	if (node == SLAB_NONE)
		return;
	nodes_lives(p, p->nodes->names[node]);
	if (str_eq(who, STR("sync")))
		watch_read_node(p, node);
	else if (id_parse(who, &id) && presence_parse(word, &on) && line.p != NULL &&
	    str_to_u64(line, INT64_MAX, &s))
		watch_state(p, id, node, on, (int64_t)s);
}

void
nodes_message(struct push *p, struct str payload)
{
	while (payload.p != NULL && payload.len > 0)
		take_line(p, str_cut(&payload, '\n'));
}

static void
on_nodes_timer(void *ctx)
{
	struct push *p = ctx;

	if (p->bus != NULL)
		nodes_refresh(p);
	watch_sweep(p);
}

void
nodes_init(struct push *p)
{
	bury_init(p);
	p->nodes = heap_alloc(sizeof(*p->nodes));
	p->nodes->timer.fire = on_nodes_timer;
	p->nodes->timer.ctx = p;
	loop_timer_every(&p->nodes->timer, p->config.presence_lease * 1000 / RENEWALS);
}

void
nodes_release(struct push *p)
{
	loop_timer_stop(&p->nodes->timer);
	heap_free(p->nodes);
	bury_release(p);
}
