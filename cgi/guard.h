/*
 * guard - who asks, from where, and whether a browser was made to.
 */
#ifndef MOOT_CGI_GUARD_H
#define MOOT_CGI_GUARD_H

#include "cgi/request.h"

/* Names the actor from Authorization, else from the access cookie; nobody when there is neither.
 * ERR_UNAUTHORIZED, ERR_TOKEN_EXPIRED. */
enum err guard_actor(struct request *r, struct world *w);
/* A request that changes something by the power of a cookie must come from our own pages:
 * what it says (Sec-Fetch-Site, Origin) names them. strict: saying nothing is not enough.
 * ERR_CROSS_ORIGIN. */
enum err guard_origin(const struct request *r, bool strict);
/* The client's address: REMOTE_ADDR, or, when that is a trusted proxy, the last address in
 * X-Forwarded-For that is none. */
struct str guard_address(const struct config *config);
/* The request came from this machine, over loopback or a unix socket. */
bool guard_is_local(void);

#endif
