#include "push/core/pool.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/heap.h"
#include "base/log.h"

#define PAGE (16 * 1024)	/* of one size; aligned to itself, so a block finds its page */
#define REGION (64 * PAGE)	/* asked of the kernel at once */

/* In front of a page's blocks. */
struct page {
	struct page *next, *prev;	/* of the same size with room */
	void *free;			/* a list of blocks that were given back */
	uint32_t size;
	uint32_t used;			/* blocks out */
	uint32_t fresh;			/* where blocks that were never out begin */
};

static_assert(sizeof(struct page) % POOL_STEP == 0, "blocks would not be aligned");

static struct {
	struct page *room[POOL_MAX / POOL_STEP + 1];
	struct page **empty;		/* not touched, or given back to the kernel */
	size_t n_empty, n_pages;
} pool;

#ifdef MOOT_ASAN
static const bool own_pages = false;
#else
static const bool own_pages = true;
#endif

void *
pool_pages(size_t n)
{
	void *p;

	if (!own_pages)
		return heap_alloc(n);
	p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		log_fatal(EX_SOFTWARE, "out of memory", NULL);
	/* Huge ones would be touched whole, and cost as much again when most is given back. */
	madvise(p, n, MADV_NOHUGEPAGE);
	return p;
}

void
pool_pages_give(void *p, size_t n)
{
	if (own_pages)
		munmap(p, n);
	else
		heap_free(p);
}

static void
add_region(void)
{
	uintptr_t at = ((uintptr_t)pool_pages(REGION + PAGE) + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
	pool.n_pages += REGION / PAGE;
	pool.empty = heap_grow(pool.empty, pool.n_pages, sizeof(pool.empty[0]));
	for (size_t i = REGION / PAGE; i > 0; i--)
		pool.empty[pool.n_empty++] = (struct page *)(at + (i - 1) * PAGE);
}

static void
room_push(struct page *g)
{
	struct page **head = &pool.room[g->size / POOL_STEP];

	g->prev = NULL;
	g->next = *head;
	if (*head != NULL)
		(*head)->prev = g;
	*head = g;
}

static void
room_remove(struct page *g)
{
	if (g->prev != NULL)
		g->prev->next = g->next;
	else
		pool.room[g->size / POOL_STEP] = g->next;
	if (g->next != NULL)
		g->next->prev = g->prev;
}

static struct page *
page_new(uint32_t size)
{
	struct page *g;

	if (pool.n_empty == 0)
		add_region();
	g = pool.empty[--pool.n_empty];
	*g = (struct page){ .size = size, .fresh = sizeof(*g) };
	room_push(g);
	return g;
}

static bool
is_full(const struct page *g)
{
	return g->free == NULL && g->fresh + g->size > PAGE;
}

static size_t
rounded(size_t n)
{
	return n == 0 ? POOL_STEP : (n + POOL_STEP - 1) & ~(size_t)(POOL_STEP - 1);
}

void *
pool_take(size_t n)
{
	size_t size = rounded(n);
	struct page *g;
	void *p;

	if (!own_pages || size > POOL_MAX)
		return heap_alloc(n);
	g = pool.room[size / POOL_STEP];
	if (g == NULL)
		g = page_new((uint32_t)size);
	if (g->free != NULL) {
		p = g->free;
		memcpy(&g->free, p, sizeof(g->free));
	} else {
		p = (char *)g + g->fresh;
		g->fresh += g->size;
	}
	g->used++;
	if (is_full(g))
		room_remove(g);
	return memset(p, 0, size);
}

void
pool_give(void *p, size_t n)
{
	struct page *g = (struct page *)((uintptr_t)p & ~(uintptr_t)(PAGE - 1));

	if (p == NULL)
		return;
	if (!own_pages || rounded(n) > POOL_MAX) {
		heap_free(p);
		return;
	}
	assert(g->size == rounded(n) && g->used > 0);
	if (is_full(g))
		room_push(g);
	memcpy(p, &g->free, sizeof(g->free));
	g->free = p;
	/* The last one of a size stays. */
	if (--g->used > 0 || (g->prev == NULL && g->next == NULL))
		return;
	room_remove(g);
	madvise(g, PAGE, MADV_DONTNEED);
	pool.empty[pool.n_empty++] = g;
}

void *
pool_resize(void *p, size_t was, size_t n)
{
	void *q;

	if (own_pages && p != NULL && rounded(was) == rounded(n))
		return p;
	q = pool_take(n);
	if (p != NULL)
		memcpy(q, p, was < n ? was : n);
	pool_give(p, was);
	return q;
}
