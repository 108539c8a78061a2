#include "push/stream.h"

#include <stdio.h>
#include <string.h>

#include "base/heap.h"
#include "push/conn.h"
#include "push/resume.h"

void
streams_init(struct push *p)
{
	slab_init(&p->streams, sizeof(struct stream));
	idmap_init(&p->stream_ids, &p->streams);
}

static void
to_bus(struct push *p, const struct stream *s)
{
	char topic[BUS_TOPIC_MAX];

	bus_topic(s->id, topic);
	if (p->bus != NULL)
		redis_sub_subscribe(p->bus, str_of(topic));
}

static void
set_parent(struct push *p, struct stream *s, uint32_t parent)
{
	if (parent == SLAB_NONE || s->parent != SLAB_NONE)
		return;
	s->parent = parent;
	stream_at(p, parent)->refs++;
}

static void
note_idle(struct push *p, uint32_t i)
{
	struct stream *s = stream_at(p, i);

	if (stream_readers(s) > 0 || s->refs > 0 || s->is_idle)
		return;
	s->is_idle = true;
	s->idle_s = p->now_s;
	list_add(&p->idle, i);
}

uint32_t
stream_get(struct push *p, int64_t id, enum feed_kind kind, uint32_t parent)
{
	uint32_t i = idmap_get(&p->stream_ids, id);
	struct stream *s;

	if (i == SLAB_NONE) {
		i = slab_take(&p->streams);
		s = stream_at(p, i);
		s->id = id;
		s->head = -1;
		s->kind = (uint8_t)kind;
		s->parent = SLAB_NONE;
		s->cap_subs = STREAM_FEW;
		idmap_put(&p->stream_ids, id, i);
		to_bus(p, s);
		note_idle(p, i);
	}
	s = stream_at(p, i);
	set_parent(p, s, parent);
	return i;
}

uint32_t
stream_find(const struct push *p, int64_t id)
{
	return idmap_get(&p->stream_ids, id);
}

void
stream_name(struct stream *s, struct str name)
{
	if (name.p == NULL || (s->name != NULL && str_eq(str_of(s->name), name)))
		return;
	heap_free(s->name);
	s->name = heap_alloc(name.len + 1);
	memcpy(s->name, name.p, name.len);
}

uint32_t
stream_readers(const struct stream *s)
{
	return s->n_subs - s->stale;
}

const uint32_t *
stream_subs(const struct stream *s)
{
	return s->cap_subs == STREAM_FEW ? s->subs.few : s->subs.many;
}

static uint32_t *
subs_of(struct stream *s)
{
	return s->cap_subs == STREAM_FEW ? s->subs.few : s->subs.many;
}

static void
set_capacity(struct stream *s, uint32_t cap)
{
	uint32_t *from = subs_of(s), *to;

	if (cap == s->cap_subs)
		return;
	to = cap == STREAM_FEW ? NULL : heap_grow(s->cap_subs == STREAM_FEW ? NULL : from, cap, sizeof(*to));
	if (cap == STREAM_FEW) {
		uint32_t few[STREAM_FEW];

		memcpy(few, from, sizeof(few));
		heap_free(from);
		memcpy(s->subs.few, few, sizeof(few));
	} else {
		if (s->cap_subs == STREAM_FEW)
			memcpy(to, s->subs.few, sizeof(s->subs.few));
		s->subs.many = to;
	}
	s->cap_subs = cap;
}

void
stream_subscribe(struct push *p, uint32_t stream, uint32_t conn)
{
	struct stream *s = stream_at(p, stream);

	(void)p;
	if (s->n_subs == s->cap_subs)
		set_capacity(s, s->cap_subs < 8 ? 8 : s->cap_subs + s->cap_subs / 4);
	subs_of(s)[s->n_subs++] = conn;
}

/*
 * Leaving only counts; when a quarter of the list is untrue it is gone through once. A number that
 * was given out again may stand in it twice: the second one is dropped.
 */
static void
compact(struct push *p, uint32_t stream)
{
	struct stream *s = stream_at(p, stream);
	uint32_t *v = subs_of(s), n = 0;

	for (uint32_t i = 0; i < s->n_subs; i++) {
		struct conn *c = conn_at(p, v[i]);

		if (c->marked || !conn_reads(c, stream))
			continue;
		c->marked = true;
		v[n++] = v[i];
	}
	for (uint32_t i = 0; i < n; i++)
		conn_at(p, v[i])->marked = false;
	s->n_subs = n;
	s->stale = 0;
	if (n <= STREAM_FEW)
		set_capacity(s, STREAM_FEW);
	else if (n < s->cap_subs / 2)
		set_capacity(s, n < 8 ? 8 : n);
}

