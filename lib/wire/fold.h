/*
 * fold - text as a comparison sees it that is not to be fooled by capitals and invisible
 * characters: simple case folding of all scripts (Unicode 14), fullwidth forms as the plain ones,
 * any white space and control character as one blank, and nothing of what takes no room
 * (text_class() TEXT_HIDDEN, TEXT_BIDI). Letters that only look alike, and accents, stay different.
 */
#ifndef MOOT_WIRE_FOLD_H
#define MOOT_WIRE_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

uint32_t fold_case(uint32_t point);
/* The folded characters of s, without blanks at its ends, in the arena: *n of them, at most s.len.
 * What is no UTF-8 ends it. */
uint32_t *fold_text(struct arena *a, struct str s, size_t *n);
/* Whether it is part of a word in a script that puts blanks between words. (In others a word is
 * found wherever it stands.) */
bool fold_is_letter(uint32_t point);

#endif
