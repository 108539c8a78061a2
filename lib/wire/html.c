#include "wire/html.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* What stands for the character at s[i], and how many bytes of it; NULL: itself. */
static const char *
escape(struct str s, size_t i, size_t *n)
{
	unsigned char c = (unsigned char)s.p[i];

	*n = 1;
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&#34;";
	case '\'':
		return "&#39;";
	case '\t':
	case '\n':
		return NULL;
	default:
		break;
	}
	if (c < ' ')
		return REPLACEMENT;
	if (c == 0xef && s.len - i >= 3 && (memcmp(s.p + i, "\xef\xbf\xbe", 3) == 0 ||
	    memcmp(s.p + i, "\xef\xbf\xbf", 3) == 0)) {
		*n = 3;
		return REPLACEMENT;
	}
	return NULL;
}

void
html_add_text(struct buf *out, struct str s)
{
	size_t run = 0, i = 0;

	while (i < s.len) {
		size_t n;
		const char *e = escape(s, i, &n);

		if (e != NULL) {
			buf_add(out, s.p + run, i - run);
			buf_add_cstr(out, e);
			run = i + n;
		}
		i += n;
	}
	if (s.len > run)
		buf_add(out, s.p + run, s.len - run);
}
