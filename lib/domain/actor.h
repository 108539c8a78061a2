/*
 * actor - who a bearer token, personal token or access cookie names, before anybody is asked
 * whether the session or token still stands.
 */
#ifndef MOOT_DOMAIN_ACTOR_H
#define MOOT_DOMAIN_ACTOR_H

#include <stdint.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "wire/jwt.h"

enum actor_kind { ACTOR_NOBODY, ACTOR_SESSION, ACTOR_TOKEN };

struct actor {
	enum actor_kind kind;
	int64_t account;	/* 0 for nobody */
	int64_t session;	/* of ACTOR_SESSION */
	int64_t token;		/* of ACTOR_TOKEN */
	int64_t exp_s;		/* of ACTOR_SESSION: when the access token ends, Unix seconds */
	uint8_t secret_hash[CRYPT_SHA256_LEN];	/* of ACTOR_TOKEN */
};

/* issuer: base_url; now_s: Unix seconds; a: scratch. ERR_UNAUTHORIZED for what we have not written,
 * ERR_TOKEN_EXPIRED for an access token of ours that has had its time. */
enum err actor_of_token(struct arena *a, const struct jwt_key *key, struct str issuer,
    int64_t now_s, struct str token, struct actor *out);

#endif
