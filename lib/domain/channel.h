/*
 * channel - where people talk: channels of a server and conversations.
 */
#ifndef MOOT_DOMAIN_CHANNEL_H
#define MOOT_DOMAIN_CHANNEL_H

#include "domain/call.h"

#define CHANNEL_NAME_MAX 64
#define CHANNEL_CATEGORY_MAX 64
#define CHANNEL_TOPIC_MAX 1024
#define DM_PEOPLE 9	/* besides oneself */

/* Absent or NULL: unchanged; an empty category or topic removes it. */
struct channel_form {
	struct str name;
	struct str kind;	/* only when created */
	struct str category;
	struct str topic;
	const char *position;	/* a number as text; not when created */
	const char *private;	/* "t" or "f" */
};

enum err channel_create(
    struct call *c, int64_t server, const struct channel_form *f, struct answer *out);
enum err channel_read(struct call *c, int64_t channel, struct answer *out);
enum err channel_update(
    struct call *c, int64_t channel, const struct channel_form *f, struct answer *out);
enum err channel_delete(struct call *c, int64_t channel, struct answer *out);
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
