#include "push/wheel.h"

#include "base/clock.h"
#include "base/crypt.h"
#include "base/heap.h"
#include "base/metric.h"
#include "push/handshake.h"
#include "push/ops.h"

#define EXPIRY_MAX_S 1000000000

/* Random numbers come from the kernel many at a time: connections that are taken over come by
 * thousands. */
struct wheel {
	uint32_t slots[WHEEL_SLOTS];	/* connections by second */
	uint32_t numbers[64], n_numbers;
};

void
wheel_init(struct push *p)
{
	p->wheel = heap_alloc(sizeof(*p->wheel));
	for (uint32_t i = 0; i < WHEEL_SLOTS; i++)
		p->wheel->slots[i] = SLAB_NONE;
}

void
wheel_release(struct push *p)
{
	heap_free(p->wheel);
}

void
wheel_remove(struct push *p, struct conn *c)
{
	if (c->slot == WHEEL_OFF)
		return;
	if (c->wheel_prev != SLAB_NONE)
		conn_at(p, c->wheel_prev)->wheel_next = c->wheel_next;
	else
		p->wheel->slots[c->slot] = c->wheel_next;
	if (c->wheel_next != SLAB_NONE)
		conn_at(p, c->wheel_next)->wheel_prev = c->wheel_prev;
	c->wheel_next = c->wheel_prev = SLAB_NONE;
	c->slot = WHEEL_OFF;
}

uint32_t
wheel_second_of(const struct push *p, int64_t unix_s)
{
	int64_t left = unix_s - clock_wall_ms() / 1000;

	if (unix_s == 0 || left > EXPIRY_MAX_S)
		return 0;
	return p->now_s + (left > 0 ? (uint32_t)left : 0);
}

uint32_t
wheel_due(const struct push *p, const struct conn *c)
{
	return c->slot == WHEEL_OFF ? UINT32_MAX : p->now_s + (c->slot - p->now_s) % WHEEL_SLOTS;
}

void
wheel_put(struct push *p, struct conn *c, uint32_t due_s)
{
	uint32_t *slot;

	wheel_remove(p, c);
	if (due_s <= p->now_s)
		due_s = p->now_s + 1;
	if (due_s > p->now_s + WHEEL_SLOTS - 1)
		due_s = p->now_s + WHEEL_SLOTS - 1;
	slot = &p->wheel->slots[due_s % WHEEL_SLOTS];
	c->slot = due_s % WHEEL_SLOTS;
	c->wheel_prev = SLAB_NONE;
	c->wheel_next = *slot;
	if (*slot != SLAB_NONE)
		conn_at(p, *slot)->wheel_prev = c->id;
	*slot = c->id;
}

static uint32_t
any_number(struct wheel *w)
{
	if (w->n_numbers == 0) {
		crypt_random(w->numbers, sizeof(w->numbers));
		w->n_numbers = sizeof(w->numbers) / sizeof(w->numbers[0]);
	}
	return w->numbers[--w->n_numbers];
}

/* 80 to 100 % of it, so that a herd does not stay one. */
static uint32_t
spread(struct push *p, uint32_t full)
{
	return full - any_number(p->wheel) % (full / 5 + 1);
}

