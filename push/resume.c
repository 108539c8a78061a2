#include "push/resume.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/id.h"
#include "base/metric.h"
#include "push/apply.h"
#include "push/core/order.h"
#include "push/deliver.h"
#include "push/flow.h"
#include "push/stream.h"

#define TURN_MS 1

struct resume {
	struct list fetch, heads;	/* streams whose events, or heads, are to be asked for */
	int fetches;			/* in flight */
	struct loop_timer timer;
	int64_t newest;			/* event id */
	int64_t seen[SWEEP_WINDOW_S];	/* what that was in the last seconds, newest first */
	uint32_t recent[SWEEP_WINDOW_S];	/* events a second */
	bool sweeping;
	uint32_t heads_checked_s;
};

struct fetch {
	struct push *push;
	size_t n;
	struct feed_want wants[FETCH_STREAMS];
};

static void
fetch_soon(struct push *p)
{
	if (!loop_timer_is_active(&p->resume->timer))
		loop_timer_once(&p->resume->timer, TURN_MS);
}

void
resume_want(struct push *p, uint32_t i)
{
	struct stream *s = stream_at(p, i);

	if (s->wants_fetch)
		return;
	s->wants_fetch = true;
	list_add(&p->resume->fetch, i);
	fetch_soon(p);
}

void
resume_history(struct push *p, uint32_t i, int64_t rev)
{
	flow_want_history(stream_at(p, i), rev);
	resume_want(p, i);
}

void
resume_want_head(struct push *p, uint32_t i)
{
	struct stream *s = stream_at(p, i);

	if (s->wants_head)
		return;
	s->wants_head = true;
	list_add(&p->resume->heads, i);
	fetch_soon(p);
}

void
resume_head(struct push *p, uint32_t i, int64_t rev)
{
	struct stream *s = stream_at(p, i);

	if (s->head >= 0)
		return;
	flow_begin(s, rev);
	/* What was said about access before that nobody has seen here: pictures may lack it. */
	s->access_rev = rev;
	apply_unblock(p, i);
}

/* Many events of one answer: readers are written to before a ring drops what they have not got. */
static void
between(struct push *p, size_t k)
{
	if (k % (RING_FRAMES / 2) == RING_FRAMES / 2 - 1)
		deliver_flush_now(p);
}

/* What came for one stream that was asked for events above its head. */
static void
take_gap(struct push *p, uint32_t i, const struct feed_event *rows, size_t n)
{
	struct stream *s = stream_at(p, i);

	if (n > 0 && rows[0].e.rev > s->head + 1) {
		apply_jump(p, i, rows[0].e.rev - 1);
	} else if (n == 0 && flow_stored(s) > s->head) {
		apply_jump(p, i, flow_stored(s));
	} else if (n == 0 && flow_is_missing(s)) {
		/* The bus spoke of what the database does not have; its heads decide. */
		flow_unsee(s);
		resume_want_head(p, i);
	}
}

/* What came for one stream that was asked for events above `after`. */
static void
take_rows(struct push *p, uint32_t i, int64_t after, const struct feed_event *rows, size_t n)
{
	struct stream *s = stream_at(p, i);
	bool is_gap = after >= s->head;

	/* Forgotten meanwhile: another history. */
	if (s->head < 0) {
		flow_fetch_ends(s);
		return;
	}
	if (!is_gap)
		flow_fill(p, s, after, rows, n);
	flow_fetch_ends(s);
	if (is_gap)
		take_gap(p, i, rows, n);
	/* One answer may bring more than a ring holds, before any reader was written to. */
	if (n > 0)
		flow_widen(p, s);
	for (size_t k = 0; k < n; k++) {
		if (rows[k].e.rev > s->head)
			apply_event(p, i, &rows[k], FROM_FETCH);
		between(p, k);
	}
	deliver_mark_stream(p, i);
	if (flow_wanted(s) >= 0 && !s->has_barrier && !s->is_blocked &&
	    (n > 0 || flow_wants_history(s)))
		resume_want(p, i);
	flow_settle(p, s);
}

