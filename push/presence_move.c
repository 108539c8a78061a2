/* Presence on its way from one daemon to the next; see handover.h. */
#include "push/nodes.h"
#include "push/presence_impl.h"
#include "push/snapshot.h"

bool
presence_is_untold(const struct push *p)
{
	return loop_timer_is_active(&p->presence->say_timer) || nodes_refused(p);
}

uint32_t
presence_leavers(const struct push *p)
{
	return p->presence->leavers.top;
}

bool
presence_leaver(const struct push *p, uint32_t i, struct snap_leaver *out)
{
	const struct presence_hub *h = p->presence;
	const struct leaver *l = leaver_at(h, i);

	if (!slab_has(&h->leavers, i) || l->due_s == 0)
		return false;
	*out = (struct snap_leaver){ .id = l->id, .since_s = l->since_s, .due_s = l->due_s,
		.on = l->on, .chosen = l->chosen, .unstored = l->unstored,
		.shows_seen = l->shows_seen };
	return true;
}

void
presence_restore_leaver(struct push *p, const struct snap_leaver *l)
{
	struct presence_hub *h = p->presence;
	uint32_t i = slab_take(&h->leavers);

	*leaver_at(h, i) = (struct leaver){ .id = l->id, .since_s = l->since_s, .due_s = l->due_s,
		.on = l->on, .chosen = l->chosen, .unstored = l->unstored,
		.shows_seen = l->shows_seen };
	idmap_put(&h->leaver_ids, l->id, i);
}

void
presence_let_go(struct push *p)
{
	for (uint32_t i = SLAB_NONE; slab_next(&p->accounts, &i);)
		account_at(p, i)->on = PRESENCE_OFFLINE;
}