static uint32_t
earlier(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void
wheel_put_live(struct push *p, struct conn *c, uint32_t due)
{
	if (c->deadline_s != 0)
		due = earlier(due, c->deadline_s);
	if (c->extra != NULL && c->extra->wait_s != 0)
		due = earlier(due, c->extra->wait_s);
	if (c->blocked)
		due = earlier(due, c->wrote_s + (uint32_t)p->config.push_stall);
	wheel_put(p, c, due);
}

void
wheel_live(struct push *p, struct conn *c)
{
	uint32_t full = (uint32_t)p->config.push_heartbeat, first;

	c->deadline_s = c->extra->exp_s;
	/* A personal token may be valid for ever; nobody may be at the other end any more. */
	if (c->extra->is_token) {
		uint32_t life_s = p->now_s + spread(p, (uint32_t)p->config.push_life);

		if (c->deadline_s == 0 || life_s < c->deadline_s)
			c->deadline_s = life_s;
	}
	/* The first heartbeat by slab number, which spreads clients that connected together. */
	first = p->now_s + full - c->id % (full / 2 + 1);
	c->mark_s = first - full;
	wheel_put_live(p, c, first);
}

void
wheel_again(struct push *p, struct conn *c)
{
	uint32_t full = (uint32_t)p->config.push_heartbeat;

	if (c->state == CONN_LIVE)
		wheel_put_live(p, c, earlier(c->wrote_s, c->mark_s) + full);
	else
		wheel_put(p, c, c->deadline_s);
}

/* A client that said something a while ago is as cheap again as one that never did. */
static void
forget_frames(const struct push *p, struct conn *c)
{
	struct extra *x = c->extra;

	if (x == NULL || x->frames == 0 || p->now_s - x->window_s < OPS_WINDOW_S)
		return;
	x->frames = x->messages = 0;
	conn_trim(c);
}

/* Why it ends at its deadline. A personal token cannot be refreshed. */
static enum err
end_of(const struct push *p, const struct conn *c)
{
	const struct extra *x = c->extra;

	if (x == NULL || !x->is_token)
		return ERR_TOKEN_EXPIRED;
	return x->exp_s != 0 && p->now_s >= x->exp_s ? ERR_SESSION_ENDED : ERR_DRAINING;
}

static void
wheel_look_live(struct push *p, struct conn *c)
{
	uint32_t now = p->now_s, stall = (uint32_t)p->config.push_stall, from = now;
	uint32_t full = (uint32_t)p->config.push_heartbeat;

	forget_frames(p, c);
	if (c->deadline_s != 0 && now >= c->deadline_s) {
		conn_bye(p, c, end_of(p, c));
		return;
	}
	if (c->blocked && now - c->wrote_s >= stall) {
		metric_add(METRIC_push_stalled, 1);
		conn_bye(p, c, ERR_STALLED);
		return;
	}
	if (c->extra != NULL && c->extra->wait_s != 0) {
		conn_mark(p, c, HINT_ALL);
	} else if (!c->blocked) {
		c->hb_due = c->hb_due || now - c->wrote_s >= full || now - c->mark_s >= full;
		if (c->hb_due && c->format == FRAME_WS && c->ping_open) {
			conn_bye(p, c, ERR_STALLED);
			return;
		}
		c->ping_due = c->hb_due && c->format == FRAME_WS;
		if (c->hb_due)
			conn_mark(p, c, HINT_ALL);
		else
			from = earlier(c->wrote_s, c->mark_s);
	}
	wheel_put_live(p, c, from + full);
}

/* The answer of a long poll may be large, and its reader slow. */
static bool
is_being_read(const struct push *p, const struct conn *c)
{
	return conn_is_being_answered(c) &&
	    p->now_s - c->wrote_s < (uint32_t)p->config.push_stall &&
	    p->now_s < c->deadline_s + POLL_ANSWER_S;
}

static void
wheel_look(struct push *p, struct conn *c)
{
	switch ((enum conn_state)c->state) {
	case CONN_NEW:
	case CONN_HANDSHAKE:
	case CONN_DRAINING:
		if (p->now_s >= c->deadline_s && c->state == CONN_HANDSHAKE)
			handshake_refuse(p, c, ERR_UNAVAILABLE);
		else if (is_being_read(p, c))
			wheel_put(p, c, p->now_s + DRAIN_S);
		else if (p->now_s >= c->deadline_s)
			conn_kill(p, c, "deadline");
		else
			wheel_put(p, c, c->deadline_s);
		break;
	case CONN_LIVE:
		wheel_look_live(p, c);
		break;
	case CONN_FREE:
	case CONN_DEAD:
		break;
	}
}

void
wheel_tick(struct push *p, uint32_t now_s)
{
	/* After a pause of the whole process every slot is due; each once. */
	if (now_s - p->now_s > WHEEL_SLOTS)
		p->now_s = now_s - WHEEL_SLOTS;
	while (p->now_s != now_s) {
		uint32_t *slot, i;

		p->now_s++;
		slot = &p->wheel->slots[p->now_s % WHEEL_SLOTS];
		while ((i = *slot) != SLAB_NONE) {
			struct conn *c = conn_at(p, i);

			wheel_remove(p, c);
			wheel_look(p, c);
		}
	}
}

bool
wheel_is_sane(const struct push *p)
{
	uint32_t there = 0, n = 0;

	for (uint32_t k = 0; k < WHEEL_SLOTS; k++) {
		uint32_t prev = SLAB_NONE;

		for (uint32_t i = p->wheel->slots[k]; i != SLAB_NONE; n++) {
			const struct conn *c = conn_at(p, i);

			if (c->slot != k || c->wheel_prev != prev || n > p->conns.live)
				return false;
			prev = i;
			i = c->wheel_next;
		}
	}
	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);)
		there += conn_at(p, i)->slot != WHEEL_OFF;
	return there == n;
}
