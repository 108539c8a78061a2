#include "push/slab.h"

#include <string.h>

#include "base/heap.h"
#include "push/pool.h"

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
			s->chunks[s->n_chunks++] = pool_pages(SLAB_CHUNK * s->size);
		}
		i = s->top++;
	}
	memset(slab_at(s, i), 0, s->size);
	s->live++;
	return i;
}

void
slab_give(struct slab *s, uint32_t i)
{
	memset(slab_at(s, i), 0, s->size);
	memcpy(slab_at(s, i), &s->first_free, sizeof(s->first_free));
	s->first_free = i;
	s->live--;
}
