/* What a connection reads, and what is said about it beside its events; see conn.h. */
#include <string.h>

#include "base/heap.h"
#include "push/account.h"
#include "push/core/pool.h"
#include "push/stream.h"

struct sub *
conn_sub(const struct conn *c, uint32_t stream)
{
	size_t lo = 0, hi = c->n_subs;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (c->subs[mid].stream == stream)
			return &c->subs[mid];
		if (c->subs[mid].stream < stream)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
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

void
conn_add_sub(struct push *p, struct conn *c, uint32_t stream, int64_t sent)
{
	uint16_t i;

	if (conn_reads(c, stream) || c->n_subs >= CURSOR_STREAMS)
		return;
	c->subs =
	    pool_resize(c->subs, c->n_subs * sizeof(*c->subs), (c->n_subs + 1u) * sizeof(*c->subs));
	for (i = c->n_subs; i > 0 && c->subs[i - 1].stream > stream; i--)
		c->subs[i] = c->subs[i - 1];
	c->subs[i] = (struct sub){ stream, (uint32_t)sent };
	c->n_subs++;
	stream_subscribe(p, stream, c->id);
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

struct special *
conn_special(const struct conn *c, uint32_t stream)
{
	if (c->extra == NULL)
		return NULL;
	for (uint32_t i = 0; i < c->extra->n_specials; i++)
		if (c->extra->specials[i].stream == stream)
			return &c->extra->specials[i];
	return NULL;
}

void
conn_put_special(struct conn *c, const struct special *sp)
{
	struct special *old = conn_special(c, sp->stream);
	struct extra *x = conn_extra(c);

	if (old != NULL) {
		*old = *sp;
		return;
	}
	x->specials = heap_grow(x->specials, x->n_specials + 1, sizeof(*sp));
	x->specials[x->n_specials++] = *sp;
}

void
conn_drop_special(struct conn *c, uint32_t stream)
{
	struct special *sp = conn_special(c, stream);

	if (sp == NULL)
		return;
	c->extra->n_specials--;
	*sp = c->extra->specials[c->extra->n_specials];
	if (c->extra->n_specials == 0) {
		heap_free(c->extra->specials);
		c->extra->specials = NULL;
	}
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
