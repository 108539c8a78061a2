/*
 * readers - the connections that read a stream: four bytes each, in blocks, so that neither a long
 * list is moved when it grows nor room is kept that nobody needs.
 *
 * Leaving only counts (stale); the owner goes through the list from time to time. Until then it may
 * name connections that left, and one more than once.
 */
#ifndef MOOT_PUSH_CORE_READERS_H
#define MOOT_PUSH_CORE_READERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define READERS_FEW 2		/* that stand in the struct itself */
#define READERS_BLOCK_MIN 6
#define READERS_BLOCK_MAX 252	/* a block of 1 KiB */

struct reader_block {
	struct reader_block *next;
	uint32_t cap;
	uint32_t n;		/* only the first one may have room */
	uint32_t v[];
};

/* Zeroed it is empty. */
struct readers {
	uint32_t n;
	uint32_t stale;		/* entries that are no longer true */
	union {
		struct reader_block *blocks;	/* of more than READERS_FEW */
		uint32_t few[READERS_FEW];
	};
};

void readers_add(struct readers *r, uint32_t conn);
void readers_release(struct readers *r);

/* for (at = readers_first(r); readers_next(&at, &conn);) while nobody is added or released. */
struct reader_at {
	const uint32_t *v;
	uint32_t n;
	const struct reader_block *block;
};

static inline struct reader_at
readers_first(const struct readers *r)
{
	if (r->n <= READERS_FEW)
		return (struct reader_at){ r->few, r->n, NULL };
	return (struct reader_at){ r->blocks->v, r->blocks->n, r->blocks };
}

static inline bool
readers_next(struct reader_at *at, uint32_t *conn)
{
	if (at->n == 0) {
		if (at->block == NULL || at->block->next == NULL)
			return false;
		at->block = at->block->next;
		at->v = at->block->v;
		at->n = at->block->n;
	}
	at->n--;
	*conn = *at->v++;
	return true;
}

#endif
