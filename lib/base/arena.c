#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"

#if defined(MOOT_ASAN) || defined(__SANITIZE_ADDRESS__)
#define SEPARATE 1	/* every allocation a block of its own */
#else
#define SEPARATE 0
#endif

#define ALIGN 16
#define BLOCK 16384	/* ordinary block; larger requests get one of their own */

struct arena_block {
	struct arena_block *next;	/* older */
	size_t size;
	size_t used;
	char bytes[] __attribute__((aligned(ALIGN)));
};

struct arena_defer {
	struct arena_defer *next;	/* registered earlier */
	void (*release)(void *obj);
	void *obj;
};

void
arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){ .max = max };
}

static void
run_defers(struct arena *a)
{
	while (a->defers != NULL) {
		struct arena_defer *d = a->defers;

		a->defers = d->next;
		d->release(d->obj);
	}
}

/* Frees every block but the oldest `keep`. */
static void
free_blocks(struct arena *a, int keep)
{
	while (a->blocks != NULL && (keep == 0 || a->blocks->next != NULL)) {
		struct arena_block *b = a->blocks;

		a->blocks = b->next;
		free(b);
	}
}

void
arena_reset(struct arena *a)
{
	run_defers(a);
	free_blocks(a, SEPARATE ? 0 : 1);
	if (a->blocks != NULL)
		a->blocks->used = 0;
	a->used = 0;
}

void
arena_release(struct arena *a)
{
	run_defers(a);
	free_blocks(a, 0);
	a->used = 0;
}

static _Noreturn void
out_of_memory(struct arena *a)
{
	if (a->oom != NULL)
		a->oom(a->oom_ctx);
	log_fatal(
	    EX_SOFTWARE, "out of memory", a->oom != NULL ? "the arena's hook returned" : "arena");
}

static struct arena_block *
block_new(size_t size)
{
	struct arena_block *b;

	if (size > SIZE_MAX - sizeof(*b))
		return NULL;
	b = malloc(sizeof(*b) + size);
	if (b == NULL)
		return NULL;
	b->next = NULL;
	b->size = size;
	b->used = 0;
	return b;
}

/* A new block with room for n bytes. One made for a large request goes behind the newest, whose
 * rest stays in use. */
static struct arena_block *
block_add(struct arena *a, size_t n)
{
	bool large = n > BLOCK / 4;
	struct arena_block *b = block_new(SEPARATE || large ? n : BLOCK);

	if (b == NULL)
		return NULL;
	if (large && a->blocks != NULL) {
		b->next = a->blocks->next;
		a->blocks->next = b;
	} else {
		b->next = a->blocks;
		a->blocks = b;
	}
	return b;
}

/* Zeroed memory, or NULL past the ceiling. */
static void *
take(struct arena *a, size_t n)
{
	struct arena_block *b = a->blocks;
	size_t rounded;
	void *p;

	if (n == 0)
		n = 1;
	if (n > SIZE_MAX - ALIGN)
		return NULL;
	rounded = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (rounded > a->max || a->used > a->max - rounded)
		return NULL;
	if (SEPARATE)
		b = block_add(a, n);
	else if (b == NULL || b->size - b->used < rounded)
		b = block_add(a, rounded);
	if (b == NULL)
		return NULL;
	p = b->bytes + b->used;
	b->used += SEPARATE ? n : rounded;
	a->used += rounded;
	return memset(p, 0, n);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	void *p = take(a, n);

	if (p == NULL)
		out_of_memory(a);
	return p;
}

void *
arena_calloc(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		out_of_memory(a);
	return arena_alloc(a, total);
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p;

	if (n == SIZE_MAX)
		out_of_memory(a);
	p = arena_alloc(a, n + 1);
	if (n > 0)
		memcpy(p, s, n);
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory(a);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void
arena_defer(struct arena *a, void (*release)(void *obj), void *obj)
{
	struct arena_defer *d = take(a, sizeof(*d));

	if (d == NULL) {
		release(obj);	/* it was given away: nobody else will */
		out_of_memory(a);
	}
	d->release = release;
	d->obj = obj;
	d->next = a->defers;
	a->defers = d;
}
