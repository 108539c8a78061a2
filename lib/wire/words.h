/*
 * words - which of many words stand in a text, in time that grows with the text alone (Aho and
 * Corasick, 1975), whatever the words are.
 *
 * A pattern is a word or several with blanks between. It stands for whole words only; with * at its
 * beginning or end also for what begins or goes on so. A * elsewhere is a character like others.
 * Both sides are compared as fold.h says.
 */
#ifndef MOOT_WIRE_WORDS_H
#define MOOT_WIRE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define WORDS_POINTS 40000	/* characters of all patterns together */
#define WORDS_PATTERN 64	/* characters of one */

struct words;

/* There is something to look for in it, and not too much. Uses the arena. */
bool words_is_pattern(struct arena *a, struct str pattern);

/* Room for `points` characters of patterns (their bytes are enough), at most WORDS_POINTS. All in
 * the arena: about 100 bytes a character. */
struct words *words_new(struct arena *a, size_t points);
/* tag: 0 … 31, what words_match() answers for it. False: it is no pattern, or there is no room. */
bool words_add(struct words *w, struct arena *scratch, struct str pattern, unsigned tag);
/* After the last one, before the first match. */
void words_ready(struct words *w);
/* Folded text, without blanks at its ends. One bit for each tag that was found. */
uint32_t words_match(const struct words *w, const uint32_t *text, size_t n);

#endif
