/* Who leaves: not missed for a while, so that a reload is not seen; see presence.h. */
#include <stdio.h>

#include "push/presence_impl.h"

#define LEAVE_BYTES ((size_t)2 * 1024 * 1024)	/* lines of one second; more leave in the next */

void
presence_back(struct push *p, struct account *a)
{
	struct presence_hub *h = p->presence;
	uint32_t i = idmap_get(&h->leaver_ids, a->id);
	const struct leaver *l;

	if (i == SLAB_NONE)
		return;
	l = leaver_at(h, i);
	a->on = l->on;
	if (l->unstored && !a->unstored) {
		a->chosen = l->chosen;
		a->unstored = true;
	}
	/* All is being said anew, and neither of his numbers need be met any more. */
	if (p->bus != NULL && loop_timer_is_active(&h->say_timer))
		presence_hset(p, a->id, (enum presence)a->on, presence_now_s());
	idmap_remove(&h->leaver_ids, a->id);
	slab_give(&h->leavers, i);
}

static void
leaver_say(struct push *p, struct leaver *l, enum presence chosen)
{
	struct buf lines;

	if (chosen <= PRESENCE_ONLINE || chosen == (enum presence)l->on || p->bus == NULL)
		return;
	l->on = l->chosen = (uint8_t)chosen;
	buf_init(&lines, 1024);
	presence_hset(p, l->id, chosen, presence_now_s());
	presence_add_line(p, &lines, l->id, chosen, l->shows_seen ? presence_now_s() : 0);
	presence_publish_lines(p, &lines);
}

void
presence_left(struct push *p, struct account *a, bool polled)
{
	struct presence_hub *h = p->presence;
	uint32_t i, stay = (uint32_t)p->config.presence_leave;
	struct leaver *l;

	if (a->on == PRESENCE_OFFLINE || idmap_get(&h->leaver_ids, a->id) != SLAB_NONE)
		return;
	i = slab_take(&h->leavers);
	l = leaver_at(h, i);
	*l = (struct leaver){ a->id, p->now_s, p->now_s + stay * (polled ? PRESENCE_POLL_TIMES : 1),
		a->on, a->chosen, a->shows_seen, a->unstored };
	idmap_put(&h->leaver_ids, a->id, i);
	a->on = PRESENCE_OFFLINE;
	/* He had just chosen it, and nobody has been told so far. */
	leaver_say(p, l, (enum presence)a->chosen);
}

/* Hidden he was not seen leaving. 0: nobody is to know when he was here. */
static void
say_left(struct push *p, const struct leaver *l, struct buf *lines)
{
	bool seen = l->shows_seen && l->on != PRESENCE_INVISIBLE;
	int64_t s = seen ? presence_now_s() - (p->now_s - l->since_s) : 0;
	char key[PRESENCE_KEY_MAX], id[ID_TEXT], score[24];

	if (p->bus == NULL)
		return;
	id_format(l->id, id);
	snprintf(score, sizeof(score), "%lld", (long long)s);
	redis_sub_ask(p->bus, REDIS_WORDS(STR("HDEL"), presence_own_key(p, key), str_of(id)), NULL,
	    NULL);
	if (seen)
		redis_sub_ask(p->bus,
		    (const struct str[]){
			STR("ZADD"), STR(PRESENCE_SEEN), STR("GT"), str_of(score), str_of(id) },
		    5, NULL, NULL);
	presence_add_line(p, lines, l->id, PRESENCE_OFFLINE, s);
}

void
presence_tick(struct push *p)
{
	struct presence_hub *h = p->presence;
	struct buf lines;

	if (h->leavers.live == 0)
		return;
	buf_init(&lines, 2 * LEAVE_BYTES);
	for (uint32_t i = SLAB_NONE; lines.len < LEAVE_BYTES && slab_next(&h->leavers, &i);) {
		const struct leaver *l = leaver_at(h, i);
		int64_t id = l->id;

		if (l->due_s == 0 || l->due_s > p->now_s)
			continue;
		say_left(p, l, &lines);
		idmap_remove(&h->leaver_ids, id);
		slab_give(&h->leavers, i);
	}
	if (p->bus != NULL)
		presence_publish_lines(p, &lines);
	else
		buf_release(&lines);
}

bool
presence_is_leaving(const struct push *p, const struct account *a)
{
	return idmap_get(&p->presence->leaver_ids, a->id) != SLAB_NONE;
}

void
presence_leaver_chose(struct push *p, int64_t account, enum presence chosen)
{
	uint32_t i = idmap_get(&p->presence->leaver_ids, account);

	if (i != SLAB_NONE)
		leaver_say(p, leaver_at(p->presence, i), chosen);
}

void
presence_leaver_picture(struct push *p, int64_t account, enum presence chosen, bool shows_seen)
{
	uint32_t i = idmap_get(&p->presence->leaver_ids, account);
	struct leaver *l;

	if (i == SLAB_NONE)
		return;
	l = leaver_at(p->presence, i);
	l->shows_seen = shows_seen;
	if (!l->unstored)
		leaver_say(p, l, chosen);
}
