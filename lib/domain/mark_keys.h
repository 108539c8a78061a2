/*
 * mark_keys - where marks wait in Redis. All are sorted sets whose score is the position, and are
 * only ever raised (ZADD GT, Redis 6.2), so that what comes twice or in another order does no harm:
 *
 *   m:r:<account>   channel                  what this account has read
 *   m:c:<channel>   account                  who has read this channel, where receipts are shown
 *   m:d:<channel>   account                  who got what is in it, likewise
 *   m:dirty         <account>:<channel>:r|d  what the next flush stores
 *   m:flusher       a text                   is there while somebody flushes
 *
 * The first three are laid over what Postgres has and go an hour after they were last written, by
 * when they have long been stored. What is acknowledged stands in m:dirty until it is stored.
 */
#ifndef MOOT_DOMAIN_MARK_KEYS_H
#define MOOT_DOMAIN_MARK_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "link/redis_value.h"

#define MARKS_DIRTY "m:dirty"
#define MARKS_FLUSHER "m:flusher"
#define MARK_SEQ_MAX 9007199254740991	/* 2^53 - 1: beyond it a score is not exact */
#define MARKS_OVERLAY_S 3600
#define MARKS_FLUSHER_S 60		/* m:flusher goes when nobody has flushed for so long */
#define MARKS_DIRTY_MAX 200000		/* above it marks are stored at once */
#define MARKS_OVERLAY_MAX 5000		/* of one account that are laid over its first screen */
#define MARK_COMMANDS 5
#define MARK_QUESTIONS 3
#define MARK_WORDS 7

/* The key of the set of that kind: r (id: an account), c or d (a channel). In the arena. */
struct str mark_key(struct arena *a, char kind, int64_t id);

struct mark {
	int64_t account;
	int64_t channel;
	int64_t seq;
	bool delivered;		/* else read */
	bool shown;		/* a receipt goes with it */
};

struct mark_command {
	struct str argv[MARK_WORDS];
	size_t argc;
};

/*
 * The commands that keep a mark; their number. Words in the arena. The first two are what counts:
 * mark_is_kept() takes their answers; NULL is the same as refused.
 */
size_t mark_commands(struct arena *a, const struct mark *m, struct mark_command out[MARK_COMMANDS]);
/* *moved: nobody else had brought it as far. False: Redis would not, or is older than 6.2. */
bool mark_is_kept(const struct redis_value *dirty, const struct redis_value *own, bool *moved);
/* What to ask in the same round trip: how far it is now, and whether a flush will come. */
void mark_questions(struct arena *a, const struct mark *m, struct mark_command out[MARK_QUESTIONS]);
bool mark_is_safe(const struct redis_value *flusher, const struct redis_value *dirty);
/* The command that asks how far an account has read a channel. */
void mark_look(struct arena *a, int64_t account, int64_t channel, struct mark_command *out);
/* A score: a position; 0 when v is none (also when it is NULL). */
int64_t mark_score(const struct redis_value *v);

#endif
