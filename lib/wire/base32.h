/*
 * base32 - RFC 4648 section 6, without padding: for what people have to type.
 */
#ifndef MOOT_WIRE_BASE32_H
#define MOOT_WIRE_BASE32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define BASE32_LEN(n) (((n) * 8 + 4) / 5)

/* Upper case; out holds BASE32_LEN(n) + 1 bytes. */
void base32(const uint8_t *in, size_t n, char *out);
/* Of any case; blanks and hyphens are passed over. False for anything else, for slack bits that are
 * not zero, for a length that no bytes have, and for another number of bytes than n. */
bool base32_read(struct str in, uint8_t *out, size_t n);

#endif
