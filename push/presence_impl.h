/*
 * presence_impl - what the files of presence share.
 */
#ifndef MOOT_PUSH_PRESENCE_IMPL_H
#define MOOT_PUSH_PRESENCE_IMPL_H

#include "base/id.h"
#include "push/nodes.h"
#include "push/presence.h"

#define ID_TEXT (ID_DIGITS + 2)	/* for id_format() */

/* Somebody whose last connection is gone and who is not missed yet. */
struct leaver {
	int64_t id;		/* first, for idmap */
	uint32_t since_s;
	uint32_t due_s;
	uint8_t on;
	uint8_t chosen;
	bool shows_seen;
	bool unstored;
};

struct presence_hub {
	struct slab leavers;
	struct idmap leaver_ids;
	struct list due;	/* accounts to look at */
	struct loop_timer timer;
	struct loop_timer say_timer;
	uint32_t account_said, leaver_said;	/* numbers: said anew up to them */
};

static inline struct leaver *
leaver_at(const struct presence_hub *h, uint32_t i)
{
	return slab_at(&h->leavers, i);
}

#define PRESENCE_KEY_MAX (sizeof(PRESENCE_ON) + NODE_NAME_MAX)

/* presence.c: what is said in Redis and on the topic */

int64_t presence_now_s(void);	/* Unix seconds */
/* The hash of this node. */
struct str presence_own_key(const struct push *p, char out[PRESENCE_KEY_MAX]);
/* There: he is in that state since that Unix second. */
void presence_hset(struct push *p, int64_t id, enum presence on, int64_t s);
/* A line of the topic: the same, as others count it. */
void presence_add_line(
    const struct push *p, struct buf *out, int64_t id, enum presence on, int64_t s);
/* Takes lines, which may be none. */
void presence_publish_lines(struct push *p, struct buf *lines);

/* presence_leave.c */

/* Access was read of somebody who may have left: as presence_picture(). */
void presence_leaver_picture(
    struct push *p, int64_t account, enum presence chosen, bool shows_seen);
/* Gone, but not missed yet: what he has chosen meanwhile, as the database or a daemon knows,
 * counts. */
void presence_leaver_chose(struct push *p, int64_t account, enum presence chosen);

/* chosen.c */

/* Puts what the account chose where the jobs find it. */
void presence_keep_chosen(struct push *p, const struct account *a);

#endif
