#include "push/poll.h"

#include "base/metric.h"
#include "push/control.h"
#include "push/walk.h"

struct harvest {
	struct buf items;
	struct buf resets;
	uint32_t n;
	bool waits;
};

static void
poll_reset(struct harvest *h, struct conn *c, struct sub *sub, const struct walk *w)
{
	control_add_label(&h->resets, w->stream);
	sub->sent = (uint32_t)w->rev;
	conn_drop_special(c, sub->stream);
	metric_add(METRIC_push_resets, 1);
}

static void
poll_gather_event(struct harvest *h, struct sub *sub, const struct walk *w)
{
	if (w->passes) {
		if (h->n++ > 0)
			buf_add_char(&h->items, ',');
		buf_add_str(&h->items, frame_json(w->frame));
	}
	sub->sent = (uint32_t)w->at;
}

/* A poll is told of no revoke: the next one, with the cursor of this, begins without the stream. */
static void
poll_gather(struct push *p, struct conn *c, struct sub *sub, struct harvest *h)
{
	enum walk_step step;
	struct walk w;

	walk_begin(&w, p, c, sub);
	while ((step = walk_next(&w)) == WALK_EVENT) {
		if (h->n >= POLL_ITEMS || h->items.len >= POLL_BYTES)
			return;
		poll_gather_event(h, sub, &w);
	}
	if (step == WALK_RESET)
		poll_reset(h, c, sub, &w);
	else if (step == WALK_WAIT)
		h->waits = true;
}

static void
poll_answer(struct push *p, struct conn *c, const struct harvest *h)
{
	struct buf body, out;

	buf_init(&body, 4 * POLL_BYTES);
	buf_init(&out, 4 * POLL_BYTES);
	buf_add_cstr(&body, "{\"items\":[");
	buf_add_buf(&body, &h->items);
	buf_add_cstr(&body, "],\"cursor\":\"");
	control_cursor(p, c, &body);
	buf_add_char(&body, '"');
	if (h->resets.len > 0 || !buf_ok(&h->resets)) {
		buf_add_cstr(&body, ",\"reset\":[");
		buf_add_buf(&body, &h->resets);
		buf_add_char(&body, ']');
	}
	buf_add_cstr(&body, "}\n");
	control_answer(&out, 200, "application/json", "", buf_str(&body));
	if (!buf_ok(&body))
		buf_fail(&out);
	conn_set_state(p, c, CONN_DRAINING, "answered");
	conn_say_buf(p, c, &out);
	buf_release(&body);
	buf_release(&out);
}

/* Channels wait for what tells of access. */
static void
poll_gather_all(struct push *p, struct conn *c, struct harvest *h)
{
	struct sub_at at = { 0 };
	struct sub *sub;

	while ((sub = conn_next_sub(p, c, &at)) != NULL && !(at.channels && h->waits))
		poll_gather(p, c, sub, h);
}

/*
 * What is gathered moves the position, so it is only gathered once: when the answer is to be made.
 * First look: is everything there? Then gather. The look begins the fetches of all streams, so none
 * stops at the first that waits.
 */
static bool
poll_must_wait(struct push *p, struct conn *c)
{
	bool waits = false;

	for (uint16_t k = 0; k < c->n_subs; k++) {
		struct walk w;

		walk_begin(&w, p, c, &c->subs[k]);
		waits = walk_must_wait(&w) || waits;
	}
	return waits;
}

bool
poll_ready(struct push *p, struct conn *c)
{
	bool late = p->now_s >= c->extra->wait_s;
	struct harvest h = { 0 };
	bool done;

	if (poll_must_wait(p, c) && p->now_s < c->extra->wait_s + POLL_LATE_S)
		return false;
	buf_init(&h.items, 2 * POLL_BYTES + 2 * BUS_BODY_MAX);
	buf_init(&h.resets, CONTROL_RESETS_MAX);
	if (c->extra->resets != NULL)
		buf_add_cstr(&h.resets, c->extra->resets);
	poll_gather_all(p, c, &h);
	done = h.n > 0 || h.resets.len > 0 || !buf_ok(&h.resets) || late;
	if (done)
		poll_answer(p, c, &h);
	buf_release(&h.items);
	buf_release(&h.resets);
	return done && c->state == CONN_DRAINING;
}
