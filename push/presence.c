#include "push/presence_impl.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/id.h"
#include "base/metric.h"
#include "push/nodes.h"

#define LINES_MAX (256 * 1024)	/* bytes of the lines of PRESENCE_BATCH people */

/* Accounts whose choices are being read in Redis. */
struct choices {
	struct push *push;
	uint32_t n;
	uint32_t left;		/* answers to come */
	int64_t ids[PRESENCE_BATCH];
	uint8_t chosen[PRESENCE_BATCH];	/* PRESENCE__MAX: nothing waits */
	bool failed;
};

int64_t
presence_now_s(void)
{
	return clock_wall_ms() / 1000;
}

struct str
presence_own_key(const struct push *p, char out[PRESENCE_KEY_MAX])
{
	snprintf(out, PRESENCE_KEY_MAX, PRESENCE_ON "%s", p->node);
	return str_of(out);
}

void
presence_add_line(const struct push *p, struct buf *out, int64_t id, enum presence on, int64_t s)
{
	buf_printf(
	    out, "%s %lld %s %lld\n", p->node, (long long)id, presence_word(on), (long long)s);
	metric_add(METRIC_presence_transitions, 1);
}

void
presence_publish_lines(struct push *p, struct buf *lines)
{
	if (lines->len > 0 && buf_ok(lines))
		redis_sub_publish(p->bus, STR(PRESENCE_TOPIC), buf_str(lines));
	buf_release(lines);
}

/* What the connections and the choice come to; false while none is live. */
static bool
state_of(const struct push *p, const struct account *a, enum presence *out)
{
	bool live = false;

	*out = PRESENCE_IDLE;
	for (uint32_t i = a->first; i != SLAB_NONE; i = conn_at(p, i)->next) {
		if (conn_at(p, i)->state != CONN_LIVE)
			continue;
		live = true;
		if (!conn_at(p, i)->idle)
			*out = PRESENCE_ONLINE;
	}
	if (a->chosen > PRESENCE_ONLINE)
		*out = (enum presence)a->chosen;
	return live;
}

void
presence_hset(struct push *p, int64_t id, enum presence on, int64_t s)
{
	char key[PRESENCE_KEY_MAX], field[ID_TEXT], value[48];

	id_format(id, field);
	snprintf(value, sizeof(value), "%s %lld", presence_word(on), (long long)s);
	redis_sub_ask(p->bus,
	    REDIS_WORDS(STR("HSET"), presence_own_key(p, key), str_of(field), str_of(value)), NULL,
	    NULL);
}

static void
say_state(struct push *p, struct account *a, struct buf *lines)
{
	int64_t now = presence_now_s();
	enum presence on;

	if (!state_of(p, a, &on) || on == a->on)
		return;
	a->on = (uint8_t)on;
	presence_hset(p, a->id, on, now);
	if (on == PRESENCE_INVISIBLE && !a->shows_seen)
		now = 0;
	presence_add_line(p, lines, a->id, on, now);
}

static void
choices_end(struct choices *q)
{
	struct push *p = q->push;
	struct buf lines;

	buf_init(&lines, LINES_MAX);
	for (uint32_t i = 0; i < q->n && !q->failed; i++) {
		uint32_t at = idmap_get(&p->account_ids, q->ids[i]);
		struct account *a;

		if (at == SLAB_NONE)
			continue;
		a = account_at(p, at);
		if (q->chosen[i] != PRESENCE__MAX) {
			a->chosen = q->chosen[i];
			a->unstored = true;
		}
		/* While he is being read anew he may turn out to be hidden; the picture looks
		 * again. */
		if (!a->wanted && !a->in_flight)
			say_state(p, a, &lines);
	}
	presence_publish_lines(p, &lines);
	heap_free(q);
}

static void
on_choices(void *ctx, const struct redis_value *v)
{
	struct choices *q = ctx;

	/* Refused is not "nothing waits": who has hidden is not shown for it. */
	q->failed = q->failed || v == NULL || v->kind != REDIS_LIST;
	for (uint32_t i = 0; i < q->n; i++) {
		enum presence chosen;

		if (presence_parse(redis_value_text(redis_value_at(v, i)), &chosen))
			q->chosen[i] = (uint8_t)chosen;
	}
	if (--q->left == 0)
		choices_end(q);
}

static bool
ask_choices(struct choices *q, const char *key)
{
	char text[PRESENCE_BATCH][ID_TEXT];
	struct str argv[PRESENCE_BATCH + 2] = { STR("HMGET"), str_of(key) };

	for (uint32_t i = 0; i < q->n; i++) {
		id_format(q->ids[i], text[i]);
		argv[i + 2] = str_of(text[i]);
	}
	q->left++;
	if (redis_sub_ask(q->push->bus, argv, q->n + 2, on_choices, q))
		return true;
	q->left--;
	return false;
}

