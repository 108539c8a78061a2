/*
 * auth - who asks: the token in the request's head, checked without asking anybody. That the
 * session or token still stands is read with the access later.
 */
#ifndef MOOT_PUSH_AUTH_H
#define MOOT_PUSH_AUTH_H

#include "domain/actor.h"
#include "push/push.h"
#include "wire/http_head.h"

/*
 * By Authorization (Bearer or Basic: access token or personal token), else by the access cookie,
 * which counts only from our own origin; for a WebSocket the Origin header must say so itself.
 * ERR_UNAUTHORIZED, ERR_TOKEN_EXPIRED, ERR_CROSS_ORIGIN. a: scratch.
 */
enum err auth_check(const struct push *p, struct arena *a, const struct http_head *h,
    bool websocket, struct actor *who);

#endif
