#include "base/crypt.h"
#include "wire/text.h"

bool
utf8_is_valid(struct str s)
{
	uint32_t point;

	while (s.len > 0) {
		if (!str_utf8_next(&s, &point))
			return false;
	}
	return true;
}

size_t
utf8_count(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* Ascending; what stands in none of these is plain. */
static const struct {
	uint32_t first;
	uint32_t last;
	enum text_class class;
} classes[] = {
	{ 0x0000, 0x001f, TEXT_CONTROL },
	{ 0x0020, 0x0020, TEXT_BLANK },
	{ 0x007f, 0x009f, TEXT_CONTROL },
	{ 0x00a0, 0x00a0, TEXT_BLANK },
	{ 0x00ad, 0x00ad, TEXT_HIDDEN },
	{ 0x034f, 0x034f, TEXT_HIDDEN },
	{ 0x061c, 0x061c, TEXT_HIDDEN },
	{ 0x115f, 0x1160, TEXT_BLANK },
	{ 0x1680, 0x1680, TEXT_BLANK },
	{ 0x17b4, 0x17b5, TEXT_HIDDEN },
	{ 0x180b, 0x180e, TEXT_HIDDEN },
	{ 0x2000, 0x200a, TEXT_BLANK },
	{ 0x200b, 0x200f, TEXT_HIDDEN },
	{ 0x2028, 0x2029, TEXT_CONTROL },
	{ 0x202a, 0x202e, TEXT_BIDI },
	{ 0x202f, 0x202f, TEXT_BLANK },
	{ 0x205f, 0x205f, TEXT_BLANK },
	{ 0x2060, 0x2065, TEXT_HIDDEN },
	{ 0x2066, 0x2069, TEXT_BIDI },
	{ 0x206a, 0x206f, TEXT_HIDDEN },
	{ 0x2800, 0x2800, TEXT_BLANK },
	{ 0x3000, 0x3000, TEXT_BLANK },
	{ 0x3164, 0x3164, TEXT_BLANK },
	{ 0xfe00, 0xfe0f, TEXT_HIDDEN },
	{ 0xfeff, 0xfeff, TEXT_HIDDEN },
	{ 0xffa0, 0xffa0, TEXT_BLANK },
	{ 0xfff9, 0xfffb, TEXT_HIDDEN },
	{ 0xe0000, 0xe0fff, TEXT_HIDDEN },
};

enum text_class
text_class(uint32_t point)
{
	size_t lo = 0, hi = sizeof(classes) / sizeof(classes[0]);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (point < classes[mid].first)
			hi = mid;
		else if (point > classes[mid].last)
			lo = mid + 1;
		else
			return classes[mid].class;
	}
	return TEXT_PLAIN;
}

bool
text_is_visible(struct str s)
{
	uint32_t point;

	while (str_utf8_next(&s, &point)) {
		if (text_class(point) == TEXT_PLAIN)
			return true;
	}
	return false;
}

bool
text_is_line(struct str s)
{
	uint32_t point;

	while (str_utf8_next(&s, &point)) {
		enum text_class class = text_class(point);

		if (class == TEXT_CONTROL || class == TEXT_BIDI)
			return false;
	}
	return s.len == 0;
}

bool
text_is_prose(struct str s)
{
	uint32_t point;

	while (str_utf8_next(&s, &point)) {
		enum text_class class = text_class(point);

		if (point != '\n' && point != '\t' && (class == TEXT_CONTROL || class == TEXT_BIDI))
			return false;
	}
	return s.len == 0;
}

