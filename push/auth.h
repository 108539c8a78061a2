/*
 * auth - who asks: the token in the request's head, checked without asking anybody. That the
 * session or token still stands is read with the access later.
 */
#ifndef MOOT_PUSH_AUTH_H
#define MOOT_PUSH_AUTH_H

#include "push/push.h"
#include "wire/http_head.h"

struct who {
	int64_t account;
	int64_t credential;
	int64_t exp;		/* Unix seconds; 0: does not expire by itself */
	bool is_token;
	uint8_t hash[CRYPT_SHA256_LEN];
};

/*
 * By Authorization (Bearer or Basic: access token or personal token), else by the access cookie,
 * which counts only from our own origin; for a WebSocket the Origin header must say so itself.
 * ERR_UNAUTHORIZED, ERR_TOKEN_EXPIRED, ERR_CROSS_ORIGIN. a: scratch.
 */
enum err auth_check(const struct push *p, struct arena *a, const struct http_head *h, bool websocket,
    struct who *who);

#endif
