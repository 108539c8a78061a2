/* What few connections need, or only in the beginning; see conn.h. */
#include "base/heap.h"
#include "push/conn.h"
#include "push/core/pool.h"

struct extra *
conn_extra(struct conn *c)
{
	if (c->extra == NULL)
		c->extra = pool_take(sizeof(*c->extra));
	return c->extra;
}

void
conn_trim(struct conn *c)
{
	const struct extra *x = c->extra;

	if (x == NULL || x->is_token || x->filter != NULL || x->n_specials > 0 || x->n_pasts > 0 ||
	    x->reader != NULL || x->watch != NULL || x->frames > 0 || x->wait_s > 0 ||
	    x->part != NULL)
		return;
	conn_drop_extra(c);
}

/* ---- the rest of what was written in part */

struct part *
part_new(size_t len)
{
	struct part *part = heap_try(sizeof(*part));

	if (part == NULL)
		return NULL;
	*part = (struct part){ .bytes = heap_try(len), .len = (uint32_t)len };
	if (part->bytes == NULL) {
		heap_free(part);
		return NULL;
	}
	return part;
}

struct part *
part_of_frame(struct frame *f, uint32_t off, uint32_t len)
{
	struct part *part = heap_try(sizeof(*part));

	if (part == NULL)
		return NULL;
	f->refs++;
	*part = (struct part){ .frame = f, .off = off, .len = len };
	return part;
}

static void
part_free(struct part *part)
{
	if (part == NULL)
		return;
	frame_drop(part->frame);
	heap_free(part->bytes);
	heap_free(part);
}

void
conn_set_part(struct conn *c, struct part *part)
{
	if (c->extra == NULL && part == NULL)
		return;
	part_free(conn_part(c));
	conn_extra(c)->part = part;
	if (part == NULL && c->state == CONN_LIVE)
		conn_trim(c);
}

/* ---- the end */

void
conn_drop_extra(struct conn *c)
{
	struct extra *x = c->extra;

	if (x == NULL)
		return;
	buf_release(&x->in);
	heap_free(x->cursor);
	filter_free(x->filter);
	heap_free(x->specials);
	heap_free(x->pasts);
	heap_free(x->reader);
	heap_free(x->resets);
	heap_free(x->typing);
	part_free(x->part);
	pool_give(x, sizeof(*x));
	c->extra = NULL;
}
