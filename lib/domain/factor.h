/*
 * factor - the second factor of an account: an authenticator (wire/totp.h), recovery codes; and how
 * a session confirms that it is still in the right hands.
 *
 * The secret of an authenticator is sealed under the token key, for its account. Recovery codes are
 * 120 random bits in base32; only their SHA-256 is stored. Whatever is taken is taken once, by
 * statement: of two at once one gets it.
 */
#ifndef MOOT_DOMAIN_FACTOR_H
#define MOOT_DOMAIN_FACTOR_H

#include "domain/call.h"

#define RECOVERY_CODES 10
#define RECOVERY_BYTES 15
#define RECOVERY_TEXT 29	/* 24 characters in groups of four, with hyphens between */

/* What somebody shows: one of them, the others absent. */
struct factor_try {
	struct str totp;
	struct str recovery_code;
};

/* Parameters of session_create() and session_confirm(): what has been found right and is still to
 * be taken; in the arena. */
struct factor_proof {
	const char *step;
	const char *code_hash;
};

/* ERR_SECOND_FACTOR, with c->ticket and c->methods for the second step of this sign-in. hash: what
 * the password was verified by; ERR_BAD_CREDENTIALS when it has been changed since. */
enum err factor_ask(struct call *c, int64_t account, const char *hash);
/* ERR_BAD_CREDENTIALS when it is not right. Count before: limit_factor(), limit_confirm(). */
enum err factor_prove(
    struct call *c, int64_t account, const struct factor_try *t, struct factor_proof *out);

/* What the actor is entered with; JSON. */
enum err security_read(struct call *c, struct answer *out);
/* This session is in the right hands: by a second factor, or by the password of who has none
 * (ERR_INVALID for who has one: his password may be known, that is what he has it for).
 * ERR_BAD_CREDENTIALS. */
enum err me_confirm(struct call *c, struct str password, const struct factor_try *shown,
    struct answer *out);

/* A fresh secret for an authenticator, as base32 and as an address for it; in the arena. The one in
 * use, if any, stays so until totp_enable(). */
enum err totp_begin(struct call *c, struct str *secret, struct str *uri);

struct recovery_codes {
	char text[RECOVERY_CODES][RECOVERY_TEXT + 1];
	size_t n;
};
/* A code of the secret that totp_begin() gave. ERR_INVALID for another, ERR_GONE when it has been
 * too long. The account's first factor comes with recovery codes, else there are none. */
enum err totp_enable(struct call *c, struct str code, struct recovery_codes *codes);
/* The last factor takes the recovery codes along. */
enum err totp_disable(struct call *c, struct answer *out);
/* In place of those there were. ERR_CONFLICT when there is no second factor. */
enum err recovery_codes_renew(struct call *c, struct recovery_codes *codes);

#endif
