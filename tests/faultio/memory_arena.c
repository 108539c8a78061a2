/* Taken from the archive by programs linked with --wrap=malloc, which are those whose arenas may
 * run out. */
#include <stddef.h>

#include "tests/faultio/faultio.h"

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);

void *
__wrap_malloc(size_t n)
{
	return faultio_memory() ? NULL : __real_malloc(n);
}
