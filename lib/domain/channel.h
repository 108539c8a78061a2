/*
 * channel - where people talk: channels of a server and conversations.
 */
#ifndef MOOT_DOMAIN_CHANNEL_H
#define MOOT_DOMAIN_CHANNEL_H

#include "domain/call.h"

#define CHANNEL_NAME_MAX 64
#define CHANNEL_CATEGORY_MAX 64
#define CHANNEL_TOPIC_MAX 1024
#define SLOW_MODE_MAX_S 21600
#define CHANNELS 500	/* of a server */
#define DM_PEOPLE 9	/* besides oneself */

/* Absent or NULL: unchanged; an empty category or topic removes it. */
struct channel_form {
	struct str name;
	struct str kind;	/* only when created */
	struct str category;
	struct str topic;
	const char *position;	/* a number as text; not when created */
	const char *private;	/* "t" or "f" */
	/* not when created; but for the number "t" or "f" */
	const char *read_only;
	const char *slow_mode_s;
	const char *archived;
	const char *web_public;
	const char *retention_days;	/* a number, 0: for ever; or CHANNEL_AS_SERVER */
};

#define CHANNEL_AS_SERVER "-1"	/* of retention_days */

enum err channel_create(
    struct call *c, int64_t server, const struct channel_form *f, struct answer *out);
enum err channel_read(struct call *c, int64_t channel, struct answer *out);
enum err channel_update(
    struct call *c, int64_t channel, const struct channel_form *f, struct answer *out);
enum err channel_delete(struct call *c, int64_t channel, struct answer *out);
/* All channels of a server that the actor sees, in order, and beside each its category: "" for
 * none, absent for what it has. Answers them as a list. */
enum err channel_order(struct call *c, int64_t server, const int64_t *ids,
    const struct str *categories, size_t n, struct answer *out);
/* What can come back still. */
enum err channel_deleted_list(struct call *c, int64_t server, struct answer *out);
/* ERR_GONE when it is too late. */
enum err channel_restore(struct call *c, int64_t channel, struct answer *out);
/* Who sees a private channel: whom it is shared with, and (joined_at null) whom a role shows it to.
 */
enum err channel_members(
    struct call *c, int64_t channel, int64_t most, int64_t after, struct answer *out);
enum err channel_member_put(struct call *c, int64_t channel, int64_t user, struct answer *out);
enum err channel_member_delete(struct call *c, int64_t channel, int64_t user, struct answer *out);
/* target: a role or a member; masks of permission bits. */
enum err override_list(struct call *c, int64_t channel, struct answer *out);
enum err override_put(struct call *c, int64_t channel, int64_t target, int64_t allow, int64_t deny,
    struct answer *out);
enum err override_delete(struct call *c, int64_t channel, int64_t target, struct answer *out);

/* The conversation of exactly these people and the actor, made when there is none. */
enum err dm_open(struct call *c, const int64_t *users, size_t n, struct answer *out);

enum err typing_post(struct call *c, int64_t channel, struct answer *out);

#endif
