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
/* One that nobody guesses; in the arena. */
const char *invite_code_new(struct arena *a);

struct invite_form {
	int64_t max_uses;	/* 0: no bound */
	int64_t expires_s;	/* 0: never */
	int64_t channel;	/* where it leads; 0: nowhere in particular */
	int64_t role;		/* what who comes becomes; 0: a member */
};

enum err invite_create(struct call *c, int64_t server, const struct invite_form *f, struct answer *out);
enum err invite_list(struct call *c, int64_t server, struct answer *out);
/* For anybody. ERR_NOT_FOUND, ERR_GONE when expired or used up. */
enum err invite_read(struct call *c, struct str code, struct answer *out);
enum err invite_accept(struct call *c, struct str code, struct answer *out);
/* The same invite under another code; the old one is unknown from then on. */
enum err invite_regenerate(struct call *c, struct str code, struct answer *out);
enum err invite_delete(struct call *c, struct str code, struct answer *out);

#endif
