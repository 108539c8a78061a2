/*
 * sha1 - SHA-1 (FIPS 180-4) and HMAC-SHA-1 (RFC 2104), for the two protocols that ask for them: the
 * WebSocket handshake, where it guards nothing, and TOTP, which stands on HMAC only.
 */
#ifndef MOOT_WIRE_SHA1_H
#define MOOT_WIRE_SHA1_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define SHA1_LEN 20
#define SHA1_BLOCK 64

void sha1(struct str in, uint8_t out[SHA1_LEN]);
/* key: at most SHA1_BLOCK bytes; in: at most SHA1_BLOCK. */
void sha1_hmac(const uint8_t *key, size_t key_len, struct str in, uint8_t out[SHA1_LEN]);

#endif
