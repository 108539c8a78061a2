/*
 * crypt - the one door to libsodium: randomness, digests, MACs, password hashes, base64url.
 */
#ifndef MOOT_BASE_CRYPT_H
#define MOOT_BASE_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define CRYPT_SHA256_LEN 32
#define CRYPT_PWHASH_MAX 128

/* Once at start; exits the process when the library can't be had. */
void crypt_init(void);
void crypt_random(void *out, size_t n);
void crypt_sha256(struct str in, uint8_t out[CRYPT_SHA256_LEN]);
void crypt_hmac_sha256(
    const uint8_t *key, size_t key_len, struct str in, uint8_t out[CRYPT_SHA256_LEN]);
/* Constant time for equal lengths. */
bool crypt_equal(const void *a, const void *b, size_t n);
void crypt_wipe(void *p, size_t n);

/* argon2id, PHC string. memory in KiB. ERR_NO_MEMORY when memory is short. */
enum err crypt_pwhash(
    struct str password, uint32_t memory_kib, uint32_t passes, char out[CRYPT_PWHASH_MAX]);
/* False on mismatch and on an unreadable hash. */
bool crypt_pwhash_verify(const char *hash, struct str password);
/* The hash was made with other parameters than these. */
bool crypt_pwhash_is_stale(const char *hash, uint32_t memory_kib, uint32_t passes);

/*
 * Secrets that have to be read again: encrypted and authenticated (XChaCha20-Poly1305) under a key
 * of this purpose alone, which is made of the secret `key` and the word `purpose` by HMAC-SHA-256.
 * `about` is what the secret belongs to: it opens with the same only. out: n + CRYPT_SEAL_MORE
 * bytes.
 */
#define CRYPT_SEAL_MORE 40	/* bytes: what sealing adds */
void crypt_seal(const uint8_t *key, size_t key_len, struct str purpose, struct str about,
    const void *in, size_t n, uint8_t *out);
/* in: n + CRYPT_SEAL_MORE bytes, out: n. False for what was not sealed so. */
bool crypt_open(const uint8_t *key, size_t key_len, struct str purpose, struct str about,
    struct str in, void *out, size_t n);

/* Base64url without padding (RFC 4648 section 5). out holds crypt_b64_len(n) + 1 bytes. */
size_t crypt_b64_len(size_t n);
void crypt_b64(const void *in, size_t n, char *out);
/* Strict: alphabet only, no padding, no slack bits. *len = bytes written, at most cap. */
bool crypt_unb64(struct str in, void *out, size_t cap, size_t *len);
void crypt_hex(const void *in, size_t n, char *out);	/* 2n + 1 bytes */

#endif
