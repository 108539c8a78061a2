#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "wire/json.h"
#include "wire/json_scan.h"
#include "wire/text.h"

#define FNV_PRIME UINT64_C(0x100000001b3)
#define KEYS_FIRST 32

struct scan {
	struct arena *arena;
	const char *p;
	const char *end;
	struct json_sum sum;
	uint64_t word;		/* digest of the string that was read last, begun by who reads it */
	uint64_t *keys;		/* digests of object and key */
	size_t nkeys;
	size_t room;
	uint64_t objects;
	int depth;
};

uint64_t
json_print_tag(uint64_t print, char tag)
{
	return (print ^ (unsigned char)tag) * FNV_PRIME;
}

uint64_t
json_print_u64(uint64_t print, char tag, uint64_t v)
{
	print = json_print_tag(print, tag);
	for (int i = 0; i < 8; i++)
		print = json_print_tag(print, (char)(v >> (8 * i) & 0xff));
	return print;
}

uint64_t
json_print_double(uint64_t print, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	return json_print_u64(print, 'd', bits);
}

uint64_t
json_print_str(uint64_t print, char tag, struct str s)
{
	print = json_print_tag(print, tag);
	for (size_t i = 0; i < s.len; i++)
		print = json_print_tag(print, s.p[i]);
	return json_print_tag(print, '\0');
}

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

/* A byte of a string as it is meant. */
static void
say(struct scan *s, unsigned byte)
{
	s->sum.print = json_print_tag(s->sum.print, (char)byte);
	s->word = json_print_tag(s->word, (char)byte);
}

static void
say_point(struct scan *s, uint32_t c)
{
	char bytes[4];
	size_t n = str_utf8_put(c, bytes);

	for (size_t i = 0; i < n; i++)
		say(s, (unsigned char)bytes[i]);
}

