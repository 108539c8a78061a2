/*
 * call - one thing somebody asks of the product: who asks, what came of it.
 *
 * Every statement of a signed-in actor is preceded, in the same transaction and the same round
 * trip, by the check that his session or token still stands, and where the route says so that the
 * session was confirmed of late. Events a mutation causes are published
 * after its commit, by best effort: the daemon finds what is lost in the database.
 *
 * With an idempotency key a mutation's answer is kept in the same transaction; the same key with
 * the same request gives that answer again and changes nothing.
 */
#ifndef MOOT_DOMAIN_CALL_H
#define MOOT_DOMAIN_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/actor.h"
#include "domain/world.h"

/* A field that is well-formed but invalid. */
struct flaw {
	struct str field;
	struct str code;
	struct str detail;
};

#define FLAWS 32

struct call {
	struct world *world;
	struct arena *arena;
	struct actor actor;
	bool checked;			/* the actor was checked in an earlier round trip */
	bool confirmed;			/* the session has to have been confirmed of late */
	struct str scopes;		/* of a personal token; "" is everything */
	struct str user_agent;		/* of who signs in */
	struct str ip;
	struct str known;		/* of a browser that signed in before; see token.h */
	struct str key;			/* Idempotency-Key; absent: none */
	uint8_t body_hash[CRYPT_SHA256_LEN];
	struct str reason;		/* why, for the audit log; absent: not said */
	/* what came of it, beyond the error */
	struct str detail;
	struct flaw flaws[FLAWS];
	size_t nflaws;
	int64_t retry_s;		/* 429: when to try again */
	struct str ticket;		/* ERR_SECOND_FACTOR: what its second step needs … */
	struct str methods;		/* … and how it can be done: JSON array of words */
	const char *login_key;		/* the counter of this sign-in; NULL for none */
	const char *factor_key;		/* … of its second step */
	bool first_step;		/* … which has counted for the address as well */
	const char *account_keys[2];	/* counters of the account that were hit */
	size_t naccount_keys;
};

enum answer_kind {
	ANSWER_RULES = 1,	/* not posted yet: look again with these rules (message.c) */
	ANSWER_REFUSED = 2,	/* not posted: body is the name of a rule (message.c) */
	ANSWER_BODY = 200,
	ANSWER_CREATED = 201,
	ANSWER_ACCEPTED = 202,	/* a job will do it */
	ANSWER_EMPTY = 204
};

/* Views into results, in the arena. */
struct answer {
	enum answer_kind kind;
	struct str body;	/* JSON */
	struct str ref;		/* path of what was created, below the API's base */
	struct str before;	/* cursors of a list; absent when there is no such page */
	struct str after;
	bool replayed;		/* the answer of an earlier request */
};

/* Adds a flaw and returns ERR_INVALID. Strings borrowed. */
enum err call_flaw(struct call *c, const char *field, const char *code, const char *detail);

/* Checks a personal token now, before it is counted or anything is done: ERR_UNAUTHORIZED for
 * one we have not given, ERR_TOKEN_EXPIRED, ERR_SESSION_ENDED for a revoked one. Sessions
 * have proved by their signature that they were given, and are checked with their first statement.
 */
enum err call_check_token(struct call *c);
/* ERR_SCOPE when a checked personal token does not cover `scope` ("read", "write"). Sessions may
 * everything. */
enum err call_check_scope(const struct call *c, const char *scope);

/* A mutation: rows (kind, ref, data). about: the server or channel that its answer shows, so that
 * it is not shown again to who has lost it; 0: the path in the answer says so, or it is the actor's
 * own. */
enum err call_mutate(
    struct call *c, int64_t about, enum stmt stmt, struct pg_args args, struct answer *out);
/* A read: one row (data) or ERR_NOT_FOUND. */
enum err call_read(struct call *c, enum stmt stmt, struct pg_args args, struct answer *out);
/* A list: one row (data, before, after). */
enum err call_list(struct call *c, enum stmt stmt, struct pg_args args, struct answer *out);
/* Any statement, guarded. */
enum err call_rows(struct call *c, enum stmt stmt, struct pg_args args, struct pg_rows *rows);

/* Parts, for what does not fit the above. */
/* What takes several round trips: body's first pg_batch() is PG_BEGIN and its last PG_COMMIT. It is
 * called again, PG_TRIES times in all, when others got in its way (ERR_SERIALIZATION); what it has
 * left open on failure is rolled back and what Postgres said is noted. Results that body leaves in
 * ctx count only after success. */
enum err call_in_transaction(
    struct call *c, enum err (*body)(struct call *c, void *ctx), void *ctx);
enum err call_failed(struct call *c, enum err e);	/* notes what Postgres said; returns e */
void call_answer(const struct pg_rows *rows, struct answer *out);

#endif
