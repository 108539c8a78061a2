/*
 * redis - the one door to synchronous hiredis: never needed, never waited for long.
 *
 * Invariants: at most REDIS_CONNECT_MS for a connection and REDIS_REPLY_MS for answers (both
 * REDIS_PATIENT_MS after redis_be_patient()), then Redis counts as away and nobody tries again for
 * a while (250 ms, doubling to 5 s), so that a dead Redis costs a request nothing. Replies to
 * publishes are read before the next round trip, not waited for.
 */
#ifndef MOOT_LINK_REDIS_H
#define MOOT_LINK_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "link/redis_value.h"

#define REDIS_CONNECT_MS 20
#define REDIS_REPLY_MS 25
#define REDIS_PATIENT_MS 2000
#define REDIS_PENDING 256 /* publishes whose replies were not read yet; more are read at once */
#define REDIS_BUCKETS 4

struct redis;

/* target as in redis_target.h, borrowed; "" for none. NULL without memory. */
struct redis *redis_new(const char *target);
void redis_free(struct redis *r);
/* For work that nobody waits for: a busy Redis is not one that is away. */
void redis_be_patient(struct redis *r);
/* A target is configured. */
bool redis_is_used(const struct redis *r);
/* A round trip: ERR_OK when Redis answered. */
enum err redis_ping(struct redis *r);

/* Queues PUBLISH; nothing is sent before redis_flush(). ERR_UNAVAILABLE when Redis is away. */
enum err redis_publish(struct redis *r, struct str topic, struct str payload);
/* Sends what is queued and waits for no reply. ERR_UNAVAILABLE: some of it may be lost. */
enum err redis_flush(struct redis *r);

/* A command and its answer. */
struct redis_command {
	const struct str *argv;
	size_t argc;
	struct redis_value answer;
};

/*
 * n commands in one round trip; their answers live in the arena. One that Redis refuses
 * (answer.kind REDIS_REFUSED) fails no other. ERR_UNAVAILABLE: no connection, or it was lost on the
 * way, and nobody knows what of it was done.
 */
enum err redis_run(struct redis *r, struct arena *a, struct redis_command *commands, size_t n);

/* It was found to be away, and nobody tries again yet. */
bool redis_is_away(const struct redis *r);
/* Forgets that Redis was away: the next call tries to connect, as for what cannot be had elsewhere.
 */
void redis_insist(struct redis *r);

/* A counter that starts anew `window_s` seconds after its first hit. */
struct redis_bucket {
	const char *key;
	int64_t window_s;
	int64_t count;		/* after this hit */
	int64_t left_s;		/* until it starts anew, at least 1 */
};

/* Reads a bucket without a hit, in one round trip; count 0 when there is none. */
enum err redis_look(struct redis *r, struct redis_bucket *b);
/* Counts one hit in each of n <= REDIS_BUCKETS buckets, in one round trip. */
enum err redis_hit(struct redis *r, struct redis_bucket *buckets, size_t n);
/* Takes one hit back; queued as a publish is. */
enum err redis_unhit(struct redis *r, const char *key);

#endif
