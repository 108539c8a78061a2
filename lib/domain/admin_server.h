/*
 * admin_server - servers as the administrator of the installation sees them from the command line.
 * As in admin.h: nobody asks for permission here.
 */
#ifndef MOOT_DOMAIN_ADMIN_SERVER_H
#define MOOT_DOMAIN_ADMIN_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/world.h"

/* Views in the arena, here and below. */
struct admin_server {
	int64_t id;
	struct str name, owner, members, created_at;
	bool deleted;
};

/* At most `most` servers above that id. */
enum err admin_servers(struct world *w, struct arena *a, int64_t after, int most,
    struct admin_server **servers, size_t *n);
/* By its id, or by a name that no other server has. *found: how many there are, at most 2. */
enum err admin_server_find(
    struct world *w, struct arena *a, const char *name, int64_t *id, int *found);
/* Puts somebody out for good. ERR_FORBIDDEN for the owner. */
enum err admin_ban(struct world *w, struct arena *a, int64_t server, int64_t account);

#define ADMIN_AUDIT_CELLS 8	/* id, at, actor_id, actor, action, target_id, reason, detail */

/* At most `most` entries below that id, newest first: ADMIN_AUDIT_CELLS cells each, absent for what
 * there is not. */
enum err admin_audit(struct world *w, struct arena *a, int64_t server, int64_t before, int most,
    struct str **cells, size_t *n);

#endif
