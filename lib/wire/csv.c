#include "wire/csv.h"

static bool
has_any(struct str s, const char *set)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != '\0' && strchr(set, s.p[i]) != NULL)
			return true;
	}
	return false;
}

/* What a spreadsheet computes when it begins so, some of them also in fullwidth forms. */
static bool
is_computed(struct str s)
{
	if (s.len > 0 && has_any((struct str){ s.p, 1 }, "=+-@\t\r"))
		return true;
	return str_has_prefix(s, STR("\xef\xbc\x9d")) || str_has_prefix(s, STR("\xef\xbc\x8b")) ||
	    str_has_prefix(s, STR("\xef\xbc\x8d")) || str_has_prefix(s, STR("\xef\xbc\xa0"));
}

static void
add_cell(struct buf *out, struct str s)
{
	bool quoted = has_any(s, "\",\r\n");

	if (quoted)
		buf_add_char(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		/* where people separate by semicolons, a cell begins behind each */
		if ((i == 0 || s.p[i - 1] == ';') &&
		    is_computed((struct str){ s.p + i, s.len - i }))
			buf_add_char(out, '\'');
		if (s.p[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, s.p[i]);
	}
	if (quoted)
		buf_add_char(out, '"');
}

void
csv_add_line(struct buf *out, const struct str *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_cell(out, cells[i]);
	}
	buf_add_cstr(out, "\r\n");
}
