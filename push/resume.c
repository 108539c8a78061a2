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
#define PAUSE_MS 500	/* after a failure */

struct fetch {
	struct push *push;
	size_t n;
	struct feed_want wants[FETCH_STREAMS];
};

static void
fetch_soon(struct push *p)
{
	if (!loop_timer_is_active(&p->fetch_timer))
		loop_timer_once(&p->fetch_timer, TURN_MS);
}

void
resume_want(struct push *p, uint32_t i)
{
	struct stream *s = stream_at(p, i);

	if (s->wants_fetch)
		return;
	s->wants_fetch = true;
	list_add(&p->fetch, i);
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
	list_add(&p->heads, i);
	fetch_soon(p);
}

void
resume_head(struct push *p, uint32_t i, int64_t rev)
{
	struct stream *s = stream_at(p, i);

	if (s->head >= 0)
		return;
	flow_begin(s, rev);
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

	p->fetches--;
	if (e != ERR_OK)
		loop_timer_once(&p->fetch_timer, PAUSE_MS);
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
	if (p->fetch.n > 0)
		fetch_soon(p);
}

static void
ask_events(struct push *p)
{
	struct fetch *f = heap_alloc(sizeof(*f));
	uint32_t taken = 0, kept = 0;
	bool history = false;

	f->push = p;
	for (; taken < p->fetch.n && f->n < FETCH_STREAMS; taken++) {
		uint32_t i = p->fetch.v[taken];
		struct stream *s = stream_at(p, i);
		int64_t rev = flow_wanted(s);

		if (s->fetching) {
			p->fetch.v[kept++] = i;
			continue;
		}
		s->wants_fetch = false;
		if (rev < 0)
			continue;
		history = history || rev < s->head;
		flow_fetch_begins(s);
		f->wants[f->n++] = (struct feed_want){ s->id, rev };
	}
	memmove(p->fetch.v + kept, p->fetch.v + taken, (p->fetch.n - taken) * sizeof(*p->fetch.v));
	p->fetch.n -= taken - kept;
	if (f->n == 0) {
		heap_free(f);
		return;
	}
	qsort(f->wants, f->n, sizeof(f->wants[0]), order_by_i64);
	p->fetches++;
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
	if (s->head < 0)
		resume_head(p, i, head->rev);
	else if (head->rev > s->head)
		apply_missing(p, i, head->rev, HEAD_GRACE_MS);
}

static void
on_heads(void *ctx, enum err e, const struct feed_want *heads, size_t n)
{
	struct push *p = ctx;

	p->fetches--;
	for (size_t k = 0; k < n; k++)
		take_head(p, &heads[k]);
	if (e != ERR_OK)
		p->heads_checked_s = 0;
	if (p->fetch.n > 0 || p->heads.n > 0)
		fetch_soon(p);
}

static void
ask_heads(struct push *p)
{
	int64_t *ids = heap_alloc(HEADS_STREAMS * sizeof(*ids));
	uint32_t n = p->heads.n < HEADS_STREAMS ? p->heads.n : HEADS_STREAMS;

	for (uint32_t k = 0; k < n; k++) {
		struct stream *s = stream_at(p, p->heads.v[p->heads.n - 1 - k]);

		s->wants_head = false;
		ids[k] = s->id;
	}
	p->heads.n -= n;
	p->fetches++;
	if (feed_heads(p->feed, ids, n, on_heads, p) != ERR_OK)
		on_heads(p, ERR_UNAVAILABLE, NULL, 0);
	heap_free(ids);
}

static void
on_fetch_timer(void *ctx)
{
	struct push *p = ctx;

	/* While the database is away the wishes stay; resume_again() takes them up. */
	while (feed_is_up(p->feed) && p->fetches < FETCH_IN_FLIGHT && p->fetch.n + p->heads.n > 0) {
		uint32_t before = p->fetch.n;

		if (p->heads.n > 0) {
			ask_heads(p);
		} else {
			ask_events(p);
			if (p->fetch.n == before)
				break;
		}
	}
}

/* All heads anew: the bus or the database was away. */
static void
want_all_heads(struct push *p)
{
	p->heads_checked_s = p->now_s;
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

	p->sweeping = false;
	if (e != ERR_OK)
		return;
	for (size_t k = 0; k < n; k++) {
		uint32_t i = stream_find(p, events[k].stream);

		if (events[k].e.event_id > p->max_event)
			p->max_event = events[k].e.event_id;
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
	uint32_t busy = 0;

	if (p->sweeping || p->taking || !feed_is_up(p->feed))
		return;
	for (size_t k = 0; k < SWEEP_WINDOW_S; k++)
		busy += p->recent[k];
	if (p->now_s - p->heads_checked_s >= HEADS_ALL_S ||
	    (busy > SWEEP_BUSY && p->streams.live < busy)) {
		want_all_heads(p);
		return;
	}
	p->sweeping =
	    feed_tail(p->feed, p->seen_ids[SWEEP_WINDOW_S - 1], SWEEP_MOST, on_tail, p) == ERR_OK;
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
	sweep(p);
	memmove(p->seen_ids + 1, p->seen_ids, sizeof(p->seen_ids) - sizeof(p->seen_ids[0]));
	p->seen_ids[0] = p->max_event;
	memmove(p->recent + 1, p->recent, sizeof(p->recent) - sizeof(p->recent[0]));
	p->recent[0] = 0;
	resume_trim(p);
}

void
resume_init(struct push *p)
{
	p->fetch_timer.fire = on_fetch_timer;
	p->fetch_timer.ctx = p;
	p->rings.max = (size_t)p->config.push_ring_bytes;
	p->max_event = id_of_wall_ms(clock_wall_ms() - CLOCKS_DIFFER_MS);
	for (size_t k = 0; k < SWEEP_WINDOW_S; k++)
		p->seen_ids[k] = p->max_event;
}

void
resume_release(struct push *p)
{
	loop_timer_stop(&p->fetch_timer);
	list_release(&p->fetch);
	list_release(&p->heads);
}
