/*
 * json_scan - whether a text is JSON that cannot be misread (the rules stand in json.h), and what
 * it says in 64 bits, so that a value built from it can be told from one that lacks something.
 */
#ifndef MOOT_WIRE_JSON_SCAN_H
#define MOOT_WIRE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct json_sum {
	size_t values;		/* of any type */
	size_t containers;	/* arrays and objects */
	size_t pairs;		/* of surrogates: characters written as \u….\u…. */
	uint64_t print;		/* FNV-1a over json_print_…() of all values in order */
};

/* text: NUL-terminated beyond its length. Scratch in the arena. */
bool json_scan(struct arena *a, struct str text, struct json_sum *sum);
/*
 * Puts each character beyond U+FFFF that is written as a pair of surrogates there as itself, in
 * place; the text is one that json_scan() took. Returns the length, and NUL-terminates. For json-c
 * 0.16, which makes U+FFFD of every U+nDC00 to U+nDFFF that is written so.
 */
size_t json_join_pairs(char *text, size_t len);

/*
 * The print of a value continues that of what stands before it: a tag byte and what belongs to it.
 *   null 'n', true 't', false 'f', integer 'i' + 8 bytes, double 'd' + its 8 bytes,
 *   string 's' + its bytes + NUL, array '[' … ']', object '{' (key as 'k' + bytes + NUL, value) …
 * '}'
 */
#define JSON_PRINT UINT64_C(0xcbf29ce484222325)
uint64_t json_print_tag(uint64_t print, char tag);
uint64_t json_print_u64(uint64_t print, char tag, uint64_t v);
uint64_t json_print_double(uint64_t print, double v);
uint64_t json_print_str(uint64_t print, char tag, struct str s);

#endif
