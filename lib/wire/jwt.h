/*
 * jwt - the one door to libjwt: HS256 access tokens (RFC 7519, RFC 8725), nothing else.
 *
 * Refuses what libjwt lets through: any other or differently written algorithm, unknown header
 * members, duplicate members, missing or wrongly typed claims, empty or short keys, tokens over
 * JWT_MAX bytes. The clock is passed in; skew of JWT_SKEW seconds is allowed for nbf and iat only.
 */
#ifndef MOOT_WIRE_JWT_H
#define MOOT_WIRE_JWT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define JWT_MAX 4096
#define JWT_SKEW 60

struct jwt_key {
	const uint8_t *bytes;	/* at least 32 */
	size_t len;
	char kid[17];		/* first 16 hex digits of SHA-256 of the key */
};

struct jwt_claims {
	int64_t account;	/* sub */
	int64_t session;	/* sid */
	int64_t iat;		/* Unix seconds */
	int64_t exp;
};

/* Borrows bytes. ERR_INTERNAL for a key under 32 bytes. */
enum err jwt_key_init(struct jwt_key *key, const uint8_t *bytes, size_t len);
/* The compact token, in the arena. issuer becomes iss. ERR_NO_MEMORY. */
enum err jwt_make(struct arena *a, const struct jwt_key *key, struct str issuer,
    const struct jwt_claims *claims, struct str *token);
/* ERR_OK, ERR_TOKEN_EXPIRED (all right but for exp), ERR_UNAUTHORIZED, or ERR_NO_MEMORY: nothing is
 * known then. now in Unix seconds. */
enum err jwt_check(struct arena *a, const struct jwt_key *key, struct str issuer, struct str token,
    int64_t now, struct jwt_claims *claims);

#endif
