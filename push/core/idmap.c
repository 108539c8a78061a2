#include "push/core/idmap.h"

#include <string.h>

#include "base/heap.h"

#define CAP_MIN 64

static int64_t
id_of(const struct idmap *m, uint32_t item)
{
	int64_t id;

	memcpy(&id, slab_at(m->items, item), sizeof(id));
	return id;
}

/* Ids differ in few bits; Fibonacci hashing spreads them. */
static uint32_t
home(const struct idmap *m, int64_t id)
{
	return (uint32_t)(((uint64_t)id * 0x9e3779b97f4a7c15u) >> 32) & (m->cap - 1);
}

void
idmap_init(struct idmap *m, const struct slab *items)
{
	*m = (struct idmap){ .items = items };
}

void
idmap_release(struct idmap *m)
{
	heap_free(m->slots);
	idmap_init(m, m->items);
}

static uint32_t
slot_of(const struct idmap *m, int64_t id)
{
	uint32_t i = home(m, id);

	while (m->slots[i] != SLAB_NONE && id_of(m, m->slots[i]) != id)
		i = (i + 1) & (m->cap - 1);
	return i;
}

uint32_t
idmap_get(const struct idmap *m, int64_t id)
{
	return m->cap == 0 ? SLAB_NONE : m->slots[slot_of(m, id)];
}

static void
grow(struct idmap *m)
{
	uint32_t *old = m->slots, old_cap = m->cap;

	m->cap = old_cap == 0 ? CAP_MIN : old_cap * 2;
	m->slots = heap_grow(NULL, m->cap, sizeof(*m->slots));
	memset(m->slots, 0xff, m->cap * sizeof(*m->slots));
	for (uint32_t i = 0; i < old_cap; i++)
		if (old[i] != SLAB_NONE)
			m->slots[slot_of(m, id_of(m, old[i]))] = old[i];
	heap_free(old);
}

void
idmap_put(struct idmap *m, int64_t id, uint32_t item)
{
	if ((m->n + 1) * 4 > m->cap * 3)
		grow(m);
	m->slots[slot_of(m, id)] = item;
	m->n++;
}

void
idmap_remove(struct idmap *m, int64_t id)
{
	uint32_t mask = m->cap - 1, hole, i;

	if (m->cap == 0)
		return;
	hole = slot_of(m, id);
	if (m->slots[hole] == SLAB_NONE)
		return;
	/* Moves later entries of the run back, so that no probe meets a hole too early. */
	for (i = (hole + 1) & mask; m->slots[i] != SLAB_NONE; i = (i + 1) & mask) {
		uint32_t h = home(m, id_of(m, m->slots[i]));

		if (((i - h) & mask) >= ((i - hole) & mask)) {
			m->slots[hole] = m->slots[i];
			hole = i;
		}
	}
	m->slots[hole] = SLAB_NONE;
	m->n--;
}

bool
idmap_is_sane(const struct idmap *m)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->cap; i++)
		if (m->slots[i] != SLAB_NONE) {
			n++;
			if (slot_of(m, id_of(m, m->slots[i])) != i)
				return false;
		}
	return n == m->n;
}
