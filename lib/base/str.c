#include "base/str.h"

bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	}
	return true;
}

bool
str_has_prefix(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq((struct str){ s.p, prefix.len }, prefix);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.len > 0 && is_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

struct str
str_cut(struct str *rest, char sep)
{
	struct str head = *rest;
	const char *at;

	if (rest->p == NULL)
		return STR_NULL;
	at = rest->len > 0 ? memchr(rest->p, sep, rest->len) : NULL;
	if (at == NULL) {
		*rest = STR_NULL;
		return head;
	}
	head.len = (size_t)(at - head.p);
	rest->p += head.len + 1;
	rest->len -= head.len + 1;
	return head;
}

bool
str_is_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.len > 0;
}

bool
str_to_u64(struct str s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, (uint64_t)10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}

bool
str_list_has(struct str list, char sep, struct str word)
{
	while (list.p != NULL && word.len > 0) {
		if (str_eq(str_cut(&list, sep), word))
			return true;
	}
	return false;
}

size_t
str_utf8_len(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t want = 0;

	if (s.len == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] < 0xe0)
		want = 2;
	else if (p[0] >= 0xe0 && p[0] < 0xf0)
		want = 3;
	else if (p[0] >= 0xf0 && p[0] < 0xf5)
		want = 4;
	if (want == 0 || want > s.len)
		return 0;
	for (size_t i = 1; i < want; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	/* overlong forms, surrogates, past U+10FFFF */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return want;
}

bool
str_utf8_next(struct str *rest, uint32_t *point)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	size_t n = str_utf8_len(*rest);
	uint32_t c;

	if (n == 0)
		return false;
	c = n == 1 ? p[0] : p[0] & (0xffU >> (n + 1));
	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3fU);
	*point = c;
	*rest = (struct str){ rest->p + n, rest->len - n };
	return true;
}

size_t
str_utf8_put(uint32_t point, char out[4])
{
	size_t n = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; point >>= 6)
		out[i] = (char)(0x80 | (point & 0x3f));
	out[0] = (char)(n == 1 ? point : (0xf00 >> n & 0xf0) | point);
	return n;
}
