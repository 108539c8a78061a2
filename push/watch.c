#include "push/watch.h"

#include "base/clock.h"
#include "base/metric.h"
#include "base/heap.h"
#include "push/watch_impl.h"
#include "wire/ws_frame.h"

#define READ_SOON_MS 2000
#define FRAME_MAX 512
#define STREAMS_TOLD 990	/* who follows about as many as one can is not told of all losses */

static enum presence
person_shown(const struct person *x)
{
	int on = PRESENCE_INVISIBLE;

	while (on > PRESENCE_OFFLINE && x->on[on] == 0)
		on--;
	return presence_shown((enum presence)on, (enum presence)x->status);
}

uint32_t
watch_person_get(struct push *p, int64_t id)
{
	struct watch_hub *h = p->watch;
	uint32_t i = idmap_get(&h->person_ids, id);
	struct person *x;

	if (i != SLAB_NONE)
		return i;
	i = slab_take(&h->persons);
	x = person_at(p, i);
	x->id = id;
	x->first = SLAB_NONE;
	x->asks = 1;		/* until watch_read_new() */
	idmap_put(&h->person_ids, id, i);
	list_add(&h->unread, i);
	return i;
}

uint32_t
watch_edge_add(struct push *p, uint32_t person, uint32_t conn)
{
	struct person *x = person_at(p, person);
	uint32_t i = slab_take(&p->watch->edges);

	*edge_at(p, i) = (struct edge){ .person = person, .conn = conn, .next = x->first,
		.prev = SLAB_NONE, .told = UNTOLD };
	if (x->first != SLAB_NONE)
		edge_at(p, x->first)->prev = i;
	x->first = i;
	return i;
}

/* A person with answers to come is kept for them: its number must not be somebody else's. */
static void
forget_unwatched(struct push *p, uint32_t i)
{
	struct person *x = person_at(p, i);

	if (x->first != SLAB_NONE || x->asks > 0)
		return;
	idmap_remove(&p->watch->person_ids, x->id);
	slab_give(&p->watch->persons, i);
}

void
watch_edge_drop(struct push *p, uint32_t i)
{
	struct edge *e = edge_at(p, i);
	uint32_t person = e->person;

	if (e->prev != SLAB_NONE)
		edge_at(p, e->prev)->next = e->next;
	else
		person_at(p, person)->first = e->next;
	if (e->next != SLAB_NONE)
		edge_at(p, e->next)->prev = e->prev;
	slab_give(&p->watch->edges, i);
	forget_unwatched(p, person);
}

void
watch_due(struct push *p, uint32_t conn)
{
	struct watch *w = watch_of(conn_at(p, conn));

	if (w == NULL || w->to_flush)
		return;
	w->to_flush = true;
	list_add(&p->watch->flush, conn);
	if (!loop_timer_is_active(&p->watch->flush_timer))
		loop_timer_once(&p->watch->flush_timer, 0);
}

void
watch_person_changed(struct push *p, struct person *x)
{
	if (x->first == SLAB_NONE) {
		forget_unwatched(p, idmap_get(&p->watch->person_ids, x->id));
		return;
	}
	for (uint32_t i = x->first; i != SLAB_NONE; i = edge_at(p, i)->next) {
		edge_at(p, i)->due = true;
		watch_due(p, edge_at(p, i)->conn);
	}
}

void
watch_state(struct push *p, int64_t account, uint32_t node, enum presence on, int64_t s)
{
	uint32_t i = idmap_get(&p->watch->person_ids, account);
	struct person *x;

	if (i == SLAB_NONE)
		return;
	x = person_at(p, i);
	for (int k = 0; k < PRESENCE__MAX; k++)
		x->on[k] &= ~((uint64_t)1 << node);
	if (on != PRESENCE_OFFLINE)
		x->on[on] |= (uint64_t)1 << node;
	if (x->asks > 0)
		x->newer |= (uint64_t)1 << node;
	/* A node reports the state after the choice, so what was chosen counts no longer. */
	x->status = PRESENCE_ONLINE;
	if (on == PRESENCE_OFFLINE || on == PRESENCE_INVISIBLE)
		x->seen_s = s;
	watch_person_changed(p, x);
}