void
text_add_shown(struct buf *out, struct str s, const char *line_break, const char *tab)
{
	struct str rest = s;
	uint32_t c;

	for (; s.len > 0; s = rest) {
		if (!str_utf8_next(&rest, &c)) {
			c = (unsigned char)s.p[0];
			rest = (struct str){ s.p + 1, s.len - 1 };
			buf_printf(out, "\\x%02x", c);
			continue;
		}
		enum text_class class = text_class(c);
		if (c == '\r' && rest.len > 0 && rest.p[0] == '\n')
			rest = (struct str){ rest.p + 1, rest.len - 1 };
		if (c == '\n' || c == '\r')
			buf_add_cstr(out, line_break);
		else if (c == '\t')
			buf_add_cstr(out, tab);
		else if (class == TEXT_CONTROL || class == TEXT_BIDI)
			buf_printf(out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
		else
			buf_add(out, s.p, (size_t)(rest.p - s.p));
	}
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum err
url_decode(struct arena *a, struct str in, bool form, struct str *out)
{
	char *p = arena_alloc(a, in.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < in.len; i++) {
		int high, low;
		char c = in.p[i];

		if (c == '%') {
			if (in.len - i < 3)
				return ERR_BAD_REQUEST;
			high = hex_value(in.p[i + 1]);
			low = hex_value(in.p[i + 2]);
			if (high < 0 || low < 0)
				return ERR_BAD_REQUEST;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && form) {
			c = ' ';
		}
		if (c == '\0')
			return ERR_BAD_REQUEST;
		p[n++] = c;
	}
	if (!utf8_is_valid((struct str){ p, n }))
		return ERR_BAD_REQUEST;
	*out = (struct str){ p, n };
	return ERR_OK;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void
url_encode(struct buf *out, struct str in)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < in.len; i++) {
		unsigned char c = (unsigned char)in.p[i];

		if (is_alnum(in.p[i]) || c == '-' || c == '.' || c == '_' || c == '~')
			buf_add_char(out, in.p[i]);
		else
			buf_add(out, (char[]){ '%', digits[c >> 4], digits[c & 15] }, 3);
	}
}

enum err
query_parse(struct arena *a, struct str in, struct query_pair pairs[QUERY_PAIRS], size_t *n)
{
	struct query_pair found[QUERY_PAIRS];
	struct str rest = in, part;
	size_t count = 0;

	while ((part = str_cut(&rest, '&')).p != NULL) {
		struct str key;

		if (part.len == 0)
			continue;
		if (count == QUERY_PAIRS)
			return ERR_BAD_REQUEST;
		key = str_cut(&part, '=');
		TRY(url_decode(a, key, true, &found[count].key));
		TRY(url_decode(a, part, true, &found[count].value));
		count++;
	}
	if (count > 0)
		memcpy(pairs, found, count * sizeof(found[0]));
	*n = count;
	return ERR_OK;
}

struct str
cookie_get(struct str header, struct str name)
{
	struct str rest = header, part;

	while ((part = str_cut(&rest, ';')).p != NULL) {
		struct str value = str_trim(part);
		struct str key = str_cut(&value, '=');

		if (value.p == NULL || !str_eq(key, name))
			continue;
		if (value.len >= 2 && value.p[0] == '"' && value.p[value.len - 1] == '"')
			value = (struct str){ value.p + 1, value.len - 2 };
		return value;
	}
	return STR_NULL;
}

/* Visible ASCII: what a token may consist of. */
static bool
is_visible(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return false;
	}
	return s.len > 0;
}

/* RFC 7617: base64(user ":" password), the standard alphabet, with padding. */
static enum err
basic_token(struct arena *a, struct str in, struct str *token)
{
	char *text, *raw;
	struct str user, password;
	size_t len;

	if (in.len == 0 || in.len % 4 != 0)
		return ERR_UNAUTHORIZED;
	for (int i = 0; i < 2 && in.p[in.len - 1] == '='; i++)
		in.len--;
	text = arena_strndup(a, in.p, in.len);
	for (size_t i = 0; i < in.len; i++) {
		if (text[i] == '-' || text[i] == '_')
			return ERR_UNAUTHORIZED;
		text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
	}
	raw = arena_alloc(a, in.len);
	if (!crypt_unb64((struct str){ text, in.len }, raw, in.len, &len))
		return ERR_UNAUTHORIZED;
	password = (struct str){ raw, len };
	user = str_cut(&password, ':');
	if (password.p == NULL)
		return ERR_UNAUTHORIZED;
	if (user.len == 0)
		user = password;
	if (!is_visible(user))
		return ERR_UNAUTHORIZED;
	*token = user;
	return ERR_OK;
}

enum err
authorization_token(struct arena *a, struct str header, struct str *token)
{
	struct str rest = str_trim(header);
	struct str scheme = str_cut(&rest, ' ');

	rest = str_trim(rest);
	if (rest.p == NULL)
		return ERR_UNAUTHORIZED;
	if (str_eq_nocase(scheme, STR("basic")))
		return basic_token(a, rest, token);
	if (!str_eq_nocase(scheme, STR("bearer")) || !is_visible(rest))
		return ERR_UNAUTHORIZED;
	*token = (struct str){ arena_strndup(a, rest.p, rest.len), rest.len };
	return ERR_OK;
}
