/*
 * arena - memory that is released all at once.
 *
 * Invariants: every pointer handed out lives until arena_reset() or arena_release(); nobody frees
 * a single allocation; allocations are 16-byte aligned. The arena has a ceiling in bytes: when it,
 * or the machine's memory, is exhausted the arena calls its `oom` hook, which must not return
 * (the request engine jumps back and answers 503). Without a hook the process logs and exits 70.
 * So no caller checks for NULL.
 *
 * Foreign objects (PGresult, json_object …) are tied to the arena with arena_defer(); their
 * release functions run at reset, last registered first.
 *
 * Built with ASan every allocation is a malloc block of its own, so that overruns and use after
 * reset are seen.
 */
#ifndef MOOT_BASE_ARENA_H
#define MOOT_BASE_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena_defer;

struct arena {
	struct arena_block *blocks;	/* newest first */
	struct arena_defer *defers;	/* newest first */
	size_t used;			/* bytes handed out since the last reset */
	size_t max;			/* ceiling for `used` */
	void (*oom)(void *ctx);		/* must not return */
	void *oom_ctx;
};

/* `max` is the ceiling in bytes. Allocates nothing yet. */
void arena_init(struct arena *a, size_t max);
/* Runs the deferred releases and frees all but one block, which is kept for the next round. */
void arena_reset(struct arena *a);
/* As reset, and gives everything back. The arena may be initialised again. */
void arena_release(struct arena *a);

/* Zeroed memory, in the arena. n may be 0. */
void *arena_alloc(struct arena *a, size_t n);
/* n × size zeroed bytes; the multiplication is checked. */
void *arena_calloc(struct arena *a, size_t n, size_t size);
/* A NUL-terminated copy of n bytes, in the arena. */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_strdup(struct arena *a, const char *s);
/* printf into the arena; result NUL-terminated. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* release(obj) is called at reset. Takes obj. */
void arena_defer(struct arena *a, void (*release)(void *obj), void *obj);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif
