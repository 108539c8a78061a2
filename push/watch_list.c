/* Whom a connection asks to watch; see watch.h. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/id.h"
#include "push/core/order.h"
#include "push/ops.h"
#include "push/snapshot.h"
#include "push/watch_impl.h"

static size_t
sort_ids(int64_t *ids, size_t n)
{
	size_t kept = 0;

	qsort(ids, n, sizeof(*ids), order_by_i64);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || ids[kept - 1] != ids[i])
			ids[kept++] = ids[i];
	return kept;
}

bool
watch_ids(const struct json *list, int64_t ids[PRESENCE_WATCHED], size_t *n)
{
	if (json_type(list) != JSON_ARRAY || json_len(list) > PRESENCE_WATCHED)
		return false;
	for (size_t i = 0; i < json_len(list); i++) {
		struct str text;

		if (!json_str(json_at(list, i), &text) || !id_parse(text, &ids[i]))
			return false;
	}
	*n = sort_ids(ids, json_len(list));
	return true;
}

static void
keep_ids(struct conn *c, const int64_t *ids, size_t n)
{
	struct extra *x = conn_extra(c);

	if (x->watch == NULL)
		x->watch = heap_alloc(sizeof(*x->watch));
	x->watch->ids = heap_grow(x->watch->ids, n, sizeof(*ids));
	if (n > 0)
		memcpy(x->watch->ids, ids, n * sizeof(*ids));
	x->watch->n_ids = (uint32_t)sort_ids(x->watch->ids, n);
	x->watch->fresh = true;
}

/* Giving a list up and taking it up again is no way to ask more often. */
static void
watch_pause(struct push *p, struct conn *c)
{
	struct watch *w = watch_of(c);

	if (w == NULL || clock_mono_ms() >= w->next_ask_ms) {
		watch_end(p, c);
		conn_trim(c);
		return;
	}
	for (uint32_t i = 0; i < w->n_edges; i++)
		watch_edge_drop(p, w->edges[i]);
	w->n_ids = w->n_edges = 0;
	watch_ask_forget(p, w);
}

bool
watch_set(struct push *p, struct conn *c, const int64_t *ids, size_t n)
{
	if (c->format == FRAME_POLL || c->format == FRAME_TEXT)
		return true;
	if (n == 0) {
		watch_pause(p, c);
		return true;
	}
	if (p->watch->persons.live + n > WATCH_PERSONS || p->watch->edges.live + n > WATCH_EDGES)
		return false;
	keep_ids(c, ids, n);
	watch_ask(p, c);
	return true;
}

enum err
watch_op(struct push *p, struct conn *c, const struct op_frame *f)
{
	int64_t ids[PRESENCE_WATCHED];
	size_t n;

	if (!watch_ids(json_get(f->json, "user_ids"), ids, &n))
		return ERR_INVALID;
	return watch_set(p, c, ids, n) ? ERR_OK : ERR_OVERLOAD;
}

bool
watch_query(struct conn *c, struct str list)
{
	int64_t ids[PRESENCE_WATCHED];
	size_t n = 0;

	while (list.p != NULL)
		if (n == PRESENCE_WATCHED || !id_parse(str_trim(str_cut(&list, ',')), &ids[n++]))
			return false;
	keep_ids(c, ids, n);
	return true;
}

void
watch_save(
    const struct push *p, const struct conn *c, struct snap_edge *edges, struct snap_extra *out)
{
	const struct watch *w = watch_of(c);

	if (w == NULL)
		return;
	for (uint32_t i = 0; i < w->n_edges; i++) {
		const struct edge *e = edge_at(p, w->edges[i]);

		edges[i] = (struct snap_edge){ .person = person_at(p, e->person)->id,
			.told_seen = e->told_seen,
			.told = w->fresh ? UNTOLD : e->told,
			.shows = e->shows };
	}
	out->watched = (struct snap_list){ w->ids, w->n_ids };
	out->edges = (struct snap_list){ edges, w->n_edges };
}

/* Held until the answer: what was lost meanwhile is not known here. */
void
watch_restore(struct push *p, struct conn *c, const struct snap_extra *x)
{
	int64_t ids[PRESENCE_WATCHED];
	struct watch *w;

	if (x->watched.n == 0)
		return;
	memcpy(ids, x->watched.p, x->watched.n * sizeof(*ids));
	keep_ids(c, ids, x->watched.n);
	if (c->state != CONN_LIVE)
		return;
	w = c->extra->watch;
	w->fresh = false;
	w->edges = heap_grow(NULL, x->edges.n, sizeof(*w->edges));
	for (uint32_t i = 0; i < x->edges.n; i++) {
		struct snap_edge e;

		SNAP_AT(struct snap_edge, x->edges, i, &e);
		w->edges[i] = watch_edge_add(p, watch_person_get(p, e.person), c->id);
		edge_at(p, w->edges[i])->told = e.told;
		edge_at(p, w->edges[i])->told_seen = e.told_seen;
		edge_at(p, w->edges[i])->shows = e.shows;
		edge_at(p, w->edges[i])->held = true;
	}
	w->n_edges = x->edges.n;
	watch_ask(p, c);
}

void
watch_begin(struct push *p, struct conn *c)
{
	struct watch *w = watch_of(c);

	if (w == NULL)
		return;
	if (c->format == FRAME_POLL || c->format == FRAME_TEXT ||
	    p->watch->persons.live + w->n_ids > WATCH_PERSONS ||
	    p->watch->edges.live + w->n_ids > WATCH_EDGES)
		watch_end(p, c);
	else
		watch_ask(p, c);
}
