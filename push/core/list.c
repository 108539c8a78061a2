#include "push/core/list.h"

#include "base/heap.h"

void
list_add(struct list *l, uint32_t v)
{
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 64 : l->cap * 2;
		l->v = heap_grow(l->v, l->cap, sizeof(*l->v));
	}
	l->v[l->n++] = v;
}

void
list_trim(struct list *l)
{
	if (l->cap <= 64 || l->n > l->cap / 4)
		return;
	l->cap = l->n < 64 ? 64 : l->n;
	l->v = heap_grow(l->v, l->cap, sizeof(*l->v));
}

void
list_release(struct list *l)
{
	heap_free(l->v);
	*l = (struct list){ 0 };
}