void
watch_node_gone(struct push *p, uint32_t node)
{
	uint64_t bit = (uint64_t)1 << node;

	for (uint32_t i = SLAB_NONE; slab_next(&p->watch->persons, &i);) {
		struct person *x = person_at(p, i);
		bool was = false;

		for (int k = 0; k < PRESENCE__MAX; k++) {
			was = was || (x->on[k] & bit) != 0;
			x->on[k] &= ~bit;
		}
		if (was)
			watch_person_changed(p, x);
	}
}

/* ---- telling */

static void
add_frame(struct buf *out, const struct conn *c, const struct person *x, enum presence status,
    int64_t seen_s)
{
	char at[25];
	struct buf b;

	clock_rfc3339(clock_wall_ms(), at);
	buf_init(&b, FRAME_MAX);
	buf_printf(&b,
	    "{\"type\":\"presence.updated\",\"stream\":\"user:%lld\",\"at\":\"%s\","
	    "\"data\":{\"user_id\":\"%lld\",",
	    (long long)x->id, at, (long long)x->id);
	presence_render(&b, status, seen_s);
	buf_add_cstr(&b, "}}");
	if (frame_is_sse((enum frame_format)c->format))
		buf_add_cstr(out, FRAME_SSE_PREFIX);
	if (c->format == FRAME_WS) {
		uint8_t head[WS_HEADER_MAX];

		buf_add(out, head, ws_header(head, WS_TEXT, b.len));
	}
	if (!buf_ok(&b))
		buf_fail(out);
	buf_add_str(out, buf_str(&b));
	buf_add_cstr(out, frame_is_sse((enum frame_format)c->format) ? FRAME_SSE_SUFFIX
	    : c->format == FRAME_NDJSON ? "\n" : "");
	buf_release(&b);
	metric_add(METRIC_presence_frames, 1);
}

/* An edge that is due tells what is true now, unless that was told last. */
static void
watch_tell(struct push *p, const struct conn *c, struct edge *e, struct buf *out)
{
	const struct person *x = person_at(p, e->person);
	enum presence status = e->apart ? PRESENCE_OFFLINE : person_shown(x);
	int64_t seen_s = e->shows && status == PRESENCE_OFFLINE ? x->seen_s : 0;
	uint32_t step = (uint32_t)(seen_s / PRESENCE_SEEN_STEP);

	e->due = false;
	if (e->told == status && e->told_seen == step)
		return;
	e->told = (uint8_t)status;
	e->told_seen = step;
	add_frame(out, c, x, status, seen_s);
}

static bool
is_waiting(const struct push *p, const struct watch *w)
{
	for (uint32_t i = 0; i < w->n_edges; i++) {
		const struct edge *e = edge_at(p, w->edges[i]);

		if (e->due && person_at(p, e->person)->asks > 0)
			return true;
	}
	return false;
}

/* False: not now. */
static bool
watch_flush(struct push *p, struct conn *c, struct watch *w, int64_t now)
{
	bool wanted = filter_has_type(c->extra->filter, STR("presence.updated"));
	size_t began;
	struct buf out;

	if (now < w->next_ms || c->blocked || c->extra->part != NULL || is_waiting(p, w))
		return false;
	buf_init(&out, PRESENCE_WATCHED * (FRAME_MAX + WS_HEADER_MAX));
	began = frame_begin(&out, (enum frame_format)c->format);
	for (uint32_t i = 0; i < w->n_edges; i++) {
		struct edge *e = edge_at(p, w->edges[i]);

		if (e->due && !e->held)
			watch_tell(p, c, e, &out);
	}
	w->to_flush = false;
	if (wanted && (out.len > began || !buf_ok(&out))) {
		frame_end(&out, (enum frame_format)c->format, began);
		w->next_ms = now + WATCH_FLUSH_MS;
		conn_say_buf(p, c, &out);
	}
	buf_release(&out);
	return true;
}

static void
on_watch_flush_timer(void *ctx)
{
	struct push *p = ctx;
	struct list was = p->watch->flush;
	int64_t now = clock_mono_ms();

	p->watch->flush = (struct list){ 0 };
	for (uint32_t k = 0; k < was.n; k++) {
		struct conn *c = conn_at(p, was.v[k]);
		struct watch *w = watch_of(c);

		if (w == NULL || !w->to_flush || c->state != CONN_LIVE)
			continue;
		if (!watch_flush(p, c, w, now))
			list_add(&p->watch->flush, was.v[k]);
	}
	list_release(&was);
	if (p->watch->flush.n > 0)
		loop_timer_once(&p->watch->flush_timer, WATCH_TICK_MS);
}

