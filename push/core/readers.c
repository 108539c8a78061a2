#include "push/core/readers.h"

#include <string.h>

#include "push/core/pool.h"

static size_t
size_of(uint32_t cap)
{
	return sizeof(struct reader_block) + cap * sizeof(uint32_t);
}

/* As large as all before it together, within bounds. */
static void
add_block(struct readers *r)
{
	uint32_t cap = r->n < READERS_BLOCK_MIN ? READERS_BLOCK_MIN
	    : r->n > READERS_BLOCK_MAX ? READERS_BLOCK_MAX : r->n & ~1u;
	struct reader_block *b = pool_take(size_of(cap));

	b->cap = cap;
	if (r->n == READERS_FEW) {
		memcpy(b->v, r->few, sizeof(r->few));
		b->n = READERS_FEW;
	} else {
		b->next = r->blocks;
	}
	r->blocks = b;
}

void
readers_add(struct readers *r, uint32_t conn)
{
	if (r->n < READERS_FEW) {
		r->few[r->n++] = conn;
		return;
	}
	if (r->n == READERS_FEW || r->blocks->n == r->blocks->cap)
		add_block(r);
	r->blocks->v[r->blocks->n++] = conn;
	r->n++;
}

void
readers_release(struct readers *r)
{
	struct reader_block *b = r->n > READERS_FEW ? r->blocks : NULL, *next;

	for (; b != NULL; b = next) {
		next = b->next;
		pool_give(b, size_of(b->cap));
	}
	*r = (struct readers){ 0 };
}
