/*
 * limit - how often somebody may do something. Counters are in Redis; while Redis is away, what
 * guards signing in counts in Postgres, and everything else passes.
 *
 * A counter of an account or a token is only taken for who has proved to be it, so the actor of a
 * call is verified before limit_take(). What nobody has proved counts for the address it comes
 * from: an IPv4 address, or an IPv6 network of 64 bits.
 */
#ifndef MOOT_DOMAIN_LIMIT_H
#define MOOT_DOMAIN_LIMIT_H

#include "base/buf.h"
#include "domain/call.h"

/* Every limit is multiplied by limits_scale, and those of sending, conversations, servers and
 * invites halved for an account in its first new_account_hours. */
enum limit_class {
	LIMIT_NONE,
	LIMIT_ANY,	/* 600 a minute for one token, or one address without one */
	LIMIT_ACCOUNT,	/* 3,000 a minute for one account, whatever it asks with */
	LIMIT_LOGIN,	/* 20 in 15 minutes for one address, right ones given back */
	LIMIT_REGISTER, /* 10 an hour for one address */
	LIMIT_RESET,	/* 10 an hour for one address: asking for new passwords */
	LIMIT_GUESS,	/* 20 a minute for one address: invite codes */
	LIMIT_SEND,	/* 20 in 20 seconds for one account */
	LIMIT_TYPING,	/* 10 in 10 seconds for one account */
	LIMIT_PROFILE,	/* 20 an hour for one account: a new name is told to all who know it, and
			   what he is entered with stands in a log that nobody can make shorter */
	LIMIT_PRESENCE, /* 30 a minute for one account: each may be an event, and is told to who
			   watches */
	LIMIT_WATCH,	/* 120 a minute for one account: each asks about up to 200 people, or
			   has streams ask again */
	LIMIT_DM,	/* 30 an hour for one account: opening conversations, also to find one */
	LIMIT_SERVER,	/* 20 an hour for one account: making servers … */
	LIMIT_CHANNEL,	/* … 60 an hour: channels … */
	LIMIT_INVITE,	/* … 60 an hour: invites */
	LIMIT_MANAGE,	/* 60 a minute for one account: what is told to all of a server, or
			   read anew, or stays in a log that nobody can make shorter */
	LIMIT_RESTORE,	/* 6 an hour for one account: a server that comes back is told to each
			   member */
	LIMIT_REPORT,	/* 10 an hour for one account: each is told to up to 50 people */
	LIMIT_EXPORT,	/* once a day for one account: copies of everything he has said */
	LIMIT_FETCH,	/* 10 an hour for one account: whole copies */
	LIMIT_PURGE,	/* 30 an hour for one account: each is work for the jobs */
	LIMIT_PICTURE,	/* 10 an hour for one account: each costs memory and a processor */
	LIMIT_REFUSED,	/* 60 a minute for one address: credentials that were none */
	LIMIT__MAX
};

/* Adds "30 in 3600 s for one account", of a class but LIMIT_NONE and before scaling. */
void limit_rule(struct buf *out, enum limit_class class);

/* For the RateLimit headers; limit 0: nothing was counted. */
struct limit_state {
	int64_t limit;
	int64_t remaining;
	int64_t reset_s;
};

/* Counts one hit of the class, of LIMIT_ANY and of LIMIT_ACCOUNT. ERR_RATE_LIMITED: c->retry_s says
 * when again. *state is filled whatever comes of it: a refusal says in its headers how it stands.
 */
enum err limit_take(struct call *c, enum limit_class class, struct limit_state *state);
/* ERR_RATE_LIMITED when the class is used up; counts nothing. For what has to be known before the
 * database is asked; passes while Redis is away. *state is filled only when
 * it fails, for the same headers. */
enum err limit_look(struct call *c, enum limit_class class, struct limit_state *state);
/* The actor was none after all: gives back the hits on counters of his account. */
void limit_give_back(struct call *c);
/* Counts an attempt to sign in (5 in 15 minutes), whatever address it comes from: on the account,
 * however it was named, or on the name of none (account 0); of a browser that is known to have
 * signed in to the account before (c->known) on that browser. */
enum err limit_login(struct call *c, int64_t account, struct str login);
/* Counts an attempt of the actor at his own password, apart from what others try (5 in 15 minutes).
 */
enum err limit_password(struct call *c);
/* Counts an attempt at the second factor of an account that signs in (5 in 15 minutes), whatever
 * address it comes from: who gets so far has the password. */
enum err limit_factor(struct call *c, int64_t account);
/* The same of the actor's session that confirms, apart from that: a session that somebody has got
 * hold of must not keep its owner from signing in. */
enum err limit_confirm(struct call *c);
/* This is the second step of a sign-in of this account: limit_refund() gives back what the first
 * has counted as well, which was right and might not have been gone on with. */
void limit_first_step(struct call *c, int64_t account);
/* Counts as if the actor had used up the class, for what has cost as much. Does nothing while Redis
 * is away. */
void limit_use_up(struct call *c, enum limit_class class);
/* The attempts were right: gives back what limit_take() of LIMIT_LOGIN and they have counted. */
void limit_refund(struct call *c);

#endif