void
watch_end(struct push *p, struct conn *c)
{
	struct watch *w = watch_of(c);

	if (w == NULL)
		return;
	c->extra->watch = NULL;
	for (uint32_t i = 0; i < w->n_edges; i++)
		watch_edge_drop(p, w->edges[i]);
	heap_free(w->ids);
	heap_free(w->edges);
	heap_free(w);
}

/* ---- losses */

void
watch_conn_lost(struct push *p, struct conn *c)
{
	struct watch *w = watch_of(c);

	if (w == NULL)
		return;
	for (uint32_t i = 0; i < w->n_edges; i++)
		edge_at(p, w->edges[i])->held = true;
	watch_ask(p, c);
}

/* What is being asked may be answered with what was before. */
void
watch_channel_lost(struct push *p, struct conn *c)
{
	struct watch *w = watch_of(c);

	if (w == NULL || !(w->by_channel || w->asked))
		return;
	for (uint32_t i = 0; i < w->n_edges; i++)
		if (edge_at(p, w->edges[i])->by_channel)
			edge_at(p, w->edges[i])->held = true;
	w->by_channel = false;
	watch_ask(p, c);
}

void
watch_conn_gained(struct push *p, struct conn *c)
{
	if (watch_of(c) != NULL)
		watch_ask(p, c);
}

void
watch_person_lost(struct push *p, int64_t account)
{
	uint32_t i = idmap_get(&p->watch->person_ids, account);

	if (i == SLAB_NONE)
		return;
	for (i = person_at(p, i)->first; i != SLAB_NONE; i = edge_at(p, i)->next) {
		edge_at(p, i)->held = true;
		watch_ask(p, conn_at(p, edge_at(p, i)->conn));
	}
}

void
watch_posted(struct push *p, uint32_t stream)
{
	const struct stream *s = stream_at(p, stream);
	struct reader_at at = readers_first(&s->readers);
	uint32_t i;

	if (s->kind != FEED_CHANNEL || s->parent != SLAB_NONE)
		return;
	while (readers_next(&at, &i)) {
		struct conn *c = conn_at(p, i);
		const struct watch *w = c->state == CONN_LIVE ? watch_of(c) : NULL;

		if (w != NULL && w->n_edges < w->n_ids)
			watch_ask(p, c);
	}
}

void
watch_sweep(struct push *p)
{
	metric_set(METRIC_presence_watched, p->watch->persons.live);
	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);) {
		struct conn *c = conn_at(p, i);

		if (c->state != CONN_LIVE || watch_of(c) == NULL)
			continue;
		/* No channel is 0: a filter that leaves it out leaves out conversations too. */
		if (!filter_has_stream(c->extra->filter, 0) || c->n_subs >= STREAMS_TOLD)
			watch_ask(p, c);
	}
}

static void
on_read_timer(void *ctx)
{
	for (uint32_t node = 0; node < NODES; node++)
		if (nodes_name(ctx, node) != NULL)
			watch_read_node(ctx, node);
}

void
watch_bus_back(struct push *p)
{
	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);)
		if (conn_at(p, i)->state == CONN_LIVE)
			watch_conn_lost(p, conn_at(p, i));
	if (p->watch->persons.live > 0)
		loop_timer_once(&p->watch->read_timer, READ_SOON_MS);
}

void
watch_init(struct push *p)
{
	struct watch_hub *h = heap_alloc(sizeof(*h));

	p->watch = h;
	slab_init(&h->persons, sizeof(struct person));
	slab_init(&h->edges, sizeof(struct edge));
	idmap_init(&h->person_ids, &h->persons);
	h->flush_timer.fire = on_watch_flush_timer;
	h->read_timer.fire = on_read_timer;
	h->flush_timer.ctx = h->read_timer.ctx = p;
	watch_ask_init(p);
	watch_read_init(p);
}

void
watch_release(struct push *p)
{
	struct watch_hub *h = p->watch;

	loop_timer_stop(&h->flush_timer);
	loop_timer_stop(&h->ask_timer);
	loop_timer_stop(&h->read_timer);
	loop_timer_stop(&h->busy_timer);
	list_release(&h->flush);
	list_release(&h->asks);
	list_release(&h->unread);
	idmap_release(&h->person_ids);
	slab_release(&h->edges);
	slab_release(&h->persons);
	heap_free(h);
}
