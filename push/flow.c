#include "push/flow.h"

#include <assert.h>
#include <string.h>

#include "base/heap.h"

static struct flow *
flow_of(struct stream *s)
{
	if (s->flow == NULL) {
		s->flow = heap_alloc(sizeof(*s->flow));
		s->flow->history = INT64_MAX;
	}
	return s->flow;
}

enum flow_reach
flow_reach(const struct stream *s, int64_t sent, int64_t upto)
{
	const struct flow *w = s->flow;
	int64_t head = upto < s->head ? upto : s->head;

	if (sent >= head)
		return REACH_HEAD;
	if (w != NULL && w->ring.n > 0 && sent + 1 >= w->ring.first)
		return REACH_RING;
	return head - sent > RESUME_MAX || (w != NULL && sent < w->floor) ? REACH_LOST
									  : REACH_FETCH;
}

/* ---- events, in order */

void
flow_init(struct stream *s)
{
	s->head = -1;
}

struct frame *
flow_frame(const struct stream *s, const struct feed_event *ev)
{
	struct bus_event e = ev->e;

	if (ev->broken) {
		e.body = STR_NULL;
		e.type = STR("broken");
	}
	return frame_new(&e, s->number);
}

void
flow_advance(struct push *p, struct stream *s, struct frame *f)
{
	s->head = f->rev;
	ring_append(&p->rings, &flow_of(s)->ring, f, p->now_s);
}

void
flow_begin(struct stream *s, int64_t head)
{
	s->head = head;
}

void
flow_jump(struct push *p, struct stream *s, int64_t rev)
{
	ring_cut(&p->rings, &flow_of(s)->ring, INT64_MAX);
	s->head = rev;
	s->flow->floor = rev;
}

void
flow_forget(struct push *p, struct stream *s)
{
	struct flow *w = s->flow;

	s->head = -1;
	if (w == NULL)
		return;
	ring_cut(&p->rings, &w->ring, INT64_MAX);
	while (w->n_hold > 0)
		frame_drop(flow_unhold(s));
	w->seen = w->stored = w->floor = w->due_ms = 0;
	w->history = INT64_MAX;
}

void
flow_restore(struct stream *s, int64_t head, int64_t floor)
{
	s->head = head;
	if (floor > 0)
		flow_of(s)->floor = floor;
}

void
flow_restore_event(struct push *p, struct stream *s, struct frame *f)
{
	ring_append(&p->rings, &flow_of(s)->ring, f, p->now_s);
}

void
flow_widen(struct push *p, struct stream *s)
{
	ring_widen(&flow_of(s)->ring, p->now_s);
}

void
flow_set_text(struct push *p, struct stream *s, struct frame *f, struct str line)
{
	ring_set_text(&p->rings, s->flow == NULL ? NULL : &s->flow->ring, f, line);
}

void
flow_cut(struct push *p, struct stream *s, int64_t rev)
{
	if (s->flow != NULL)
		ring_cut(&p->rings, &s->flow->ring, rev);
}

/* ---- events that wait for earlier ones */

void
flow_hold(struct stream *s, struct frame *f)
{
	struct flow *w = flow_of(s);
	uint32_t k = w->n_hold;

	while (k > 0 && w->hold[k - 1]->rev > f->rev)
		k--;
	if (k > 0 && w->hold[k - 1]->rev == f->rev) {
		/* What the bus has brought too is trustworthy at once. */
		w->hold[k - 1]->swept = w->hold[k - 1]->swept && f->swept;
		frame_drop(f);
		return;
	}
	if (k == HOLD_MAX) {
		frame_drop(f);
		return;
	}
	if (w->n_hold == HOLD_MAX)
		frame_drop(w->hold[--w->n_hold]);
	if (w->n_hold == w->cap_hold) {
		w->cap_hold = w->cap_hold == 0 ? 4 : w->cap_hold * 2;
		w->hold = heap_grow(w->hold, w->cap_hold, sizeof(*w->hold));
	}
	memmove(w->hold + k + 1, w->hold + k, (w->n_hold - k) * sizeof(*w->hold));
	w->hold[k] = f;
	w->n_hold++;
}

struct frame *
flow_unhold(struct stream *s)
{
	struct flow *w = s->flow;
	struct frame *f;

	assert(w != NULL && w->n_hold > 0);
	f = w->hold[0];
	w->n_hold--;
	memmove(w->hold, w->hold + 1, w->n_hold * sizeof(*w->hold));
	if (w->n_hold == 0) {
		heap_free(w->hold);
		w->hold = NULL;
		w->cap_hold = 0;
	}
	return f;
}

struct frame *
flow_first_held(struct stream *s)
{
	if (s->flow == NULL)
		return NULL;
	while (s->flow->n_hold > 0 && s->flow->hold[0]->rev <= s->head)
		frame_drop(flow_unhold(s));
	return s->flow->n_hold == 0 ? NULL : s->flow->hold[0];
}

void
flow_trust(struct stream *s)
{
	assert(s->flow != NULL);
	for (uint32_t k = 0; k < s->flow->n_hold; k++)
		s->flow->hold[k]->swept = false;
}

/* ---- what is missing */

void
flow_saw(struct stream *s, int64_t rev, int64_t due_ms)
{
	struct flow *w;

	if (rev <= s->head)
		return;
	w = flow_of(s);
	if (rev > w->seen)
		w->seen = rev;
	if (w->due_ms == 0)
		w->due_ms = due_ms;
}

bool
flow_is_missing(const struct stream *s)
{
	return s->flow != NULL && s->head >= 0 && s->flow->seen > s->head;
}

