/*
 * idmap - from a 64-bit id to the number of a slab item: 4 bytes an entry, because the id itself is
 * read from the item. Open addressing, at most 3/4 full.
 */
#ifndef MOOT_PUSH_CORE_IDMAP_H
#define MOOT_PUSH_CORE_IDMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "push/core/slab.h"

struct idmap {
	const struct slab *items;	/* borrowed; each item begins with its int64_t id */
	uint32_t *slots;
	uint32_t cap;			/* 0 or a power of two */
	uint32_t n;
};

void idmap_init(struct idmap *m, const struct slab *items);
void idmap_release(struct idmap *m);
uint32_t idmap_get(const struct idmap *m, int64_t id);	/* SLAB_NONE when absent */
void idmap_put(struct idmap *m, int64_t id, uint32_t item);	/* the id is not in it */
void idmap_remove(struct idmap *m, int64_t id);
bool idmap_is_sane(const struct idmap *m);

#endif
