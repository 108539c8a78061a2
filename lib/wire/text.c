#include "base/crypt.h"
#include "wire/text.h"

bool
utf8_is_valid(struct str s)
{
	while (s.len > 0) {
		size_t n = str_utf8_len(s);

		if (n == 0)
			return false;
		s.p += n;
		s.len -= n;
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

/* The code point and its length at s, valid UTF-8 that is not empty; only those up to U+FFFF matter. */
static unsigned
point_at(struct str s, size_t *len)
{
	const unsigned char *p = (const unsigned char *)s.p;

	*len = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (*len > s.len)
		*len = s.len;
	if (*len == 2)
		return (p[0] & 0x1fU) << 6 | (p[1] & 0x3fU);
	if (*len == 3)
		return (p[0] & 0x0fU) << 12 | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU);
	return *len == 1 ? p[0] : 0xffff;
}

void
text_add_shown(struct buf *out, struct str s, const char *line_break, const char *tab)
{
	size_t len;

	for (; s.len > 0; s = (struct str){ s.p + len, s.len - len }) {
		unsigned c = point_at(s, &len);

		if (c == '\r' && s.len > 1 && s.p[1] == '\n')
			len = 2;
		if (c == '\n' || c == '\r')
			buf_add_cstr(out, line_break);
		else if (c == '\t')
			buf_add_cstr(out, tab);
		else if (c < ' ' || (c >= 0x7f && c < 0xa0))
			buf_printf(out, "\\x%02x", c);
		else if ((c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
			buf_printf(out, "\\u%04x", c);
		else
			buf_add(out, s.p, len);
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
