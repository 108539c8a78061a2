#include "ctl/out.h"

#include <stdarg.h>
#include <stdio.h>

#include "wire/text.h"

#define LINE_BYTES 4096

void
out_escape(struct buf *to, struct str s)
{
	struct str rest = s;
	uint32_t point;

	for (; s.len > 0; s = rest) {
		if (!str_utf8_next(&rest, &point)) {
			buf_printf(to, "\\x%02x", (unsigned char)s.p[0]);
			rest = (struct str){ s.p + 1, s.len - 1 };
		} else if (text_class(point) <= TEXT_BLANK) {
			buf_add(to, s.p, (size_t)(rest.p - s.p));
		} else {
			buf_printf(to, point < 0x80 ? "\\x%02x" : "\\u{%04x}", point);
		}
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