/* Behind \u. No U+0000; surrogates only as a pair, high before low. */
static bool
take_unicode(struct scan *s, uint32_t *point)
{
	unsigned unit, low;

	if (!take_hex4(s, &unit) || unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
		return false;
	if (unit >= 0xd800 && unit <= 0xdbff) {
		if (!take_word(s, STR("\\u")) || !take_hex4(s, &low) || low < 0xdc00 ||
		    low > 0xdfff)
			return false;
		unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
		s->sum.pairs++;
	}
	*point = unit;
	return true;
}

static bool
scan_unicode(struct scan *s)
{
	uint32_t point;

	if (!take_unicode(s, &point))
		return false;
	say_point(s, point);
	return true;
}

/* Behind the backslash. */
static bool
scan_escape(struct scan *s)
{
	static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	char c = peek(s);
	const char *at = c == '\0' ? NULL : strchr(names, c);

	if (at == NULL && c != 'u')
		return false;
	s->p++;
	if (at == NULL)
		return scan_unicode(s);
	say(s, (unsigned char)bytes[at - names]);
	return true;
}

static bool
scan_string(struct scan *s, char tag)
{
	if (!take(s, '"'))
		return false;
	s->sum.print = json_print_tag(s->sum.print, tag);
	while (s->p < s->end) {
		char c = *s->p++;

		if (c == '"') {
			s->sum.print = json_print_tag(s->sum.print, '\0');
			return true;
		}
		if ((unsigned char)c < 0x20 || (c == '\\' && !scan_escape(s)))
			return false;
		if (c != '\\')
			say(s, (unsigned char)c);
	}
	return false;
}

/* Notes the key that was read last. */
static bool
add_key(struct scan *s)
{
	if (s->nkeys == JSON_KEYS)
		return false;
	if (s->nkeys == s->room) {
		size_t room = s->room == 0 ? KEYS_FIRST : s->room * 2;
		uint64_t *keys = arena_calloc(s->arena, room, sizeof(*keys));
		if (s->nkeys > 0)
			memcpy(keys, s->keys, s->nkeys * sizeof(*keys));
		s->keys = keys;
		s->room = room;
	}
	s->keys[s->nkeys++] = s->word;
	return true;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Two digests may be the same of different keys; who makes such keys has his own text refused. */
static bool
has_duplicate(struct scan *s)
{
	if (s->nkeys < 2)
		return false;
	qsort(s->keys, s->nkeys, sizeof(*s->keys), by_value);
	for (size_t i = 1; i < s->nkeys; i++) {
		if (s->keys[i - 1] == s->keys[i])
			return true;
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

/* Whole numbers must fit int64, others double. */
static bool
take_number(struct scan *s, struct str digits, bool negative, bool whole)
{
	uint64_t v;
	double d;

	if (whole) {
		if (!str_to_u64(digits, (uint64_t)INT64_MAX + (negative ? 1 : 0), &v))
			return false;
		s->sum.print = json_print_u64(s->sum.print, 'i', negative ? 0 - v : v);
		return true;
	}
	d = strtod(digits.p, NULL);
	s->sum.print = json_print_double(s->sum.print, negative ? -d : d);
	return isfinite(d);
}

/* RFC 8259 section 6. */
static bool
scan_number(struct scan *s)
{
	bool negative = take(s, '-'), whole = true;
	struct str digits = { s->p, 0 };

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
	return take_number(s, digits, negative, whole);
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
	uint64_t object = ++s->objects;

	skip_blanks(s);
	if (take(s, '}'))
		return true;
	do {
		skip_blanks(s);
		s->word = JSON_PRINT ^ object * FNV_PRIME;
		if (!scan_string(s, 'k') || !add_key(s))
			return false;
		skip_blanks(s);
		if (!take(s, ':') || !scan_value(s))
			return false;
	} while (take(s, ','));
	return take(s, '}');
}

static bool
scan_container(struct scan *s)
{
	bool object = *s->p == '{', ok;

	if (s->depth == JSON_DEPTH)
		return false;
	s->depth++;
	s->sum.containers++;
	s->sum.print = json_print_tag(s->sum.print, *s->p++);
	ok = object ? scan_object(s) : scan_array(s);
	s->sum.print = json_print_tag(s->sum.print, object ? '}' : ']');
	s->depth--;
	return ok;
}

static bool
scan_word(struct scan *s)
{
	char tag = peek(s);

	s->sum.print = json_print_tag(s->sum.print, tag);
	return take_word(s, tag == 't' ? STR("true") : tag == 'f' ? STR("false") : STR("null"));
}

/* With the blanks around it. */
static bool
scan_value(struct scan *s)
{
	bool ok;

	s->sum.values++;
	skip_blanks(s);
	switch (peek(s)) {
	case '{':
	case '[':
		ok = scan_container(s);
		break;
	case '"':
		ok = scan_string(s, 's');
		break;
	case 't':
	case 'f':
	case 'n':
		ok = scan_word(s);
		break;
	default:
		ok = scan_number(s);
	}
	skip_blanks(s);
	return ok;
}

bool
json_scan(struct arena *a, struct str text, struct json_sum *sum)
{
	struct scan s = {
		.arena = a, .p = text.p, .end = text.p + text.len, .sum = { .print = JSON_PRINT }
	};

	if (text.len == 0 || !utf8_is_valid(text) || !scan_value(&s) || s.p != s.end ||
	    has_duplicate(&s))
		return false;
	*sum = s.sum;
	return true;
}

size_t
json_join_pairs(char *text, size_t len)
{
	struct scan s = { .p = text, .end = text + len };
	char *to = text;
	uint32_t point;

	while (s.p < s.end) {
		const char *at = s.p++;

		if (*at == '\\' && take(&s, 'u') && take_unicode(&s, &point) && point > 0xffff) {
			to += str_utf8_put(point, to);
			continue;
		}
		s.p = *at == '\\' ? at + 2 : at + 1;
		while (at < s.p)
			*to++ = *at++;
	}
	*to = '\0';
	return (size_t)(to - text);
}