void
stream_unsubscribe(struct push *p, uint32_t stream, uint32_t conn)
{
	struct stream *s = stream_at(p, stream);

	(void)conn;
	s->stale++;
	if (s->stale * 4 > s->n_subs || s->n_subs <= 8)
		compact(p, stream);
	note_idle(p, stream);
}

enum stream_reach
stream_reach(const struct stream *s, int64_t sent, int64_t upto)
{
	const struct flow *w = s->flow;
	int64_t head = upto < s->head ? upto : s->head;

	if (sent >= head)
		return REACH_HEAD;
	if (w != NULL && w->ring.n > 0 && sent + 1 >= w->ring.first)
		return REACH_RING;
	return head - sent > RESUME_MAX || (w != NULL && sent < w->floor) ? REACH_LOST : REACH_FETCH;
}

struct flow *
stream_flow(struct stream *s)
{
	if (s->flow == NULL) {
		s->flow = heap_alloc(sizeof(*s->flow));
		s->flow->history = INT64_MAX;
	}
	return s->flow;
}

static void
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
stream_settle(struct push *p, uint32_t stream)
{
	struct stream *s = stream_at(p, stream);
	struct flow *w = s->flow;

	if (w == NULL || w->ring.n > 0 || w->n_hold > 0 || w->due_ms != 0 || w->history != INT64_MAX ||
	    w->seen > s->head || w->floor > 0 || s->fetching)
		return;
	flow_free(p, s);
}

void
streams_to_bus(struct push *p)
{
	for (uint32_t i = 0; i < p->streams.top; i++)
		if (stream_at(p, i)->id > 0 && stream_at(p, i)->cap_subs > 0)
			to_bus(p, stream_at(p, i));
}

static void
forget(struct push *p, uint32_t i)
{
	struct stream *s = stream_at(p, i);
	char topic[BUS_TOPIC_MAX];

	bus_topic(s->id, topic);
	if (p->bus != NULL)
		redis_sub_unsubscribe(p->bus, str_of(topic));
	if (s->parent != SLAB_NONE) {
		stream_at(p, s->parent)->refs--;
		note_idle(p, s->parent);
	}
	flow_free(p, s);
	if (s->cap_subs != STREAM_FEW)
		heap_free(s->subs.many);
	heap_free(s->name);
	idmap_remove(&p->stream_ids, s->id);
	slab_give(&p->streams, i);
}

/* In one of the work lists it is still named by its number. */
static bool
is_busy(const struct stream *s)
{
	return s->is_stuck || s->is_blocked || s->wants_fetch || s->fetching || s->wants_head ||
	    s->has_barrier;
}

void
streams_tick(struct push *p)
{
	uint32_t kept = 0, n = p->idle.n;

	for (uint32_t k = 0; k < n; k++) {
		uint32_t i = p->idle.v[k];
		struct stream *s = stream_at(p, i);

		if (stream_readers(s) > 0 || s->refs > 0) {
			s->is_idle = false;
		} else if (is_busy(s) || p->now_s - s->idle_s < IDLE_S) {
			p->idle.v[kept++] = i;
		} else {
			forget(p, i);
		}
	}
	/* forget() may have appended parents behind the old end. */
	while (n < p->idle.n)
		p->idle.v[kept++] = p->idle.v[n++];
	p->idle.n = kept;
}

void
streams_release(struct push *p)
{
	for (uint32_t i = 0; i < p->streams.top; i++) {
		struct stream *s = stream_at(p, i);

		if (s->cap_subs == 0)
			continue;
		flow_free(p, s);
		if (s->cap_subs != STREAM_FEW)
			heap_free(s->subs.many);
		heap_free(s->name);
	}
	list_release(&p->idle);
	idmap_release(&p->stream_ids);
	slab_release(&p->streams);
}

void
stream_label(const struct stream *s, char out[STREAM_NAME_MAX])
{
	snprintf(out, STREAM_NAME_MAX, "%s:%lld", feed_kind_name((enum feed_kind)s->kind), (long long)s->id);
}

bool
stream_is_sane(const struct push *p, uint32_t stream)
{
	const struct stream *s = stream_at(p, stream);
	const struct flow *w = s->flow;

	if (s->stale > s->n_subs || s->n_subs > s->cap_subs || idmap_get(&p->stream_ids, s->id) != stream)
		return false;
	if (w == NULL)
		return true;
	if (!ring_is_sane(&w->ring) || (w->ring.n > 0 && w->ring.first + w->ring.n - 1 != s->head))
		return false;
	for (uint32_t i = 0; i < w->n_hold; i++)
		if (w->hold[i]->rev <= s->head || (i > 0 && w->hold[i]->rev <= w->hold[i - 1]->rev))
			return false;
	return w->n_hold <= HOLD_MAX;
}
