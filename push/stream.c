#include "push/stream.h"

#include <stdio.h>
#include <string.h>

#include "base/heap.h"
#include "push/conn.h"
#include "push/flow.h"

#define IDLE_S 30		/* a stream nobody reads is kept so long */
#define IDLE_FEW 32		/* room for so many is not given back */
/* A list of readers is gone through when more than one in so many is untrue; a short one always. */
#define STALE_PART 4
#define READERS_SHORT 8

/* A stream that nobody reads, since that second. */
struct idle {
	uint32_t stream;
	uint32_t since_s;
};

struct idle_streams {
	struct idle *v;
	uint32_t n, cap;
};

void
streams_init(struct push *p)
{
	p->idle = heap_alloc(sizeof(*p->idle));
	slab_init(&p->streams, sizeof(struct stream));
	idmap_init(&p->stream_ids, &p->streams);
}

static void
stream_to_bus(struct push *p, const struct stream *s)
{
	char topic[BUS_TOPIC_MAX];

	bus_topic(s->id, topic);
	if (p->bus != NULL)
		redis_sub_subscribe(p->bus, str_of(topic));
}

static void
stream_set_parent(struct push *p, struct stream *s, uint32_t parent)
{
	if (parent == SLAB_NONE || s->parent != SLAB_NONE)
		return;
	s->parent = parent;
	stream_at(p, parent)->refs++;
}

static void
stream_note_idle(struct push *p, uint32_t i)
{
	struct stream *s = stream_at(p, i);
	struct idle_streams *h = p->idle;

	if (stream_readers(s) > 0 || s->refs > 0 || s->is_idle)
		return;
	s->is_idle = true;
	if (h->n == h->cap) {
		h->cap = h->cap == 0 ? IDLE_FEW : h->cap * 2;
		h->v = heap_grow(h->v, h->cap, sizeof(*h->v));
	}
	h->v[h->n++] = (struct idle){ i, p->now_s };
}

uint32_t
stream_intern(struct push *p, int64_t id, enum feed_kind kind, uint32_t parent)
{
	uint32_t i = idmap_get(&p->stream_ids, id);
	struct stream *s;

	if (i == SLAB_NONE) {
		i = slab_take(&p->streams);
		s = stream_at(p, i);
		s->id = id;
		s->number = i;
		flow_init(s);
		s->kind = (uint8_t)kind;
		s->parent = SLAB_NONE;
		idmap_put(&p->stream_ids, id, i);
		stream_to_bus(p, s);
		stream_note_idle(p, i);
	}
	s = stream_at(p, i);
	stream_set_parent(p, s, parent);
	return i;
}

uint32_t
stream_find(const struct push *p, int64_t id)
{
	return idmap_get(&p->stream_ids, id);
}

void
stream_set_name(struct stream *s, struct str name)
{
	if (name.p == NULL || (s->name != NULL && str_eq(str_of(s->name), name)))
		return;
	heap_free(s->name);
	s->name = heap_alloc(name.len + 1);
	memcpy(s->name, name.p, name.len);
}

bool
stream_is_shared(const struct stream *s)
{
	return s->kind == FEED_SERVER || (s->kind == FEED_CHANNEL && s->parent == SLAB_NONE);
}

uint32_t
stream_readers(const struct stream *s)
{
	return s->readers.n - s->readers.stale;
}

void
stream_subscribe(struct push *p, uint32_t stream, uint32_t conn)
{
	readers_add(&stream_at(p, stream)->readers, conn);
}

/* A number that was given out again may stand in it twice: the second one is dropped. */
static void
stream_compact_readers(struct push *p, uint32_t stream)
{
	struct readers *r = &stream_at(p, stream)->readers, kept = { 0 };
	struct reader_at at;
	uint32_t i;

	for (at = readers_first(r); readers_next(&at, &i);) {
		struct conn *c = conn_at(p, i);

		if (c->marked || !conn_reads(c, stream))
			continue;
		c->marked = true;
		readers_add(&kept, i);
	}
	for (at = readers_first(&kept); readers_next(&at, &i);)
		conn_at(p, i)->marked = false;
	readers_release(r);
	*r = kept;
}

void
stream_unsubscribe(struct push *p, uint32_t stream)
{
	struct readers *r = &stream_at(p, stream)->readers;

	r->stale++;
	if (r->stale > r->n / STALE_PART || r->n <= READERS_SHORT)
		stream_compact_readers(p, stream);
	stream_note_idle(p, stream);
}

void
streams_to_bus(struct push *p)
{
	for (uint32_t i = SLAB_NONE; slab_next(&p->streams, &i);)
		stream_to_bus(p, stream_at(p, i));
}

static void
stream_forget(struct push *p, uint32_t i)
{
	struct stream *s = stream_at(p, i);
	char topic[BUS_TOPIC_MAX];

	bus_topic(s->id, topic);
	if (p->bus != NULL)
		redis_sub_unsubscribe(p->bus, str_of(topic));
	if (s->parent != SLAB_NONE) {
		stream_at(p, s->parent)->refs--;
		stream_note_idle(p, s->parent);
	}
	flow_free(p, s);
	readers_release(&s->readers);
	heap_free(s->name);
	idmap_remove(&p->stream_ids, s->id);
	slab_give(&p->streams, i);
}

/* In one of the work lists it is still named by its number. */
static bool
stream_is_busy(const struct stream *s)
{
	return s->is_stuck || s->is_blocked || s->wants_fetch || s->fetching || s->wants_head ||
	    s->has_barrier;
}

void
streams_tick(struct push *p)
{
	struct idle_streams *h = p->idle;
	uint32_t kept = 0, n = h->n;

	for (uint32_t k = 0; k < n; k++) {
		struct idle at = h->v[k];
		struct stream *s = stream_at(p, at.stream);

		if (stream_readers(s) > 0 || s->refs > 0)
			s->is_idle = false;
		else if (stream_is_busy(s) || p->now_s - at.since_s < IDLE_S)
			h->v[kept++] = at;
		else
			stream_forget(p, at.stream);
	}
	/* stream_forget() may have appended parents behind the old end. */
	while (n < h->n)
		h->v[kept++] = h->v[n++];
	h->n = kept;
	if (h->cap > IDLE_FEW && h->n < h->cap / 4) {
		h->cap = h->n < IDLE_FEW ? IDLE_FEW : h->n;
		h->v = heap_grow(h->v, h->cap, sizeof(*h->v));
	}
}

void
streams_release(struct push *p)
{
	for (uint32_t i = SLAB_NONE; slab_next(&p->streams, &i);) {
		struct stream *s = stream_at(p, i);

		flow_free(p, s);
		readers_release(&s->readers);
		heap_free(s->name);
	}
	heap_free(p->idle->v);
	heap_free(p->idle);
	idmap_release(&p->stream_ids);
	slab_release(&p->streams);
}

void
stream_label(const struct stream *s, char out[STREAM_NAME_MAX])
{
	snprintf(out, STREAM_NAME_MAX, "%s:%lld", feed_kind_name((enum feed_kind)s->kind),
	    (long long)s->id);
}

bool
stream_is_sane(const struct push *p, uint32_t stream)
{
	const struct stream *s = stream_at(p, stream);

	if (s->readers.stale > s->readers.n || idmap_get(&p->stream_ids, s->id) != stream)
		return false;
	return flow_is_sane(s);
}

bool
stream_access_is_known(const struct push *p, uint32_t stream)
{
	const struct stream *s = stream_at(p, stream);

	return !s->has_barrier &&
	    (s->parent == SLAB_NONE || !stream_at(p, s->parent)->has_barrier);
}
