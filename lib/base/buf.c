#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"

#define BUF_FIRST 256

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

static void
release(void *obj)
{
	buf_release(obj);
}

struct buf *
buf_new(struct arena *a, size_t max)
{
	struct buf *b = arena_new(a, struct buf);

	buf_init(b, max);
	arena_defer(a, release, b);
	return b;
}

void
buf_release(struct buf *b)
{
	free(b->p);
	buf_init(b, b->max);
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

bool
buf_ok(const struct buf *b)
{
	return !b->failed;
}

static bool
fail(struct buf *b)
{
	b->failed = true;
	return false;
}

bool
buf_reserve(struct buf *b, size_t n)
{
	size_t need, cap;
	char *p;

	if (b->failed)
		return false;
	if (__builtin_add_overflow(b->len, n, &need) || need > b->max || need == SIZE_MAX)
		return fail(b);
	if (b->p != NULL && need <= b->cap)
		return true;
	cap = b->cap > b->max / 2 ? b->max : b->cap * 2;
	if (cap < BUF_FIRST)
		cap = b->max < BUF_FIRST ? b->max : BUF_FIRST;
	if (cap < need)
		cap = need;
	p = realloc(b->p, cap + 1);	/* one for the NUL */
	if (p == NULL)
		return fail(b);
	p[b->len] = '\0';
	b->p = p;
	b->cap = cap;
	return true;
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	if (!buf_reserve(b, n))
		return;
	if (n > 0)
		memcpy(b->p + b->len, p, n);
	b->len += n;
	b->p[b->len] = '\0';
}

void
buf_add_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.len);
}

void
buf_fail(struct buf *b)
{
	b->failed = true;
}

void
buf_add_buf(struct buf *b, const struct buf *other)
{
	if (!buf_ok(other))
		buf_fail(b);
	else
		buf_add_str(b, buf_str(other));
}

void
buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_add_cstr(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_add_u64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	buf_add(b, digits + at, sizeof(digits) - at);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (!buf_reserve(b, 0))
		return;
	va_start(ap, fmt);
	n = vsnprintf(b->p + b->len, b->cap - b->len + 1, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->p[b->len] = '\0';
		fail(b);
		return;
	}
	if ((size_t)n > b->cap - b->len) {
		b->p[b->len] = '\0';
		if (!buf_reserve(b, (size_t)n))
			return;
		va_start(ap, fmt);
		vsnprintf(b->p + b->len, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	b->len += (size_t)n;
}

/* What a byte becomes inside a JSON string; 0: itself, 'u': \u00XX, else the letter behind the
 * backslash. */
static char
json_escape(unsigned char c)
{
	switch (c) {
	case '"':
		return '"';
	case '\\':
		return '\\';
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return c < 0x20 || c == 0x7f ? 'u' : '\0';
	}
}

void
buf_add_json(struct buf *b, struct str s)
{
	size_t start = b->len, run = 0;

	if (b->failed)
		return;
	buf_add_char(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		char e = json_escape((unsigned char)s.p[i]);

		if (e == '\0')
			continue;
		buf_add(b, s.p + run, i - run);
		run = i + 1;
		if (e == 'u') {
			buf_printf(b, "\\u%04x", (unsigned char)s.p[i]);
		} else {
			buf_add_char(b, '\\');
			buf_add_char(b, e);
		}
	}
	if (s.len > run)
		buf_add(b, s.p + run, s.len - run);
	buf_add_char(b, '"');
	if (b->failed && b->p != NULL) {
		b->len = start;
		b->p[start] = '\0';
	}
}

void
buf_drop(struct buf *b, size_t n)
{
	assert(n <= b->len);
	if (n == 0)
		return;
	b->len -= n;
	memmove(b->p, b->p + n, b->len);
	b->p[b->len] = '\0';
}

struct str
buf_str(const struct buf *b)
{
	return b->p == NULL ? STR("") : (struct str){ b->p, b->len };
}
