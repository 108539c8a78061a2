/*
 * invite - codes that let people into a server.
 */
#ifndef MOOT_DOMAIN_INVITE_H
#define MOOT_DOMAIN_INVITE_H

#include "domain/call.h"

#define INVITE_CODE_MIN 8
#define INVITE_CODE_MAX 64

/* [A-Za-z0-9_-]{8,64} */
bool invite_code_is_valid(struct str s);

/* max_uses and expires_s: 0 for no bound. */
enum err invite_create(struct call *c, int64_t server, int64_t max_uses, int64_t expires_s, struct answer *out);
enum err invite_list(struct call *c, int64_t server, struct answer *out);
/* For anybody. ERR_NOT_FOUND, ERR_GONE when expired or used up. */
enum err invite_read(struct call *c, struct str code, struct answer *out);
enum err invite_accept(struct call *c, struct str code, struct answer *out);
enum err invite_delete(struct call *c, struct str code, struct answer *out);

#endif
