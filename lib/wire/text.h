/*
 * text - checks and decoders of small text formats.
 */
#ifndef MOOT_WIRE_TEXT_H
#define MOOT_WIRE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool utf8_is_valid(struct str s);
/* Code points in valid UTF-8. */
size_t utf8_count(struct str s);

/* What a character does where it is shown. */
enum text_class {
	TEXT_PLAIN,
	TEXT_BLANK,   /* takes room, shows nothing */
	TEXT_HIDDEN,  /* neither: marks, joiners, variation selectors, tags */
	TEXT_CONTROL, /* C0, DEL, C1, and the separators of lines and paragraphs U+2028, U+2029 */
	TEXT_BIDI,    /* turns the direction of what follows: U+202A to U+202E, U+2066 to U+2069 */
};
enum text_class text_class(uint32_t point);
/* Valid UTF-8 with at least one plain character. */
bool text_is_visible(struct str s);
/* Valid UTF-8 that has no control character and keeps its direction. */
bool text_is_line(struct str s);
/* Lines, each as text_is_line(); tabs are allowed. */
bool text_is_prose(struct str s);
/* One emoji as people type it, at most 32 bytes: a symbol with what belongs to it (skin tone,
 * selector, keycap, joined symbols, tags) or two letters of a flag. Looked at loosely: what a font
 * makes of it is not known here. */
bool text_is_emoji(struct str s);
/* A moment as RFC 3339 writes it, from the year 1970 on, with at most 9 digits behind the point. */
bool text_is_time(struct str s);
/*
 * Adds s so that a terminal shows it and does nothing else (the class of CVE-2026-3108).
 * Line breaks (LF, CR, CR LF) become line_break, tabs tab; other TEXT_CONTROL and TEXT_BIDI, and
 * bytes that are no UTF-8, \xNN or \uNNNN. A backslash stays as it is: the result is for reading,
 * not for parsing.
 */
void text_add_shown(struct buf *out, struct str s, const char *line_break, const char *tab);
/* Percent-decoding (RFC 3986 2.1), '+' as blank when form; ERR_BAD_REQUEST for a broken escape,
 * NUL or invalid UTF-8. In the arena. */
enum err url_decode(struct arena *a, struct str in, bool form, struct str *out);
/* Everything but unreserved characters escaped. */
void url_encode(struct buf *out, struct str in);

struct query_pair {
	struct str key;
	struct str value;
};
#define QUERY_PAIRS 32
/* application/x-www-form-urlencoded; at most QUERY_PAIRS; decoded pairs in the arena. */
enum err query_parse(
    struct arena *a, struct str in, struct query_pair pairs[QUERY_PAIRS], size_t *n);
/* Value of cookie `name` in a Cookie header (RFC 6265 4.2); absent view when there is none. */
struct str cookie_get(struct str header, struct str name);
/* The secret of `Authorization: Basic` – the user name, or the password when the name is empty –
 * or of `Authorization: Bearer`. In the arena. ERR_UNAUTHORIZED for other schemes. */
enum err authorization_token(struct arena *a, struct str header, struct str *token);

#endif