/* Wants and rows are both ascending by stream. */
static void
on_fetched(void *ctx, enum err e, const struct feed_event *events, size_t n)
{
	struct fetch *f = ctx;
	struct push *p = f->push;
	size_t from, at = 0;

	p->resume->fetches--;
	if (e != ERR_OK)
		loop_timer_once(&p->resume->timer, FEED_PAUSE_MS);
	for (size_t k = 0; k < f->n; k++) {
		uint32_t i = stream_find(p, f->wants[k].stream);

		while (at < n && events[at].stream < f->wants[k].stream)
			at++;
		for (from = at; at < n && events[at].stream == f->wants[k].stream;)
			at++;
		if (i == SLAB_NONE)
			continue;
		if (e == ERR_OK) {
			take_rows(p, i, f->wants[k].rev, n > 0 ? events + from : NULL, at - from);
		} else {
			flow_fetch_ends(stream_at(p, i));
			resume_want(p, i);
		}
	}
	heap_free(f);
	if (p->resume->fetch.n > 0)
		fetch_soon(p);
}

static void
ask_events(struct push *p)
{
	struct fetch *f = heap_alloc(sizeof(*f));
	struct list *l = &p->resume->fetch;
	uint32_t taken = 0, kept = 0;
	bool history = false;

	f->push = p;
	for (; taken < l->n && f->n < FETCH_STREAMS; taken++) {
		uint32_t i = l->v[taken];
		struct stream *s = stream_at(p, i);
		int64_t rev = flow_wanted(s);

		if (s->fetching) {
			l->v[kept++] = i;
			continue;
		}
		s->wants_fetch = false;
		if (rev < 0)
			continue;
		history = history || rev < s->head;
		flow_fetch_begins(s);
		f->wants[f->n++] = (struct feed_want){ s->id, rev };
	}
	memmove(l->v + kept, l->v + taken, (l->n - taken) * sizeof(*l->v));
	l->n -= taken - kept;
	if (f->n == 0) {
		heap_free(f);
		return;
	}
	qsort(f->wants, f->n, sizeof(f->wants[0]), order_by_i64);
	p->resume->fetches++;
	metric_add(METRIC_push_gap_fetches, 1);
	if (feed_events(p->feed, f->wants, f->n, history ? RESUME_MAX + HOLD_MAX : RESUME_MAX,
	    on_fetched, f) != ERR_OK)
		on_fetched(f, ERR_UNAVAILABLE, NULL, 0);
}

static void
take_head(struct push *p, const struct feed_want *head)
{
	uint32_t i = stream_find(p, head->stream);
	struct stream *s;

	if (i == SLAB_NONE)
		return;
	s = stream_at(p, i);
	if (s->head < 0) {
		resume_head(p, i, head->rev);
	} else if (head->rev > s->head) {
		apply_missing(p, i, head->rev, HEAD_GRACE_MS);
		flow_was_told(s, head->rev);
	}
}

static void
on_heads(void *ctx, enum err e, const struct feed_want *heads, size_t n)
{
	struct push *p = ctx;

	p->resume->fetches--;
	for (size_t k = 0; k < n; k++)
		take_head(p, &heads[k]);
	if (e != ERR_OK)
		p->resume->heads_checked_s = 0;
	if (p->resume->fetch.n > 0 || p->resume->heads.n > 0)
		fetch_soon(p);
}

static void
ask_heads(struct push *p)
{
	int64_t *ids = heap_alloc(HEADS_STREAMS * sizeof(*ids));
	struct list *l = &p->resume->heads;
	uint32_t n = l->n < HEADS_STREAMS ? l->n : HEADS_STREAMS;

	for (uint32_t k = 0; k < n; k++) {
		struct stream *s = stream_at(p, l->v[l->n - 1 - k]);

		s->wants_head = false;
		ids[k] = s->id;
	}
	l->n -= n;
	p->resume->fetches++;
	if (feed_heads(p->feed, ids, n, on_heads, p) != ERR_OK)
		on_heads(p, ERR_UNAVAILABLE, NULL, 0);
	heap_free(ids);
}

static void
on_fetch_timer(void *ctx)
{
	struct push *p = ctx;
	struct resume *r = p->resume;

	/* While the database is away the wishes stay; resume_again() takes them up. */
	while (feed_is_up(p->feed) && r->fetches < FETCH_IN_FLIGHT && r->fetch.n + r->heads.n > 0) {
		uint32_t before = r->fetch.n;

		if (r->heads.n > 0) {
			ask_heads(p);
		} else {
			ask_events(p);
			if (r->fetch.n == before)
				break;
		}
	}
}

