#include <stdint.h>

#include "wire/json.h"
#include "wire/json_scan.h"
#include "wire/text.h"

struct scan {
	const char *p;
	const char *end;
	size_t keys;
	int depth;
};

static bool scan_value(struct scan *s);

/* The next byte; 0 at the end, which no rule accepts. */
static char
peek(const struct scan *s)
{
	return s->p < s->end ? *s->p : '\0';
}

static bool
take(struct scan *s, char c)
{
	if (peek(s) != c || s->p == s->end)
		return false;
	s->p++;
	return true;
}

static void
skip_blanks(struct scan *s)
{
	while (peek(s) == ' ' || peek(s) == '\t' || peek(s) == '\n' || peek(s) == '\r')
		s->p++;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
take_word(struct scan *s, struct str word)
{
	if (!str_has_prefix((struct str){ s->p, (size_t)(s->end - s->p) }, word))
		return false;
	s->p += word.len;
	return true;
}

/* Four hex digits behind \u. */
static bool
take_hex4(struct scan *s, unsigned *out)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++) {
		char c = peek(s);

		if (is_digit(c))
			v = v << 4 | (unsigned)(c - '0');
		else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			v = v << 4 | (unsigned)((c | 0x20) - 'a' + 10);
		else
			return false;
		s->p++;
	}
	*out = v;
	return true;
}

/* Behind the backslash. No U+0000; surrogates only as a pair, high before low. */
static bool
scan_escape(struct scan *s)
{
	unsigned unit, low;

	switch (peek(s)) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		s->p++;
		return true;
	case 'u':
		s->p++;
		break;
	default:
		return false;
	}
	if (!take_hex4(s, &unit) || unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
		return false;
	if (unit < 0xd800 || unit > 0xdbff)
		return true;
	return take_word(s, STR("\\u")) && take_hex4(s, &low) && low >= 0xdc00 && low <= 0xdfff;
}

static bool
scan_string(struct scan *s)
{
	if (!take(s, '"'))
		return false;
	while (s->p < s->end) {
		char c = *s->p++;

		if (c == '"')
			return true;
		if ((unsigned char)c < 0x20 || (c == '\\' && !scan_escape(s)))
			return false;
	}
	return false;
}

static bool
take_digits(struct scan *s)
{
	if (!is_digit(peek(s)))
		return false;
	while (is_digit(peek(s)))
		s->p++;
	return true;
}

/* RFC 8259 section 6. Whole numbers must fit int64. */
static bool
scan_number(struct scan *s)
{
	bool negative = take(s, '-'), whole = true;
	struct str digits = { s->p, 0 };
	uint64_t v;

	if (!take_digits(s))
		return false;
	digits.len = (size_t)(s->p - digits.p);
	if (digits.len > 1 && digits.p[0] == '0')
		return false;
	if (take(s, '.')) {
		whole = false;
		if (!take_digits(s))
			return false;
	}
	if (take(s, 'e') || take(s, 'E')) {
		whole = false;
		if (!take(s, '+'))
			take(s, '-');
		if (!take_digits(s))
			return false;
	}
	return !whole || str_to_u64(digits, (uint64_t)INT64_MAX + (negative ? 1 : 0), &v);
}

static bool
scan_array(struct scan *s)
{
	skip_blanks(s);
	if (take(s, ']'))
		return true;
	do {
		if (!scan_value(s))
			return false;
	} while (take(s, ','));
	return take(s, ']');
}

static bool
scan_object(struct scan *s)
{
	skip_blanks(s);
	if (take(s, '}'))
		return true;
	do {
		skip_blanks(s);
		if (!scan_string(s) || ++s->keys > JSON_KEYS)
			return false;
		skip_blanks(s);
		if (!take(s, ':') || !scan_value(s))
			return false;
	} while (take(s, ','));
	return take(s, '}');
}

/* With the blanks around it. */
static bool
scan_value(struct scan *s)
{
	bool ok;

	skip_blanks(s);
	switch (peek(s)) {
	case '{':
	case '[':
		if (s->depth == JSON_DEPTH)
			return false;
		s->depth++;
		ok = *s->p++ == '{' ? scan_object(s) : scan_array(s);
		s->depth--;
		break;
	case '"':
		ok = scan_string(s);
		break;
	case 't':
		ok = take_word(s, STR("true"));
		break;
	case 'f':
		ok = take_word(s, STR("false"));
		break;
	case 'n':
		ok = take_word(s, STR("null"));
		break;
	default:
		ok = scan_number(s);
	}
	skip_blanks(s);
	return ok;
}

bool
json_scan(struct str text, size_t *keys)
{
	struct scan s = { text.p, text.p + text.len, 0, 0 };

	if (text.len == 0 || !utf8_is_valid(text) || !scan_value(&s) || s.p != s.end)
		return false;
	*keys = s.keys;
	return true;
}
