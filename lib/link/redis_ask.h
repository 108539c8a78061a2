/*
 * redis_ask - questions an administrator's program asks of Redis: one connection, one command.
 */
#ifndef MOOT_LINK_REDIS_ASK_H
#define MOOT_LINK_REDIS_ASK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define REDIS_ASK_MS 2000	/* for connecting, and for the answer */

/*
 * argv ends with NULL. The answer as text in the arena, the elements of an array on lines of their
 * own. target as in redis_new(). ERR_UNAVAILABLE: *out is the reason.
 */
enum err redis_ask(struct arena *a, const char *target, const char *const argv[], struct str *out);

#endif
