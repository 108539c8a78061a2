/*
 * redis_calls - who waits for which reply of a pipelined connection. Redis answers in order, so it
 * is a queue; replies that nobody waits for are only counted.
 */
#ifndef MOOT_LINK_REDIS_CALLS_H
#define MOOT_LINK_REDIS_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "link/redis_value.h"

#define REDIS_CALLS 65536	/* waiting at once */
#define REDIS_CALLS_SAY_MS 60000

struct redis_call {
	uint32_t before;	/* replies before this one that nobody waits for */
	void (*done)(void *ctx, const struct redis_value *v);
	void *ctx;
};

struct redis_calls {
	struct redis_call *ring;
	uint32_t cap;		/* 0 or a power of two */
	uint32_t start;
	uint32_t n;
	uint32_t unawaited;	/* … behind the last one waited for */
	uint64_t refusals;	/* errors that nobody waited for, ever */
	int64_t said_ms;	/* when the log was told of one, 0: never */
};

/* A command is to be sent. done NULL: nobody waits. False: too many wait; it must not be sent. */
bool redis_calls_add(
    struct redis_calls *q, void (*done)(void *ctx, const struct redis_value *v), void *ctx);
/* A reply came: false when nobody waits for it. */
bool redis_calls_next(struct redis_calls *q, struct redis_call *out);
/*
 * Gives a redisReply to whom it belongs, NULL when a has no room for it; a is reset. An error that
 * nobody waits for is counted, and said in the log once a minute: a Redis that refuses to write may
 * publish very well.
 */
void redis_calls_take(struct redis_calls *q, struct arena *a, const void *reply);
/* The connection is lost: everybody is told by a NULL, and the queue is empty before the first one
 * is. */
void redis_calls_fail(struct redis_calls *q);

/* A bulk string as a word of a command. */
void redis_bulk(struct buf *out, struct str s);

#endif
