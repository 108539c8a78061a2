/* Taken from the archive by programs linked with --wrap=realloc and --wrap=heap_try. */
#include <stddef.h>

#include "tests/faultio/faultio.h"

void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__real_heap_try(size_t n);
void *__wrap_heap_try(size_t n);

void *
__wrap_realloc(void *p, size_t n)
{
	return faultio_memory() ? NULL : __real_realloc(p, n);
}

void *
__wrap_heap_try(size_t n)
{
	return faultio_memory() ? NULL : __real_heap_try(n);
}
