/*
 * admin - what the administrator does from the command line, as the database's owner: nobody asks
 * for permission here. Names are as typed; errors are those of pg.h.
 */
#ifndef MOOT_DOMAIN_ADMIN_H
#define MOOT_DOMAIN_ADMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/ticket.h"
#include "domain/world.h"

/* Views in the arena. */
struct admin_user {
	struct str id, username, email, created_at;	/* email: absent for none */
	bool admin, bot, disabled, second_factor, waits;
};

/* A valid user name (account.h) and a password hash. ERR_USERNAME_TAKEN. */
enum err admin_user_add(
    struct world *w, struct arena *a, const char *name, const char *hash, bool admin);
/* *id is 0 when there is no such user. */
enum err admin_user_find(struct world *w, struct arena *a, const char *name, int64_t *id);
/* Sets the password and ends all sessions, *ended of them; their streams are told. */
enum err admin_password_set(
    struct world *w, struct arena *a, int64_t id, const char *hash, int *ended);
/* As people.h says of one's own account, and what refuses it: ERR_OWNER_STAYS, ERR_CONFLICT for the
 * last administrator, ERR_NOT_FOUND for who is disabled, or deleted, already. */
enum err admin_user_deactivate(struct world *w, struct arena *a, int64_t id);
enum err admin_user_delete(struct world *w, struct arena *a, int64_t id, bool purge);
/* Leaves word that a copy of the user's data is to be written; *name: the file it becomes, in
 * folder EXPORT_FOLDER of files_dir. */
enum err admin_user_export(struct world *w, struct arena *a, int64_t id, struct str *name);
/* Takes the user's picture away; the jobs remove its files at once. ERR_NOT_FOUND: has none. */
enum err admin_avatar_remove(struct world *w, struct arena *a, int64_t id);
/* *was is false when there is nothing to enable: it is not disabled, or deleted for good. */
enum err admin_user_enable(struct world *w, struct arena *a, int64_t id, bool *was);
/* The password alone opens it from then on. ERR_NOT_FOUND when it has no second factor. */
enum err admin_factors_drop(struct world *w, struct arena *a, int64_t id);
/* A link for a new password, by its secret; of several the newest works. *made is false when the
 * account is disabled. */
enum err admin_reset_link(struct world *w, struct arena *a, int64_t id,
    struct ticket_secret *secret, bool *made);
/* Views in the arena. */
struct admin_waiting {
	struct str id, username, email, note, created_at;	/* email, note: absent for none */
	bool verified;		/* the address is */
	bool first_verify;	/* it waits for that, and not yet for an administrator */
};
/* At most `most` new accounts behind that id that wait, the oldest first. */
enum err admin_registrations(struct world *w, struct arena *a, int64_t after, int most,
    struct admin_waiting **waiting, size_t *n);
/* As registration_decide(). */
enum err admin_decide(struct world *w, struct arena *a, int64_t id, bool approve);
/* *found is false when there is no such user. */
enum err admin_promote(struct world *w, struct arena *a, const char *name, bool *found);
/* At most `most` users behind that name, in the order of their names. */
enum err admin_users(struct world *w, struct arena *a, const char *after, int most,
    struct admin_user **users, size_t *n);

/* Views in the arena. */
struct admin_kept {
	struct str channel, server, name;	/* id, and the names of both */
	struct str days, messages;	/* how long it keeps them, and how many are older */
};
/* The channels that do not keep messages for ever. */
enum err admin_retention(struct world *w, struct arena *a, struct admin_kept **kept, size_t *n);
/* Leaves the job that takes them away. */
enum err admin_retention_start(struct world *w, struct arena *a);

/* The token that makes the first administrator replaces an earlier one; *made is false when there
 * is an administrator already. */
enum err admin_setup_token(
    struct world *w, struct arena *a, struct str token, int64_t life_s, bool *made);

#endif
