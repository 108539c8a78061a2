#include "push/core/slab.h"

#include <assert.h>
#include <string.h>

#include "base/heap.h"
#include "push/core/pool.h"

#define WORDS (SLAB_CHUNK / 64)

void
slab_init(struct slab *s, size_t size)
{
	*s = (struct slab){ .size = (size + 7) & ~(size_t)7, .first_free = SLAB_NONE };
}

void
slab_release(struct slab *s)
{
	for (uint32_t i = 0; i < s->n_chunks; i++)
		pool_pages_give(s->chunks[i], SLAB_CHUNK * s->size);
	heap_free(s->chunks);
	heap_free(s->used);
	slab_init(s, s->size);
}

uint32_t
slab_take(struct slab *s)
{
	uint32_t i = s->first_free;

	if (i != SLAB_NONE) {
		memcpy(&s->first_free, slab_at(s, i), sizeof(s->first_free));
	} else {
		if (s->top == s->n_chunks * SLAB_CHUNK) {
			s->chunks = heap_grow(s->chunks, s->n_chunks + 1, sizeof(*s->chunks));
			s->used = heap_grow(s->used, s->n_chunks + 1, SLAB_CHUNK / 8);
			memset(s->used + s->n_chunks * WORDS, 0, SLAB_CHUNK / 8);
			s->chunks[s->n_chunks++] = pool_pages(SLAB_CHUNK * s->size);
		}
		i = s->top++;
	}
	memset(slab_at(s, i), 0, s->size);
	s->used[i / 64] |= (uint64_t)1 << i % 64;
	s->live++;
	return i;
}

void
slab_give(struct slab *s, uint32_t i)
{
	assert(slab_has(s, i));
	s->used[i / 64] &= ~((uint64_t)1 << i % 64);
	memset(slab_at(s, i), 0, s->size);
	memcpy(slab_at(s, i), &s->first_free, sizeof(s->first_free));
	s->first_free = i;
	s->live--;
}

bool
slab_next(const struct slab *s, uint32_t *i)
{
	uint32_t at = *i + 1;

	while (at < s->top) {
		uint64_t rest = s->used[at / 64] >> at % 64;

		if (rest != 0) {
			*i = at + (uint32_t)__builtin_ctzll(rest);
			return true;
		}
		at = (at / 64 + 1) * 64;
	}
	return false;
}
