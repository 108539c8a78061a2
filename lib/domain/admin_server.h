/*
 * admin_server - servers as the administrator of the installation sees them from the command line.
 * As in admin.h: nobody asks for permission here. What is done is done with the owner's rights, so
 * not in private channels that he does not see; what is noted of it names nobody.
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

/* By its id, or by a name that no other has. *found: how many there are, at most 2. deleted: among
 * those that can come back. */
enum err admin_server_find(struct world *w, struct arena *a, const char *name, bool deleted,
    int64_t *id, int *found);
enum err admin_channel_find(struct world *w, struct arena *a, int64_t server, const char *name,
    bool deleted, int64_t *id, int *found);
enum err admin_role_find(struct world *w, struct arena *a, int64_t server, const char *name,
    int64_t *id, int *found);

/* Lists, and the cells of a line. What there is not is absent. */
enum admin_list {
	ADMIN_MEMBERS,	/* id, name, joined, time-out until, membership until, roles */
	ADMIN_BANS,	/* id, name, since, until, who did it, why */
	ADMIN_ROLES,	/* id, kind, permissions, how many hold it, name */
	ADMIN_CHANNELS,	/* id, kind, messages, what is special, category, name */
	ADMIN_INVITES,	/* code, since, until, uses, creator, role */
	ADMIN_REPORTS,	/* id, when, state, reason, about whom, by whom, note */
	ADMIN_LIST__MAX
};
struct admin_cells {
	struct str *v;	/* line by line */
	size_t lines, per_line;
};
/* At most `most` lines after the first `skip`. */
enum err admin_list(struct world *w, struct arena *a, enum admin_list what, int64_t server,
    int64_t skip, int most, struct admin_cells *out);
/* At most `most` entries below that id, newest first, in the order of audit_heads (audit.h).
 * server 0: the installation's. */
enum err admin_audit(struct world *w, struct arena *a, int64_t server, int64_t before, int most,
    struct admin_cells *out);

/*
 * What is done. reason: for the audit log, "" for none. Refusals are those of the call in the API,
 * made by the owner: ERR_NOT_FOUND, ERR_FORBIDDEN, ERR_CONFLICT, ERR_OWNER_STAYS, ERR_GONE …, and
 * pg_fault() has what there is to say of it.
 */
enum admin_deed {
	ADMIN_KICK,	/* of a person */
	ADMIN_BAN,
	ADMIN_UNBAN,
	ADMIN_HAND_ON,
	ADMIN_TIMEOUT,	/* … more: seconds, 0: it ends */
	ADMIN_GIVE,	/* … more: a role */
	ADMIN_TAKE,
	ADMIN_LOCKDOWN,	/* of the server */
	ADMIN_OPEN,
	ADMIN_DELETE,
	ADMIN_RESTORE,
	ADMIN_ICON_REMOVE,
	ADMIN_CHANNEL_ARCHIVE,	/* of a channel */
	ADMIN_CHANNEL_UNARCHIVE,
	ADMIN_CHANNEL_DELETE,
	ADMIN_CHANNEL_RESTORE,
	ADMIN_DEED__MAX
};
enum err admin_do(struct world *w, struct arena *a, enum admin_deed deed, int64_t server,
    int64_t subject, int64_t more, const char *reason);
/* An invite for a week, in the owner's name. */
enum err admin_invite(struct world *w, struct arena *a, int64_t server, const char **code);
enum err admin_invite_delete(struct world *w, struct arena *a, int64_t server, const char *code);

#endif
