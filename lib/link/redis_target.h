/*
 * redis_target - where Redis is: `unix:/path`, or `host:port` with a name or an address
 * ([::1]:6379).
 */
#ifndef MOOT_LINK_REDIS_TARGET_H
#define MOOT_LINK_REDIS_TARGET_H

#include <stdbool.h>

struct redisContext;

struct redis_target {
	char path[108];		/* of the socket; "": host and port */
	char host[256];
	char port[6];		/* 1 … 65535 */
};

/* False: text is of neither form, or too long. */
bool redis_target_parse(const char *text, struct redis_target *out);
/* Connects and waits for it and for each answer at most ms. NULL when text is no target or without
 * memory; else the caller looks at ->err and frees. */
struct redisContext *redis_target_dial(const char *text, int connect_ms, int answer_ms);
/* Begins to connect without waiting; a descriptor that is writable when that is over, or -1 with
 * errno. A name with several addresses: each attempt takes the next one. A name that needs DNS
 * blocks while it is resolved. */
int redis_target_open(const struct redis_target *t, unsigned attempt);

#endif
