/*
 * heap - memory of the long-running daemon, where an arena per request does not fit.
 *
 * heap_alloc() and heap_grow() never return NULL: without memory the process logs and exits 70, its
 * clients resume on another node. heap_try() returns NULL instead; it is for what one peer makes us
 * allocate, so that only that peer suffers.
 */
#ifndef MOOT_BASE_HEAP_H
#define MOOT_BASE_HEAP_H

#include <stddef.h>

void *heap_alloc(size_t n);			/* zeroed; caller frees */
void *heap_try(size_t n);			/* not zeroed; caller frees */
void *heap_grow(
    void *p, size_t n, size_t size); /* n × size bytes, the product is checked; takes p */
void heap_free(void *p);			/* NULL is fine */
/*
 * Once, at the beginning: blocks of HEAP_LARGE bytes and more go back to the kernel when they are
 * freed. By itself the C library does so only until it has freed one of that size.
 */
#define HEAP_LARGE (128 * 1024)
void heap_init(void);
/* Gives free pages back to the kernel, after many connections went. */
void heap_trim(void);

#endif
