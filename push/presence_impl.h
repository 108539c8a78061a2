/*
 * presence_impl - what the files of presence share.
 */
#ifndef MOOT_PUSH_PRESENCE_IMPL_H
#define MOOT_PUSH_PRESENCE_IMPL_H

#include "base/id.h"
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

/* Gone, but not missed yet: what he has chosen meanwhile, as the database or a daemon knows,
 * counts. */
void presence_leaver_chose(struct push *p, int64_t account, enum presence chosen);
/* Puts what the account chose where the jobs find it. */
void presence_keep_chosen(struct push *p, const struct account *a);

#endif
