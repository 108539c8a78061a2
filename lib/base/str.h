/*
 * str - a view into bytes somebody else owns: pointer and length, not NUL-terminated unless said.
 * A view with p == NULL means "absent"; an empty text has p != NULL and len 0.
 */
#ifndef MOOT_BASE_STR_H
#define MOOT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t len;
};

#define STR(lit) ((struct str){ "" lit, sizeof(lit) - 1 })
#define STR_NULL ((struct str){ NULL, 0 })
/* for printf("%.*s", STR_FMT(s)) */
#define STR_FMT(s) (int)(s).len, (s).p

static inline struct str
str_of(const char *s)
{
	return s == NULL ? STR_NULL : (struct str){ s, strlen(s) };
}

bool str_eq(struct str a, struct str b);
/* ASCII letters only */
bool str_eq_nocase(struct str a, struct str b);
bool str_has_prefix(struct str s, struct str prefix);
/* without leading and trailing space, tab, CR, LF */
struct str str_trim(struct str s);
/* Cuts *rest at the first `sep`: returns what stands before it and moves *rest behind it;
 * without a `sep` returns all and makes *rest absent. Absent *rest gives an absent view. */
struct str str_cut(struct str *rest, char sep);
/* Digits 0-9 and a-f only, at least one. */
bool str_is_hex(struct str s);
/* Decimal digits only, no sign, no blanks, at least one digit, <= max. False leaves *out. */
bool str_to_u64(struct str s, uint64_t max, uint64_t *out);
/* One of the elements between separators is exactly word, which is not empty; an absent list has
 * none. */
bool str_list_has(struct str list, char sep, struct str word);
/* Bytes of the UTF-8 sequence (RFC 3629 section 4) that s begins with; 0 when it begins with none.
 */
size_t str_utf8_len(struct str s);
/* Cuts one character off *rest and gives its code point; false (all untouched) when *rest begins
 * with none. */
bool str_utf8_next(struct str *rest, uint32_t *point);
/* Writes the character of a code point up to U+10FFFF; how many bytes. */
size_t str_utf8_put(uint32_t point, char out[4]);

#endif
