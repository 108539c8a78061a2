/* What a connection reads, and what is said about it beside its events; see conn.h. */
#include <string.h>

#include "base/heap.h"
#include "push/conn.h"
#include "push/core/order.h"
#include "push/core/pool.h"
#include "push/stream.h"

/* *place: of the stream's subscription, or where it would be. */
static bool
sub_find(const struct conn *c, uint32_t stream, uint32_t *place)
{
	return order_find_u32(c->subs, c->n_subs, sizeof(*c->subs), stream, place);
}

struct sub *
conn_sub(const struct conn *c, uint32_t stream)
{
	uint32_t k;

	return sub_find(c, stream, &k) ? &c->subs[k] : NULL;
}

bool
conn_reads(const struct conn *c, uint32_t stream)
{
	return conn_sub(c, stream) != NULL;
}

void
conn_set_subs(struct push *p, struct conn *c, struct sub *subs, uint16_t n)
{
	struct sub *old = c->subs;
	uint16_t n_old = c->n_subs;

	c->subs = subs;
	c->n_subs = n & CONN_SUBS_MAX;
	for (uint16_t i = 0; i < n; i++)
		stream_subscribe(p, subs[i].stream, c->id);
	for (uint16_t i = 0; i < n_old; i++)
		stream_unsubscribe(p, old[i].stream);
	pool_give(old, n_old * sizeof(*old));
}

bool
conn_add_sub(struct push *p, struct conn *c, uint32_t stream, int64_t sent)
{
	uint32_t n = c->n_subs, k;

	if (sub_find(c, stream, &k) || n >= CURSOR_STREAMS)
		return false;
	c->subs = pool_resize(c->subs, n * sizeof(*c->subs), (n + 1u) * sizeof(*c->subs));
	memmove(c->subs + k + 1, c->subs + k, (n - k) * sizeof(*c->subs));
	c->subs[k] = (struct sub){ stream, (uint32_t)sent };
	c->n_subs++;
	stream_subscribe(p, stream, c->id);
	return true;
}

void
conn_drop_sub(struct push *p, struct conn *c, uint32_t stream)
{
	struct sub *s = conn_sub(c, stream);
	size_t was = c->n_subs * sizeof(*s), i;

	if (s == NULL)
		return;
	i = (size_t)(s - c->subs);
	c->n_subs--;
	memmove(s, s + 1, (c->n_subs - i) * sizeof(*s));
	c->subs = pool_resize(c->subs, was, was - sizeof(*s));
	conn_set_past(c, stream, 0);
	stream_unsubscribe(p, stream);
}

bool
conn_has_news(const struct push *p, const struct conn *c)
{
	uint16_t k = 0;

	while (k < c->n_subs && sub_is_at_head(p, &c->subs[k]))
		k++;
	return k < c->n_subs || conn_has_words(p, c);
}

/* ---- what is said about a stream beside its events */

/* *place: of what is to be told of that stream, or where it would be. */
static bool
special_find(const struct extra *x, uint32_t stream, uint32_t *place)
{
	return order_find_u32(x->specials, x->n_specials, sizeof(*x->specials), stream, place);
}

struct special *
conn_special(const struct conn *c, uint32_t stream)
{
	const struct extra *x = c->extra;
	uint32_t k;

	if (x == NULL || x->n_specials == 0)
		return NULL;
	return special_find(x, stream, &k) ? &x->specials[k] : NULL;
}

void
conn_put_special(struct conn *c, const struct special *sp)
{
	struct extra *x = conn_extra(c);
	uint32_t k;

	if (!special_find(x, sp->stream, &k)) {
		x->specials = heap_grow(x->specials, x->n_specials + 1, sizeof(*sp));
		memmove(x->specials + k + 1, x->specials + k, (x->n_specials - k) * sizeof(*sp));
		x->n_specials++;
	}
	x->specials[k] = *sp;
}

void
conn_drop_special(struct conn *c, uint32_t stream)
{
	struct special *sp = conn_special(c, stream);
	struct extra *x = c->extra;

	if (sp == NULL)
		return;
	x->n_specials--;
	memmove(sp, sp + 1, (size_t)(x->specials + x->n_specials - sp) * sizeof(*sp));
	if (x->n_specials == 0) {
		heap_free(x->specials);
		x->specials = NULL;
		if (c->state == CONN_LIVE)
			conn_trim(c);
	}
}

/* ---- what lies before it */

int64_t
conn_past(const struct conn *c, uint32_t stream)
{
	const struct extra *x = c->extra;
	uint32_t k;

	if (!conn_has_pasts(c) ||
	    !order_find_u32(x->pasts, x->n_pasts, sizeof(*x->pasts), stream, &k))
		return 0;
	return x->pasts[k].seq;
}

static void
past_drop(struct conn *c, uint32_t k)
{
	struct extra *x = c->extra;

	memmove(x->pasts + k, x->pasts + k + 1, (--x->n_pasts - k) * sizeof(*x->pasts));
	if (x->n_pasts > 0)
		return;
	heap_free(x->pasts);
	x->pasts = NULL;
	if (c->state == CONN_LIVE)
		conn_trim(c);
}

void
conn_set_past(struct conn *c, uint32_t stream, int64_t seq)
{
	struct extra *x;
	bool there;
	uint32_t k;

	if (seq == 0 && !conn_has_pasts(c))
		return;
	x = conn_extra(c);
	there = order_find_u32(x->pasts, x->n_pasts, sizeof(*x->pasts), stream, &k);
	if (seq == 0) {
		if (there)
			past_drop(c, k);
		return;
	}
	if (!there) {
		x->pasts = heap_grow(x->pasts, x->n_pasts + 1, sizeof(*x->pasts));
		memmove(x->pasts + k + 1, x->pasts + k, (x->n_pasts++ - k) * sizeof(*x->pasts));
	}
	x->pasts[k] = (struct past){ stream, seq };
}

bool
conn_passes(const struct conn *c, const struct stream *s, const struct frame *f)
{
	const struct filter *filter = c->extra == NULL ? NULL : c->extra->filter;

	if (f->len == 0 || (f->kind == EVENT_RECEIPT && c->no_receipts))
		return false;
	return filter == NULL ||
	    (filter_has_stream(filter, s->id) && filter_has_type(filter, frame_type(f)));
}

static bool
are_specials_sane(const struct conn *c)
{
	const struct extra *x = c->extra;

	for (uint32_t i = 0; x != NULL && i < x->n_specials; i++)
		if (!conn_reads(c, x->specials[i].stream) ||
		    (i > 0 && x->specials[i].stream <= x->specials[i - 1].stream))
			return false;
	for (uint32_t i = 0; x != NULL && i < x->n_pasts; i++)
		if (!conn_reads(c, x->pasts[i].stream) ||
		    (i > 0 && x->pasts[i].stream <= x->pasts[i - 1].stream))
			return false;
	return true;
}

bool
conn_is_sane(const struct push *p, const struct conn *c)
{
	for (uint16_t i = 0; i < c->n_subs; i++) {
		if (i > 0 && c->subs[i].stream <= c->subs[i - 1].stream)
			return false;
		if (stream_at(p, c->subs[i].stream)->kind == 0)
			return false;
	}
	if (c->state == CONN_LIVE && !are_specials_sane(c))
		return false;
	return c->state <= CONN_DEAD && (c->state < CONN_DRAINING || c->n_subs == 0);
}
