#include "base/heap.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/log.h"

void
heap_init(void)
{
	mallopt(M_MMAP_THRESHOLD, HEAP_LARGE);
}

void *
heap_alloc(size_t n)
{
	void *p = calloc(1, n == 0 ? 1 : n);

	if (p == NULL)
		log_fatal(EX_SOFTWARE, "out of memory", NULL);
	return p;
}

void *
heap_try(size_t n)
{
	return malloc(n == 0 ? 1 : n);
}

void *
heap_grow(void *p, size_t n, size_t size)
{
	void *q = reallocarray(p, n == 0 ? 1 : n, size);

	if (q == NULL)
		log_fatal(EX_SOFTWARE, "out of memory", NULL);
	return q;
}

void
heap_free(void *p)
{
	free(p);
}

void
heap_trim(void)
{
	malloc_trim(0);
}
