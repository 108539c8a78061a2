/* Who may be watched: many connections in one question to the database; see watch.h. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/heap.h"
#include "push/watch_impl.h"

#define QUESTIONS 1		/* in flight: pictures go through the same few connections */

struct people_query {
	struct push *push;
	struct { uint32_t conn; uint64_t seq; } *conns;
	uint32_t n_conns;
	uint32_t n_pairs;
	int64_t accounts[FEED_PEOPLE];
	int64_t ids[FEED_PEOPLE];
};

static void
watch_ask_soon(struct push *p, int64_t ms)
{
	struct watch_hub *h = p->watch;
	int64_t at = clock_mono_ms() + ms;

	if (h->asks.n == 0 || h->questions >= QUESTIONS ||
	    (loop_timer_is_active(&h->ask_timer) && h->ask_ms <= at))
		return;
	h->ask_ms = at;
	loop_timer_once(&h->ask_timer, ms);
}

void
watch_ask_forget(struct push *p, struct watch *w)
{
	w->seq = ++p->watch->seq;
	w->asked = false;
}

void
watch_ask(struct push *p, struct conn *c)
{
	struct watch *w = watch_of(c);

	if (w == NULL || w->to_ask)
		return;
	w->to_ask = true;
	list_add(&p->watch->asks, c->id);
	watch_ask_soon(p, WATCH_ASK_MS);
}

