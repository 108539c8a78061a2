/*
 * redis_sub - Redis for a process that never waits: one connection that subscribes, one that
 * publishes, both made again for ever.
 *
 * Replies are read by hiredis' redisReader on our own descriptors. Topics are borrowed as text for
 * the call only: who wants a topic subscribes it again when lost() was followed by ready(). Nothing
 * is kept of what was published while Redis was away.
 */
#ifndef MOOT_LINK_REDIS_SUB_H
#define MOOT_LINK_REDIS_SUB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "link/redis_value.h"

#define REDIS_SUB_READ (1024 * 1024)		/* bytes taken from the bus in one turn */
#define REDIS_SUB_REPLY_MAX \
	(8 * 1024 * 1024) /* an unfinished reply above this ends the connection */
#define REDIS_SUB_QUEUE (16 * 1024 * 1024)	/* commands waiting to be sent */
#define REDIS_SUB_BATCH 512			/* topics in one command */

struct redis_sub;

struct redis_sub_hooks {
	void *ctx;
	/* The subscribing connection is there and has no topic yet. */
	void (*ready)(void *ctx);
	/* It is gone. Messages between now and the next subscribed() are lost. */
	void (*lost)(void *ctx);
	/* From now on every message of the topic arrives. */
	void (*subscribed)(void *ctx, struct str topic);
	void (*message)(void *ctx, struct str topic, struct str payload);
	/* The other connection is there: redis_sub_ask() may be used. NULL: nobody wants to know.
	 */
	void (*asks)(void *ctx);
};

/* target as in redis_target.h, with a numeric address or a name that resolves at once; copied.
 * hooks are copied. */
struct redis_sub *redis_sub_new(const char *target, const struct redis_sub_hooks *hooks);
void redis_sub_free(struct redis_sub *r);
bool redis_sub_is_up(const struct redis_sub *r);
/* Queued for the end of the turn, in commands of at most REDIS_SUB_BATCH topics. False when the
 * connection is away. */
bool redis_sub_subscribe(struct redis_sub *r, struct str topic);
bool redis_sub_unsubscribe(struct redis_sub *r, struct str topic);
/* Best effort on the other connection. */
bool redis_sub_publish(struct redis_sub *r, struct str topic, struct str payload);
/*
 * One command on the other connection, in one pipeline with what is published. done is called once,
 * from the loop: v is borrowed for the call, or NULL when the connection was lost, and then nobody
 * knows whether Redis did it, or when the answer is larger than REDIS_SUB_QUEUE. done NULL: nobody
 * waits. False: the connection is away or REDIS_CALLS wait already, and done is not called.
 */
bool redis_sub_ask(struct redis_sub *r, const struct str *argv, size_t argc,
    void (*done)(void *ctx, const struct redis_value *v), void *ctx);
/* How often Redis has refused what nobody waited for: what was said so is not there. */
uint64_t redis_sub_refusals(const struct redis_sub *r);
/* Bytes of commands on the other connection that Redis has not taken yet; 0 while it is away. */
size_t redis_sub_waiting(const struct redis_sub *r);
/* The next n redis_sub_ask() will be taken. */
bool redis_sub_has_room(const struct redis_sub *r, uint32_t n);
/* They would not, though the connection is there: later they may. */
bool redis_sub_is_busy(const struct redis_sub *r, uint32_t n);
/* Cuts the connections and makes them anew; for a bus that is connected but deaf. */
void redis_sub_restart(struct redis_sub *r, const char *why);
/* Sends what is queued; the owner calls it at the end of the turn. */
void redis_sub_flush(struct redis_sub *r);

#endif
