/*
 * id - 64-bit ids: Unix milliseconds << 20 | a sequence number. As decimal text they have 19 digits
 * (until the year 2248), so they sort as text as they sort as numbers. 0 is no id.
 */
#ifndef MOOT_BASE_ID_H
#define MOOT_BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define ID_DIGITS 19

/* 1–19 decimal digits without a leading zero, 1 … 2^63-1. False leaves *out. */
bool id_parse(struct str s, int64_t *out);
/* Decimal text and NUL. */
void id_format(int64_t id, char out[21]);
int64_t id_wall_ms(int64_t id);
/* The smallest id of that millisecond. */
int64_t id_of_wall_ms(int64_t ms);

#endif
