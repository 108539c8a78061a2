/*
 * role - the roles of a server, and who owns it. A role is given to members and stands above
 * others; whoever may manage roles changes those below his own, and only the permissions that he
 * holds himself.
 */
#ifndef MOOT_DOMAIN_ROLE_H
#define MOOT_DOMAIN_ROLE_H

#include "domain/call.h"

#define ROLE_NAME_MAX 64
#define ROLES 250		/* of a server, built-in ones included */
#define ROLE_NO_COLOR (-1)

/* What is given or changed; the strings are parameters of the statement, NULL: as it was, or by
 * default. */
struct role_form {
	struct str name;
	const char *permissions;
	const char *color;
	const char *mentionable;
};

/* Highest first. Guests get their own. */
enum err role_list(struct call *c, int64_t server, struct answer *out);
/* The lowest of the custom ones. ERR_LIMIT_REACHED. */
enum err role_create(struct call *c, int64_t server, const struct role_form *f, struct answer *out);
/* ERR_CONFLICT for what a built-in role keeps. */
enum err role_update(
    struct call *c, int64_t server, int64_t role, const struct role_form *f, struct answer *out);
/* All custom roles, highest first. ERR_CONFLICT when it is not all of them and nothing else. */
enum err role_order(
    struct call *c, int64_t server, const int64_t *ids, size_t n, struct answer *out);
enum err role_delete(struct call *c, int64_t server, int64_t role, struct answer *out);
/* The member owns the server from now on, and the actor is an admin. ERR_BAD_CREDENTIALS when it is
 * not the actor's password. */
enum err server_hand_on(
    struct call *c, int64_t server, int64_t user, struct str password, struct answer *out);

#endif
