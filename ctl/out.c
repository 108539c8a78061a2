#include "ctl/out.h"

#include <stdarg.h>
#include <stdio.h>

#include "wire/text.h"

#define LINE_BYTES 4096

/* Length of the valid UTF-8 sequence at s and its code point; 0 for anything else. */
static size_t
sequence(struct str s, uint32_t *point)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	if (n > s.len || !utf8_is_valid((struct str){ s.p, n }))
		return 0;
	*point = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++)
		*point = *point << 6 | (p[i] & 0x3fu);
	return n;
}

static bool
is_harmless(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return false;
	if (c == 0x061c || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb))
		return false;
	return !(c >= 0x200b && c <= 0x200f) && !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2060 && c <= 0x206f);
}

void
out_escape(struct buf *to, struct str s)
{
	size_t i = 0;

	while (i < s.len) {
		uint32_t point = 0;
		size_t n = sequence((struct str){ s.p + i, s.len - i }, &point);

		if (n == 0)
			buf_printf(to, "\\x%02x", (unsigned char)s.p[i]);
		else if (is_harmless(point))
			buf_add(to, s.p + i, n);
		else if (point < 0x80)
			buf_printf(to, "\\x%02x", point);
		else
			buf_printf(to, "\\u{%04x}", point);
		i += n == 0 ? 1 : n;
	}
}

/* Postgres and libpq speak in several lines: each run of white space becomes a blank. */
static void
one_line(char *s)
{
	char *to = s;

	for (const char *p = s; *p != '\0'; p++) {
		if (*p != '\n' && *p != '\t' && *p != '\r')
			*to++ = *p;
		else if (to > s && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > s && to[-1] == ' ')
		to--;
	*to = '\0';
}

__attribute__((format(printf, 3, 0))) static void
put_line(FILE *to, const char *before, const char *fmt, va_list ap)
{
	char text[LINE_BYTES];
	struct buf b;

	vsnprintf(text, sizeof(text), fmt, ap);
	one_line(text);
	buf_init(&b, LINE_BYTES * 8);
	out_escape(&b, str_of(text));
	fprintf(to, "%s%.*s\n", before, STR_FMT(buf_str(&b)));
	buf_release(&b);
}

void
say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line(stdout, "", fmt, ap);
	va_end(ap);
}

void
complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line(stderr, "moot: ", fmt, ap);
	va_end(ap);
}
