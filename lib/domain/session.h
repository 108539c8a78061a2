/*
 * session - signing in and staying signed in.
 */
#ifndef MOOT_DOMAIN_SESSION_H
#define MOOT_DOMAIN_SESSION_H

#include "domain/call.h"
#include "domain/factor.h"

/* What somebody who signed in is given; in the arena. */
struct grant {
	struct str me;		/* JSON */
	struct str access;
	struct str refresh;
	int64_t access_life_s;
	int64_t refresh_life_s;
	int64_t account;
	struct str known;	/* by which its browser is known from now on; absent: it is */
};

/* Makes tokens of the body a sign-in statement answers
 * ({user,session_id,refresh_seed,refresh_gen}). */
enum err session_grant(struct call *c, struct str body, struct grant *out);

#define KNOWN_LIFE_S 31536000	/* for which a browser is known */

/* By what a browser is known that just showed that it is the account's; absent when it is known
 * already. */
struct str session_known(struct call *c, int64_t account);

/* login is a user name or an e-mail address. Wrong ones take as long as wrong passwords; both are
 * ERR_BAD_CREDENTIALS. ERR_RATE_LIMITED after too many wrong ones for this account. ERR_APPROVAL,
 * ERR_UNVERIFIED: a new account that waits, told to who has its password. Who has a second factor
 * and gives no totp: ERR_SECOND_FACTOR, see factor_ask(). */
enum err session_login(struct call *c, struct str login, struct str password, struct str totp,
    struct grant *out);
/* The second step. ERR_TICKET, ERR_BAD_CREDENTIALS; ERR_RATE_LIMITED at the sixth try, when the
 * ticket is gone, and for an account as limit_factor() says. */
enum err session_second(
    struct call *c, struct str ticket, const struct factor_try *shown, struct grant *out);

/* Turns a refresh token over. Its immediate predecessor gives the same successor for the configured
 * grace; any older one ends the session. ERR_SESSION_ENDED, ERR_UNAUTHORIZED for no genuine token.
 */
enum err session_refresh(struct call *c, struct str token, struct grant *out);

/* Ends the session a genuine refresh token belongs to. */
enum err session_end_by_refresh(struct call *c, struct str token);
enum err session_end(struct call *c, int64_t session, struct answer *out);
enum err session_list(struct call *c, struct answer *out);

#endif
