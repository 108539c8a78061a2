/*
 * pool - small blocks of the daemon's own, by size: no header, no gaps, and a page that is empty
 * again goes back to the kernel. What lives as long as a connection stands here; what a handshake
 * or a question needs for a moment stays in the heap and leaves no holes between.
 *
 * Under AddressSanitizer every block is one of the heap, so that it sees misuse.
 */
#ifndef MOOT_PUSH_CORE_POOL_H
#define MOOT_PUSH_CORE_POOL_H

#include <stddef.h>

#define POOL_STEP 8		/* sizes are rounded up to this */
#define POOL_MAX 1024		/* larger blocks come from the heap */

/* Zeroed. Ends the process without memory. */
void *pool_take(size_t n);
/* n: the size it was taken with. NULL is fine. */
void pool_give(void *p, size_t n);
/* A block of n bytes with what p had, as far as it fits. Takes p, which may be NULL. */
void *pool_resize(void *p, size_t was, size_t n);
/* Whole pages of the kernel's, zeroed; memory only where they are touched. */
void *pool_pages(size_t n);
void pool_pages_give(void *p, size_t n);

#endif
