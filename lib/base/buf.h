/*
 * buf - a growable byte buffer with a ceiling.
 *
 * Invariants: len <= cap <= max; p[len] is writable and NUL once anything was added. The first
 * operation that would pass `max` (or that finds no memory) sets `failed`; from then on nothing is
 * added and the content stays as it was before that operation. Check buf_ok() once, at the end.
 */
#ifndef MOOT_BASE_BUF_H
#define MOOT_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;

struct buf {
	char *p;
	size_t len;
	size_t cap;
	size_t max;
	bool failed;
};

void buf_init(struct buf *b, size_t max);	/* allocates nothing yet */
void buf_release(struct buf *b);		/* gives the memory back */
/* In the arena, and its memory is given back with it: for who calls anything that may run out of
 * memory and not come back. */
struct buf *buf_new(struct arena *a, size_t max);
void buf_clear(struct buf *b);			/* len = 0, failed = false; memory kept */
bool buf_ok(const struct buf *b);
/* Room for n more bytes at b->p + b->len; false (and failed) past the ceiling. */
bool buf_reserve(struct buf *b, size_t n);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_str(struct buf *b, struct str s);
/* All of what the other holds; when that one failed, b fails too. */
void buf_add_buf(struct buf *b, const struct buf *other);
/* b fails, as if it had found no memory. */
void buf_fail(struct buf *b);
void buf_add_char(struct buf *b, char c);
void buf_add_cstr(struct buf *b, const char *s);
void buf_add_u64(struct buf *b, uint64_t v);	/* decimal */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string with its quotes: escapes ", \, control bytes. Takes valid UTF-8. */
void buf_add_json(struct buf *b, struct str s);
/* Drops the first n bytes (n <= len). */
void buf_drop(struct buf *b, size_t n);
struct str buf_str(const struct buf *b);	/* view into the buffer */

#endif