int64_t
flow_due_ms(const struct stream *s)
{
	return s->flow == NULL ? 0 : s->flow->due_ms;
}

void
flow_wait_until(struct stream *s, int64_t due_ms)
{
	assert(s->flow != NULL);
	s->flow->due_ms = due_ms;
}

bool
flow_note_all(struct stream *s)
{
	if (s->flow == NULL || s->flow->seen > s->head)
		return s->flow == NULL;
	s->flow->due_ms = 0;
	return true;
}

void
flow_was_told(struct stream *s, int64_t rev)
{
	if (!s->fetching)
		flow_of(s)->stored = rev;
}

int64_t
flow_stored(const struct stream *s)
{
	return s->flow == NULL ? 0 : s->flow->stored;
}

void
flow_unsee(struct stream *s)
{
	assert(s->flow != NULL);
	s->flow->seen = s->head;
	s->flow->due_ms = 0;
}

/* ---- fetching */

void
flow_want_history(struct stream *s, int64_t rev)
{
	struct flow *w = flow_of(s);

	if (rev < w->history)
		w->history = rev;
}

bool
flow_wants_history(const struct stream *s)
{
	return s->flow != NULL && s->flow->history != INT64_MAX;
}

int64_t
flow_wanted(const struct stream *s)
{
	const struct flow *w = s->flow;

	if (w == NULL || s->head < 0)
		return -1;
	if (flow_is_missing(s))
		return s->head;
	return flow_wants_history(s) ? w->history : -1;
}

void
flow_fetch_begins(struct stream *s)
{
	s->fetching = true;
}

static bool
is_outdated(const struct flow *w, int64_t subject)
{
	if (w->n_edited > EDITED_MAX)
		return true;
	for (uint32_t k = 0; k < w->n_edited; k++)
		if (w->edited[k] == subject)
			return true;
	return false;
}

/* Newest first. What changed during the fetch may have come with the text of before: it is fetched
 * again when a reader still wants it. */
static void
put_before(struct push *p, const struct stream *s, const struct feed_event *rows, size_t n)
{
	struct ring *r = &s->flow->ring;

	while (n > 0) {
		const struct feed_event *ev = &rows[--n];
		int64_t before = r->n == 0 ? s->head : r->first - 1;

		if (ev->e.rev > before)
			continue;
		if (ev->e.rev < before || is_outdated(s->flow, ev->e.subject))
			break;
		ring_prepend(&p->rings, r, flow_frame(s, ev), p->now_s);
	}
}

void
flow_fill(struct push *p, struct stream *s, int64_t after, const struct feed_event *rows, size_t n)
{
	struct flow *w = flow_of(s);
	int64_t floor = n > 0 ? rows[0].e.rev - 1 : w->ring.n > 0 ? w->ring.first - 1 : s->head;

	if (floor > after && floor > w->floor)
		w->floor = floor;
	put_before(p, s, rows, n);
	if (w->history >= after)
		w->history = INT64_MAX;
}

void
flow_fetch_ends(struct stream *s)
{
	s->fetching = false;
	if (s->flow == NULL)
		return;
	heap_free(s->flow->edited);
	s->flow->edited = NULL;
	s->flow->n_edited = 0;
}

void
flow_drop_text(struct push *p, struct stream *s, int64_t subject)
{
	struct flow *w = flow_of(s);
	const struct frame *old = subject == SUBJECT_ANY ? NULL : ring_newest_of(&w->ring, subject);

	if (subject == SUBJECT_ANY)
		ring_cut(&p->rings, &w->ring, INT64_MAX);
	if (subject == SUBJECT_ANY && s->fetching)
		w->n_edited = EDITED_MAX + 1;
	if (old != NULL)
		ring_cut(&p->rings, &w->ring, old->rev);
	if (!s->fetching || w->n_edited > EDITED_MAX)
		return;
	if (w->edited == NULL)
		w->edited = heap_alloc(EDITED_MAX * sizeof(*w->edited));
	if (w->n_edited < EDITED_MAX)
		w->edited[w->n_edited] = subject;
	w->n_edited++;
}

/* ---- the end */

void
flow_free(struct push *p, struct stream *s)
{
	struct flow *w = s->flow;

	if (w == NULL)
		return;
	ring_release(&p->rings, &w->ring);
	for (uint32_t i = 0; i < w->n_hold; i++)
		frame_drop(w->hold[i]);
	heap_free(w->hold);
	heap_free(w->edited);
	heap_free(w);
	s->flow = NULL;
}

void
flow_settle(struct push *p, struct stream *s)
{
	const struct flow *w = s->flow;

	if (w != NULL && w->ring.n == 0 && w->n_hold == 0 && w->due_ms == 0 &&
	    w->history == INT64_MAX && w->seen <= s->head && w->floor == 0 && !s->fetching)
		flow_free(p, s);
}

static bool
is_held_in_order(const struct stream *s)
{
	const struct flow *w = s->flow;

	for (uint32_t i = 0; i < w->n_hold; i++)
		if (w->hold[i]->rev <= s->head || (i > 0 && w->hold[i]->rev <= w->hold[i - 1]->rev))
			return false;
	return w->n_hold <= HOLD_MAX;
}

bool
flow_is_sane(const struct stream *s)
{
	const struct flow *w = s->flow;
	const struct ring *r;

	if (w == NULL)
		return true;
	r = &w->ring;
	if (!ring_is_sane(r) || (r->n > 0 && r->first + r->n - 1 != s->head))
		return false;
	if (s->head < 0)
		return is_held_in_order(s);
	return w->floor <= (r->n > 0 ? r->first - 1 : s->head) &&
	    (w->due_ms != 0) == (w->seen > s->head) && is_held_in_order(s);
}
