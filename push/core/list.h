/*
 * list - slab numbers in a row, for work that waits.
 */
#ifndef MOOT_PUSH_CORE_LIST_H
#define MOOT_PUSH_CORE_LIST_H

#include <stdint.h>

/* Zeroed it is empty. */
struct list {
	uint32_t *v;
	uint32_t n;
	uint32_t cap;
};

void list_add(struct list *l, uint32_t v);
void list_trim(struct list *l);		/* gives back what it does not use */
void list_release(struct list *l);

#endif