/* All heads anew: the bus or the database was away. */
static void
want_all_heads(struct push *p)
{
	p->resume->heads_checked_s = p->now_s;
	for (uint32_t i = SLAB_NONE; slab_next(&p->streams, &i);)
		resume_want_head(p, i);
}

void
resume_again(struct push *p)
{
	want_all_heads(p);
	fetch_soon(p);
}

/* ---- the tail sweep */

static void
on_tail(void *ctx, enum err e, const struct feed_event *events, size_t n)
{
	struct push *p = ctx;

	p->resume->sweeping = false;
	if (e != ERR_OK)
		return;
	for (size_t k = 0; k < n; k++) {
		uint32_t i = stream_find(p, events[k].stream);

		if (events[k].e.event_id > p->resume->newest)
			p->resume->newest = events[k].e.event_id;
		if (i != SLAB_NONE && events[k].e.rev > stream_at(p, i)->head) {
			if (n > RING_FRAMES)
				flow_widen(p, stream_at(p, i));
			apply_event(p, i, &events[k], FROM_SWEEP);
		}
		between(p, k);
	}
	/* More than fits: only the heads can tell about the rest. */
	if (n == SWEEP_MOST)
		want_all_heads(p);
}

static void
sweep(struct push *p)
{
	struct resume *r = p->resume;
	uint32_t busy = 0;

	if (r->sweeping || p->taking || !feed_is_up(p->feed))
		return;
	for (size_t k = 0; k < SWEEP_WINDOW_S; k++)
		busy += r->recent[k];
	if (p->now_s - r->heads_checked_s >= HEADS_ALL_S ||
	    (busy > SWEEP_BUSY && p->streams.live < busy)) {
		want_all_heads(p);
		return;
	}
	r->sweeping =
	    feed_tail(p->feed, r->seen[SWEEP_WINDOW_S - 1], SWEEP_MOST, on_tail, p) == ERR_OK;
}

void
resume_saw(struct push *p, int64_t event_id)
{
	struct resume *r = p->resume;

	if (event_id > r->newest)
		r->newest = event_id;
	r->recent[0]++;
}

int64_t
resume_newest(const struct push *p)
{
	return p->resume->newest;
}

void
resume_save(const struct push *p, int64_t *newest, int64_t seen[SWEEP_WINDOW_S])
{
	*newest = p->resume->newest;
	memcpy(seen, p->resume->seen, sizeof(p->resume->seen));
}

void
resume_restore(struct push *p, int64_t newest, const int64_t seen[SWEEP_WINDOW_S])
{
	p->resume->newest = newest;
	memcpy(p->resume->seen, seen, sizeof(p->resume->seen));
}

void
resume_trim(struct push *p)
{
	struct frame *f;

	while ((f = ring_store_excess(&p->rings, p->now_s)) != NULL) {
		struct stream *s = stream_at(p, f->stream);

		flow_cut(p, s, f->rev);
		flow_settle(p, s);
	}
}

void
resume_tick(struct push *p)
{
	struct resume *r = p->resume;

	sweep(p);
	memmove(r->seen + 1, r->seen, sizeof(r->seen) - sizeof(r->seen[0]));
	r->seen[0] = r->newest;
	memmove(r->recent + 1, r->recent, sizeof(r->recent) - sizeof(r->recent[0]));
	r->recent[0] = 0;
	resume_trim(p);
}

void
resume_init(struct push *p)
{
	struct resume *r = heap_alloc(sizeof(*r));

	p->resume = r;
	r->timer.fire = on_fetch_timer;
	r->timer.ctx = p;
	r->newest = id_of_wall_ms(clock_wall_ms() - CLOCKS_DIFFER_MS);
	for (size_t k = 0; k < SWEEP_WINDOW_S; k++)
		r->seen[k] = r->newest;
	push_trims(p, &r->fetch);
	push_trims(p, &r->heads);
	p->rings.max = (size_t)p->config.push_ring_bytes;
}

void
resume_release(struct push *p)
{
	struct resume *r = p->resume;

	loop_timer_stop(&r->timer);
	list_release(&r->fetch);
	list_release(&r->heads);
	heap_free(r);
}
