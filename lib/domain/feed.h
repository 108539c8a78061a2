/*
 * feed - what the push daemon may know: who reads which stream, events, heads, valid credentials.
 *
 * Every question is answered once, from the loop. Rows given to a done() live until it returns.
 * A question that returns an error was not accepted: its done() is not called.
 */
#ifndef MOOT_DOMAIN_FEED_H
#define MOOT_DOMAIN_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypt.h"
#include "base/err.h"
#include "domain/presence_word.h"
#include "wire/bus.h"

#define FEED_MARKS 256		/* of one feed_marks() */
#define FEED_ACCOUNTS 256	/* of one feed_picture() */
#define FEED_CLAIMS 256		/* … from which on the question takes no more accounts */
/* That one account can follow; of more the least used channels are left out. */
#define FEED_STREAMS 1000

enum feed_kind { FEED_SERVER = 's', FEED_CHANNEL = 'c', FEED_USER = 'u' };

struct feed;

/* conninfo is as in pg_async.h and copied; path: of base_url (site.h), borrowed. state(ctx, up):
 * the database came or went. */
struct feed *feed_new(
    const char *conninfo, const char *path, void (*state)(void *ctx, bool up), void *ctx);
void feed_free(struct feed *f);
bool feed_is_up(const struct feed *f);

enum err feed_epoch(struct feed *f, void (*done)(void *ctx, enum err e, int64_t epoch), void *ctx);

/* A stream that an account may read. */
struct feed_access {
	int64_t account;
	int64_t stream;
	int64_t parent;		/* the server of a channel, else 0 */
	int64_t rev;		/* head in this picture */
	int64_t parent_rev;	/* that of the parent, in the same picture */
	int64_t floor;		/* nothing up to there may be sent: no reading back; 0: all may */
	int64_t past;		/* likewise of messages: nor what those up to that seq say by now */
	int64_t left_ms;	/* until it may not be read any more, rounded down, from when the
				   database was asked; INT64_MAX: it does not end by itself */
	enum feed_kind kind;
	struct str name;	/* of a channel; absent for conversations and all else */
	/* Of his own stream only: */
	bool receipts;		/* he wants them */
	struct str status;	/* chosen by hand: online, dnd, invisible */
	bool shows_seen;	/* others may see when he was here last */
};

/* What a connection came with. hash: of a personal token only. */
struct feed_claim {
	int64_t credential;	/* session or token id */
	int64_t account;
	bool is_token;
	/* Set by the answer; scopes and end are those of tokens only. */
	enum err refusal;		/* ERR_OK: it stands */
	bool may_read, may_write;	/* by the token's scopes */
	int64_t expires_s;		/* Unix seconds, 0: never */
	uint8_t hash[CRYPT_SHA256_LEN];
};

struct feed_picture {
	const struct feed_access *access; /* by account; his own stream, servers, channels; by id */
	size_t n_access;
	const struct feed_claim *claims;	/* those of the question, in its order */
	size_t n_claims;
};

/*
 * Access of at most FEED_ACCOUNTS accounts in one snapshot, then the validity of the claims in a
 * later one: so a credential that ended after it was found valid has its event above the revs of
 * the picture. Claims are fewer than FEED_CLAIMS without those of the last account. accounts and
 * claims are copied. An account that is disabled or gone has no access row.
 */
enum err feed_picture(struct feed *f, const int64_t *accounts, size_t n,
    const struct feed_claim *claims, size_t n_claims,
    void (*done)(void *ctx, enum err e, const struct feed_picture *p), void *ctx);

struct feed_event {
	int64_t stream;
	enum feed_kind kind;
	bool broken;		/* cannot be framed: type or body are not what they must be */
	struct bus_event e;
};

struct feed_want {
	int64_t stream;
	int64_t rev;		/* want: events above it; head: the newest */
};

/* At most limit events of each stream, ascending by stream and rev. */
enum err feed_events(struct feed *f, const struct feed_want *wants, size_t n, int limit,
    void (*done)(void *ctx, enum err e, const struct feed_event *events, size_t n), void *ctx);
/* All events above an event id, ascending by it, at most `most`. */
enum err feed_tail(struct feed *f, int64_t after_event, int most,
    void (*done)(void *ctx, enum err e, const struct feed_event *events, size_t n), void *ctx);
enum err feed_heads(struct feed *f, const int64_t *streams, size_t n,
    void (*done)(void *ctx, enum err e, const struct feed_want *heads, size_t n), void *ctx);

/* "channel", "server", "user": the word before the colon in an envelope's stream. */
const char *feed_kind_name(enum feed_kind kind);
/* Author and text of a message.created envelope; views in the arena. False when it is none. */
bool feed_message_text(struct arena *a, struct str envelope, struct str *author, struct str *text);
/*
 * Who types, for an account that may send in the channel: person is the JSON of a user, borrowed
 * until done() returns, or absent when so many people see the channel that nobody is told; hidden:
 * who of them is not told as bus.h has it, borrowed likewise. ERR_FORBIDDEN when it may not.
 */
enum err feed_typing(struct feed *f, int64_t account, int64_t channel,
    void (*done)(void *ctx, enum err e, struct str person, struct str hidden), void *ctx);
/* A read or delivered position that somebody tells. */
struct feed_mark {
	int64_t account;
	int64_t channel;
	int64_t seq;
	bool delivered;		/* else read */
	/* Set by the answer. */
	bool seen;		/* he sees the channel; else nothing more is set */
	bool moved; /* above what is stored: to be kept, seq being cut to the newest message */
	struct str mine, shown; /* bus payloads for the account's and the channel's stream; absent:
				   nothing to tell */
};

/* What at most FEED_MARKS marks come to, in their order. marks are copied. */
enum err feed_marks(struct feed *f, const struct feed_mark *marks, size_t n,
    void (*done)(void *ctx, enum err e, const struct feed_mark *marks, size_t n), void *ctx);
/* The bus payload of a typing.started event, of what feed_typing() answers. */
void feed_typing_render(
    struct buf *out, int64_t channel, int64_t account, struct str person, struct str hidden);

/* Somebody that an account may watch, because they share something. */
struct feed_person {
	int64_t account;
	int64_t id;
	enum presence status;	/* chosen by hand */
	int64_t seen_s;		/* 0: never, or not kept */
	bool shows;		/* when it was here last, and this account may see it */
	bool apart;		/* one of them has blocked the other: to be seen as offline */
	bool by_channel;	/* single channels join them, one being a guest */
};

#define FEED_PEOPLE 4096	/* of one feed_people() */

/* Of n pairs (accounts[i], ids[i]) those that share something, ascending by both. */
enum err feed_people(struct feed *f, const int64_t *accounts, const int64_t *ids, size_t n,
    void (*done)(void *ctx, enum err e, const struct feed_person *people, size_t n), void *ctx);

#endif
