/*
 * server - communities and their members.
 */
#ifndef MOOT_DOMAIN_SERVER_H
#define MOOT_DOMAIN_SERVER_H

#include "domain/call.h"

#define SERVER_NAME_MIN 2
#define SERVER_NAME_MAX 100
#define NICKNAME_MAX 64
#define MEMBER_NAME_MAX 64
#define MEMBER_ROLES 20
#define MEMBERS_NAMED 100
#define RETENTION_DAYS_MAX 3650
#define AUDIT_DAYS_MIN 30
#define AUDIT_DAYS_MAX 3650

enum err server_create(struct call *c, struct str name, struct answer *out);
enum err server_read(struct call *c, int64_t server, struct answer *out);
/* What of a server is changed; absent or NULL: unchanged. */
struct server_form {
	struct str name;
	const char *lockdown;	/* pg_bool() */
	const char *audit_days;	/* pg_int() */
	const char *retention_days;	/* pg_int(); 0: for ever */
	const char *web_robots;	/* pg_bool() */
};
enum err server_update(struct call *c, int64_t server, const struct server_form *f, struct answer *out);
enum err server_delete(struct call *c, int64_t server, struct answer *out);
/* The actor's own that can come back still. */
enum err server_deleted_list(struct call *c, struct answer *out);
/* ERR_GONE when it is too late. */
enum err server_restore(struct call *c, int64_t server, struct answer *out);

/* Which members are wanted. */
struct member_filter {
	int64_t role;		/* 0: whatever they hold */
	struct str name;	/* its beginning; absent: whatever they are called */
	const int64_t *users;	/* borrowed; one of these */
	size_t nusers;		/* 0: whoever they are */
};
/* By id, of whom the actor is shown. */
enum err member_list(struct call *c, int64_t server, int64_t most, int64_t after,
    const struct member_filter *f, struct answer *out);
enum err member_read(struct call *c, int64_t server, int64_t user, struct answer *out);
/* What of a membership is changed. */
struct member_form {
	const struct str *roles;	/* NULL: unchanged; ids or names of built-in roles */
	size_t nroles;
	struct str nickname;		/* absent: unchanged, "": none */
	struct str expires_at;		/* absent: unchanged, "": never; of guests (RFC 3339) */
};
enum err member_update(struct call *c, int64_t server, int64_t user, const struct member_form *f,
    struct answer *out);
enum err member_remove(struct call *c, int64_t server, int64_t user, struct answer *out);

#endif
