/*
 * watch_impl - what the files of watch share.
 */
#ifndef MOOT_PUSH_WATCH_IMPL_H
#define MOOT_PUSH_WATCH_IMPL_H

#include "push/nodes.h"
#include "push/watch.h"

#define UNTOLD PRESENCE__MAX

static_assert(NODES <= 64, "a node is a bit of an uint64_t");

struct person {
	int64_t id;			/* first, for idmap */
	uint64_t on[PRESENCE__MAX];	/* nodes that say so; [PRESENCE_OFFLINE] unused */
	uint64_t newer;			/* nodes that said something while Redis was being asked */
	int64_t seen_s;			/* 0: not known or hidden */
	uint32_t first;			/* edge */
	uint32_t asks;			/* answers of Redis to come */
	uint8_t status;			/* chosen by hand, until a node says something newer */
};

struct edge {
	uint32_t person;
	uint32_t conn;
	uint32_t next, prev;		/* of the same person */
	uint32_t told_seen;
	uint8_t told;			/* enum presence, or UNTOLD */
	bool due;
	bool held;			/* whether they still share something is being asked */
	bool shows;			/* last_seen_at */
	bool apart;			/* offline, whatever the person says */
	bool by_channel;		/* may end with a channel of a server */
};

struct watch {
	int64_t *ids;			/* as asked for; ascending */
	uint32_t n_ids;			/* 0: it has taken its list back, a moment ago */
	uint32_t *edges;		/* ascending by the id of the person */
	uint32_t n_edges;
	int64_t next_ms;		/* the earliest next flush */
	int64_t next_ask_ms;		/* the earliest next question */
	uint64_t seq;			/* of the newest question about it; others do not count */
	bool to_flush;			/* stands in hub.flush */
	bool to_ask;			/* stands in hub.asks */
	bool asked;
	bool by_channel;		/* some edge is so, and not held */
	bool fresh;			/* a new list: all of it is told */
};

struct watch_hub {
	struct slab persons, edges;
	struct idmap person_ids;
	struct list flush;		/* connections with something due */
	struct list asks;		/* connections to be asked about */
	struct list unread;		/* persons whose nodes have not been asked */
	uint64_t unread_nodes;		/* to be asked about all persons, when Redis takes more */
	uint32_t questions;		/* in flight */
	uint64_t seq;			/* numbers what was asked about a connection */
	struct loop_timer flush_timer, ask_timer, read_timer, busy_timer;
	int64_t ask_ms;			/* when ask_timer fires */
};

static inline struct person *
person_at(const struct push *p, uint32_t i)
{
	return slab_at(&p->watch->persons, i);
}

static inline struct edge *
edge_at(const struct push *p, uint32_t i)
{
	return slab_at(&p->watch->edges, i);
}

static inline struct watch *
watch_of(const struct conn *c)
{
	return c->extra == NULL ? NULL : c->extra->watch;
}

/* watch.c */
void watch_due(struct push *p, uint32_t conn);
void watch_person_changed(struct push *p, struct person *x);
/* Made when missing; then it is in hub.unread. */
uint32_t watch_person_get(struct push *p, int64_t id);
uint32_t watch_edge_add(struct push *p, uint32_t person, uint32_t conn);
void watch_edge_drop(struct push *p, uint32_t edge);

/* watch_ask.c */
void watch_ask(struct push *p, struct conn *c);
/* What is in flight about it counts no longer. */
void watch_ask_forget(struct push *p, struct watch *w);
void watch_ask_init(struct push *p);

/* watch_read.c */
/* Asks the nodes about hub.unread; what Redis does not take now waits for busy_timer. */
void watch_read_new(struct push *p);
void watch_read_init(struct push *p);

#endif
