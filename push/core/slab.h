/*
 * slab - many structs of one size, named by small numbers that stay valid while the struct lives.
 *
 * Items never move. The memory of one that was given back is nobody's: slab_has() says whether a
 * number is in use, slab_next() finds those that are. A number is given out again after
 * slab_give(), so who keeps one across turns also keeps something to recognise the item by.
 */
#ifndef MOOT_PUSH_CORE_SLAB_H
#define MOOT_PUSH_CORE_SLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLAB_NONE UINT32_MAX
/* Of any size that is a multiple of 8 that many fill whole pages. */
#define SLAB_CHUNK 1024

struct slab {
	size_t size;
	unsigned char **chunks;
	uint64_t *used;		/* a bit a number: given out and not given back */
	uint32_t n_chunks;
	uint32_t top;		/* numbers ever given out */
	uint32_t first_free;
	uint32_t live;
};

void slab_init(struct slab *s, size_t size);
void slab_release(struct slab *s);
uint32_t slab_take(struct slab *s);		/* the item is zeroed */
void slab_give(struct slab *s, uint32_t i);

static inline bool
slab_has(const struct slab *s, uint32_t i)
{
	return i < s->top && (s->used[i / 64] >> i % 64 & 1) != 0;
}

/*
 * for (uint32_t i = SLAB_NONE; slab_next(s, &i);) goes through those in use, ascending; taking and
 * giving is fine meanwhile.
 */
bool slab_next(const struct slab *s, uint32_t *i);

static inline void *
slab_at(const struct slab *s, uint32_t i)
{
	return s->chunks[i / SLAB_CHUNK] + (size_t)(i % SLAB_CHUNK) * s->size;
}

#endif
