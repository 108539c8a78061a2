/* Emoji and moments; see text.h. */
#include "wire/text.h"

#include <string.h>

#define EMOJI_BYTES 32
#define JOINER 0x200d

static bool
is_flag_letter(uint32_t c)
{
	return c >= 0x1f1e6 && c <= 0x1f1ff;
}

static bool
is_symbol(uint32_t c)
{
	return c == 0xa9 || c == 0xae || (c >= 0x203c && c <= 0x2bff) || c == 0x3030 ||
	    c == 0x303d || c == 0x3297 || c == 0x3299 || (c >= 0x1f000 && c <= 0x1fbff);
}

/* With a keycap behind it. */
static bool
is_key(uint32_t c)
{
	return (c >= '0' && c <= '9') || c == '#' || c == '*';
}

/* Belongs to what stands before it. */
static bool
is_extension(uint32_t c)
{
	return c == JOINER || c == 0x20e3 || (c >= 0xfe00 && c <= 0xfe0f) ||
	    (c >= 0x1f3fb && c <= 0x1f3ff) || (c >= 0xe0020 && c <= 0xe007f);
}

bool
text_is_emoji(struct str s)
{
	uint32_t c, first, last;
	size_t letters;
	bool keycap = false;

	if (s.len > EMOJI_BYTES || !str_utf8_next(&s, &first) || is_extension(first) ||
	    !(is_symbol(first) || is_key(first)))
		return false;
	letters = is_flag_letter(first);
	for (last = first; str_utf8_next(&s, &c); last = c) {
		keycap = keycap || c == 0x20e3;
		if (is_extension(c))
			continue;
		if (is_flag_letter(c) && is_flag_letter(last) && letters++ == 1)
			continue;
		if (last != JOINER || !is_symbol(c))
			return false;
	}
	return s.len == 0 && last != JOINER && letters != 1 && keycap == is_key(first);
}

/* n digits, cut off s; false when there are fewer. */
static bool
take_digits(struct str *s, size_t n, int *out)
{
	int v = 0;

	if (s->len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	*s = (struct str){ s->p + n, s->len - n };
	*out = v;
	return true;
}

static bool
take_char(struct str *s, const char *any)
{
	if (s->len == 0 || s->p[0] == '\0' || strchr(any, s->p[0]) == NULL)
		return false;
	*s = (struct str){ s->p + 1, s->len - 1 };
	return true;
}

static bool
take_date(struct str *s)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, day;

	if (!take_digits(s, 4, &year) || !take_char(s, "-") || !take_digits(s, 2, &month) ||
	    !take_char(s, "-") || !take_digits(s, 2, &day))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return false;
	return month != 2 || day < 29 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

static bool
take_clock(struct str *s)
{
	int hour, minute, second, digit;

	if (!take_digits(s, 2, &hour) || !take_char(s, ":") || !take_digits(s, 2, &minute) ||
	    !take_char(s, ":") || !take_digits(s, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	if (!take_char(s, "."))
		return true;
	for (int i = 0; i < 9; i++) {
		if (!take_digits(s, 1, &digit))
			return i > 0;
	}
	return true;
}

bool
text_is_time(struct str s)
{
	int hour, minute;

	if (!take_date(&s) || !take_char(&s, "Tt") || !take_clock(&s))
		return false;
	if (take_char(&s, "Zz"))
		return s.len == 0;
	return take_char(&s, "+-") && take_digits(&s, 2, &hour) && take_char(&s, ":") &&
	    take_digits(&s, 2, &minute) && s.len == 0 && hour <= 14 && minute <= 59;
}