static int
by_pair(const void *a, const void *b)
{
	const struct feed_person *x = a, *y = b;

	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* NULL: the answer does not name them. */
static const struct feed_person *
person_row(const struct feed_person *rows, size_t n, int64_t account, int64_t id)
{
	const struct feed_person pair = { .account = account, .id = id };

	return n == 0 ? NULL : bsearch(&pair, rows, n, sizeof(*rows), by_pair);
}

/* The edge to a person that the answer allows, the old one when there is one. */
static uint32_t
join(struct push *p, struct conn *c, struct watch *w, uint32_t old, const struct feed_person *row)
{
	uint32_t person = watch_person_get(p, row->id), i = old;
	struct person *x = person_at(p, person);
	struct edge *e;

	if (i == SLAB_NONE)
		i = watch_edge_add(p, person, c->id);
	e = edge_at(p, i);
	e->held = false;
	e->shows = row->shows;
	e->apart = row->apart;
	e->by_channel = row->by_channel;
	w->by_channel = w->by_channel || e->by_channel;
	if (old == SLAB_NONE || x->newer == 0)
		x->status = (uint8_t)row->status;
	if (row->seen_s > x->seen_s)
		x->seen_s = row->seen_s;
	if (w->fresh)
		e->told = UNTOLD;
	e->due = true;
	return i;
}

/* Both lists ascend by id, so the old edges are gone through once. */
static void
rebuild(struct push *p, struct conn *c, struct watch *w, const struct feed_person *rows, size_t n)
{
	uint32_t *edges = heap_grow(NULL, w->n_ids, sizeof(*edges)), kept = 0, old = 0;
	int64_t account = account_at(p, c->account)->id;

	w->by_channel = false;
	for (uint32_t i = 0; i < w->n_ids; i++) {
		const struct feed_person *row = person_row(rows, n, account, w->ids[i]);
		uint32_t edge = SLAB_NONE;

		while (old < w->n_edges &&
		    person_at(p, edge_at(p, w->edges[old])->person)->id < w->ids[i])
			watch_edge_drop(p, w->edges[old++]);
		if (old < w->n_edges &&
		    person_at(p, edge_at(p, w->edges[old])->person)->id == w->ids[i])
			edge = w->edges[old++];
		if (row != NULL)
			edges[kept++] = join(p, c, w, edge, row);
		else if (edge != SLAB_NONE)
			watch_edge_drop(p, edge);
	}
	while (old < w->n_edges)
		watch_edge_drop(p, w->edges[old++]);
	heap_free(w->edges);
	w->edges = edges;
	w->n_edges = kept;
	w->fresh = false;
	watch_due(p, c->id);
}

static void
on_watch_people(void *ctx, enum err e, const struct feed_person *rows, size_t n)
{
	struct people_query *q = ctx;
	struct push *p = q->push;

	p->watch->questions--;
	for (uint32_t i = 0; i < q->n_conns; i++) {
		struct conn *c = conn_at(p, q->conns[i].conn);
		struct watch *w = watch_of(c);

		/* Gone, or it watches others by now and has put a question of its own. */
		if (c->state != CONN_LIVE || w == NULL || w->seq != q->conns[i].seq)
			continue;
		w->asked = false;
		/* Something changed since it was asked: the next answer counts. */
		if (e == ERR_OK && !w->to_ask)
			rebuild(p, c, w, rows, n);
		else
			watch_ask(p, c);
	}
	if (e == ERR_OK)
		watch_read_new(p);
	heap_free(q->conns);
	heap_free(q);
	watch_ask_soon(p, 0);
}

/* False: no room for all of it in this question. */
static bool
people_query_add(struct people_query *q, const struct conn *c, struct watch *w)
{
	if (q->n_pairs + w->n_ids > FEED_PEOPLE)
		return false;
	for (uint32_t i = 0; i < w->n_ids; i++) {
		q->accounts[q->n_pairs] = account_at(q->push, c->account)->id;
		q->ids[q->n_pairs++] = w->ids[i];
	}
	q->conns = heap_grow(q->conns, q->n_conns + 1, sizeof(*q->conns));
	q->conns[q->n_conns].conn = c->id;
	q->conns[q->n_conns++].seq = w->seq = ++q->push->watch->seq;
	w->next_ask_ms = clock_mono_ms() + WATCH_ONCE_MS;
	w->to_ask = false;
	w->asked = true;
	return true;
}

/* Puts together who can be asked about now; ms until others can. */
static int64_t
people_query_fill(struct people_query *q)
{
	struct push *p = q->push;
	struct watch_hub *h = p->watch;
	struct list was = h->asks;
	int64_t now = clock_mono_ms(), ms = WATCH_ONCE_MS;

	h->asks = (struct list){ 0 };
	for (uint32_t k = 0; k < was.n; k++) {
		const struct conn *c = conn_at(p, was.v[k]);
		struct watch *w = watch_of(c);

		if (w == NULL || !w->to_ask || c->state != CONN_LIVE)
			continue;
		if (w->n_ids == 0) {
			w->to_ask = false;
			continue;
		}
		/* One at a time, so that an old answer never comes behind a new one. */
		if (!w->asked && now >= w->next_ask_ms && people_query_add(q, c, w))
			continue;
		list_add(&h->asks, was.v[k]);
		if (w->next_ask_ms - now < ms)
			ms = w->next_ask_ms - now;
	}
	list_release(&was);
	return ms < WATCH_ASK_MS ? WATCH_ASK_MS : ms;
}

static void
on_ask_timer(void *ctx)
{
	struct push *p = ctx;
	struct watch_hub *h = p->watch;
	struct people_query *q = heap_alloc(sizeof(*q));
	int64_t ms;

	q->push = p;
	ms = people_query_fill(q);
	h->questions += q->n_conns > 0;
	if (q->n_conns > 0 &&
	    feed_people(p->feed, q->accounts, q->ids, q->n_pairs, on_watch_people, q) == ERR_OK) {
		watch_ask_soon(p, ms);
		return;
	}
	if (q->n_conns > 0) {
		on_watch_people(q, ERR_UNAVAILABLE, NULL, 0);
		return;
	}
	heap_free(q);
	watch_ask_soon(p, ms);
}

void
watch_ask_init(struct push *p)
{
	p->watch->ask_timer.fire = on_ask_timer;
	p->watch->ask_timer.ctx = p;
}
