/*
 * ticket - what is proved by a secret that was given out once: a link of a mail, a step of a
 * sign-in, a challenge. The secret is 256 random bits in base64url; only its SHA-256 is stored.
 *
 * A secret travels in bodies only; a link carries it behind the #, which no server is sent.
 */
#ifndef MOOT_DOMAIN_TICKET_H
#define MOOT_DOMAIN_TICKET_H

#include "base/crypt.h"
#include "domain/call.h"

#define TICKET_TEXT 43	/* characters of a secret */

enum ticket_kind {
	TICKET_RESET,		/* a new password; 1 h; an account has the newest only */
	TICKET_VERIFY,		/* an address, {email}; 24 h; the newest only */
	TICKET_SECOND_FACTOR,	/* a sign-in after its password; 5 min, 5 tries */
	TICKET__MAX
};

/* A secret and what is stored of it. */
struct ticket_secret {
	char text[TICKET_TEXT + 1];
	uint8_t hash[CRYPT_SHA256_LEN];
};

/* What stood behind one; data is in the arena. */
struct ticket {
	int64_t account;	/* 0: nobody's */
	struct str data;	/* JSON object */
	int64_t tries;		/* of ticket_try(), this one included */
};

/* The word in the table. */
const char *ticket_word(enum ticket_kind kind);
/* Seconds it lasts. */
int64_t ticket_life_s(enum ticket_kind kind);

/* A fresh one. */
void ticket_secret_make(struct ticket_secret *out);
/* The hash of what somebody sent; false when it does not look like one of ours. */
bool ticket_hash(struct str secret, uint8_t out[CRYPT_SHA256_LEN]);

/* Notes a secret. account 0: nobody's; data a JSON object, absent: {}. */
enum err ticket_make(struct call *c, enum ticket_kind kind, const struct ticket_secret *secret,
    int64_t account, struct str data);
/* The ticket, which stays, for a try that is counted whatever comes of it. ERR_TICKET when there is
 * none; ERR_RATE_LIMITED when it has been tried `most` times before: it is gone then. */
enum err ticket_try(struct call *c, enum ticket_kind kind, struct str secret, int64_t most,
    struct ticket *out);

#endif