static void
on_presence_timer(void *ctx)
{
	struct push *p = ctx;
	struct presence_hub *h = p->presence;
	struct choices *q;
	bool asked;

	/* Half of the question would be answered as if nothing waited. */
	if (redis_sub_is_busy(p->bus, 2)) {
		loop_timer_once(&h->timer, PRESENCE_BUSY_MS);
		return;
	}
	q = heap_alloc(sizeof(*q));
	q->push = p;
	while (h->due.n > 0 && q->n < PRESENCE_BATCH) {
		struct account *a = account_at(p, h->due.v[--h->due.n]);

		/* The number was given back; whoever has it now stands in the list himself. */
		if (!a->due)
			continue;
		a->due = false;
		q->chosen[q->n] = PRESENCE__MAX;
		q->ids[q->n++] = a->id;
	}
	if (h->due.n > 0)
		loop_timer_once(&h->timer, PRESENCE_BATCH_MS);
	/* What is being stored first, so that what waits behind it counts. */
	asked = q->n > 0 && ask_choices(q, PRESENCE_STATUS_FLUSH);
	q->failed = asked && !ask_choices(q, PRESENCE_STATUS);
	/* Without Redis nobody is told; all is said anew when it is back. */
	if (!asked)
		heap_free(q);
}

void
presence_look(struct push *p, uint32_t i)
{
	struct account *a = account_at(p, i);
	enum presence on;

	if (p->bus == NULL || a->due || !state_of(p, a, &on) || (on == a->on && !a->unstored))
		return;
	a->due = true;
	list_add(&p->presence->due, i);
	if (!loop_timer_is_active(&p->presence->timer))
		loop_timer_once(&p->presence->timer, PRESENCE_BATCH_MS);
}

void
presence_begin(struct account *a)
{
	a->shows_seen = true;
	a->chosen = PRESENCE_ONLINE;
}

static void
say_account(struct push *p, uint32_t i)
{
	struct account *a = account_at(p, i);

	if (a->on != PRESENCE_OFFLINE)
		presence_hset(p, a->id, (enum presence)a->on, presence_now_s());
	if (a->unstored)
		presence_keep_chosen(p, a);
	presence_look(p, i);
}

static void
say_leaver(struct push *p, uint32_t i)
{
	const struct leaver *l = leaver_at(p->presence, i);

	if (l->due_s != 0)
		presence_hset(p, l->id, (enum presence)l->on, presence_now_s());
}

/* Those that have come since, at whatever number, have said so themselves. */
static void
on_say_timer(void *ctx)
{
	struct push *p = ctx;
	struct presence_hub *h = p->presence;
	bool more = true;

	if (p->bus == NULL)
		return;
	for (int n = 0; more && n < PRESENCE_SLICE &&
	     redis_sub_waiting(p->bus) < PRESENCE_WAITING; n++) {
		if (slab_next(&p->accounts, &h->account_said))
			say_account(p, h->account_said);
		else if (slab_next(&h->leavers, &h->leaver_said))
			say_leaver(p, h->leaver_said);
		else
			more = false;
	}
	if (more)
		loop_timer_once(&h->say_timer, PRESENCE_BATCH_MS);
	else
		nodes_say_sync(p);
}

void
presence_say_all(struct push *p)
{
	char key[PRESENCE_KEY_MAX];

	redis_sub_ask(p->bus, REDIS_WORDS(STR("DEL"), presence_own_key(p, key)), NULL, NULL);
	p->presence->account_said = p->presence->leaver_said = SLAB_NONE;
	on_say_timer(p);
}

void
presence_picture(struct push *p, uint32_t i, const struct feed_access *own)
{
	struct account *a = account_at(p, i);
	enum presence chosen = PRESENCE_ONLINE;

	presence_parse(own->status, &chosen);
	presence_leaver_picture(p, a->id, chosen, own->shows_seen);
	if (!a->unstored || chosen == a->chosen) {
		a->chosen = (uint8_t)chosen;
		a->unstored = false;
	}
	a->shows_seen = own->shows_seen;
	presence_look(p, i);
}

void
presence_stop(struct push *p)
{
	nodes_stop(p);
}

void
presence_init(struct push *p)
{
	struct presence_hub *h = heap_alloc(sizeof(*h));

	p->presence = h;
	slab_init(&h->leavers, sizeof(struct leaver));
	idmap_init(&h->leaver_ids, &h->leavers);
	h->timer.fire = on_presence_timer;
	h->say_timer.fire = on_say_timer;
	h->timer.ctx = h->say_timer.ctx = p;
	nodes_init(p);
}

void
presence_release(struct push *p)
{
	struct presence_hub *h = p->presence;

	nodes_release(p);
	loop_timer_stop(&h->timer);
	loop_timer_stop(&h->say_timer);
	list_release(&h->due);
	idmap_release(&h->leaver_ids);
	slab_release(&h->leavers);
	heap_free(h);
}
