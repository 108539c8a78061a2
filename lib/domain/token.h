/*
 * token - the formats of the tokens of our own making.
 *
 * Personal:  "moot_pat_" base64url( token id, 8 bytes BE | account id, 8 bytes BE | secret, 32
 * bytes ); the database keeps SHA-256(secret). Refresh:   "moot_rt_" base64url( session id, 8 bytes
 * BE | generation, 4 bytes BE | MAC, 32 bytes ); MAC = HMAC-SHA256(token key, "refresh" | seed |
 * session id | generation), so that the database keeps no token, and one of an older generation is
 * known for what it is. Known browser: "moot_kb_" base64url( account id, 8 bytes BE | random, 16
 * bytes | MAC, 32 bytes ); MAC = HMAC-SHA256(token key, "known" | account id | random): who signs
 * in to this account with it was signed in to it before. It opens nothing.
 */
#ifndef MOOT_DOMAIN_TOKEN_H
#define MOOT_DOMAIN_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/str.h"
#include "wire/jwt.h"

#define TOKEN_PERSONAL "moot_pat_"
#define TOKEN_REFRESH "moot_rt_"
#define TOKEN_KNOWN "moot_kb_"
#define TOKEN_KNOWN_RANDOM 16
#define TOKEN_SECRET 32
#define TOKEN_SEED 32

struct personal_token {
	int64_t token;
	int64_t account;
	uint8_t secret_hash[CRYPT_SHA256_LEN];
};

struct refresh_token {
	int64_t session;
	uint32_t gen;
	uint8_t mac[CRYPT_SHA256_LEN];
};

/* In the arena. */
struct str token_personal_make(
    struct arena *a, int64_t token, int64_t account, const uint8_t secret[TOKEN_SECRET]);
/* False for anything token_personal_make() does not write. */
bool token_personal_parse(struct str s, struct personal_token *out);

struct str token_refresh_make(struct arena *a, const struct jwt_key *key,
    const uint8_t seed[TOKEN_SEED], int64_t session, uint32_t gen);
bool token_refresh_parse(struct str s, struct refresh_token *out);
/* The MAC is the one of this seed; in constant time. */
bool token_refresh_is_genuine(
    const struct jwt_key *key, const uint8_t seed[TOKEN_SEED], const struct refresh_token *t);

struct known_token {
	int64_t account;
	uint8_t random[TOKEN_KNOWN_RANDOM];
};

/* A fresh one, in the arena. */
struct str token_known_make(struct arena *a, const struct jwt_key *key, int64_t account);
/* False for anything but what token_known_make() writes with this key. */
bool token_known_read(struct str s, const struct jwt_key *key, struct known_token *out);

/* 64 hex digits; false for anything else. */
bool token_seed_parse(struct str hex, uint8_t seed[TOKEN_SEED]);

#endif
