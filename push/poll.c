#include "push/poll.h"

#include "base/metric.h"
#include "push/control.h"
#include "push/resume.h"
#include "push/stream.h"

struct harvest {
	struct buf items;
	struct buf resets;
	uint32_t n;
	bool waits;
};

static void
reset(struct harvest *h, struct conn *c, const struct stream *s, struct sub *sub, int64_t head)
{
	control_add_label(&h->resets, s);
	sub->sent = (uint32_t)head;
	conn_drop_special(c, sub->stream);
	metric_add(METRIC_push_resets, 1);
}

static void
gather(struct push *p, struct conn *c, struct sub *sub, struct harvest *h)
{
	const struct special *sp = conn_special(c, sub->stream);
	const struct stream *s = stream_at(p, sub->stream);
	int64_t sent = sub_sent(s, sub), head = sp != NULL && sp->rev < s->head ? sp->rev : s->head;

	if (sp != NULL && !sp->revoke) {
		reset(h, c, s, sub, sp->rev);
		return;
	}
	switch (stream_reach(s, sent, head)) {
	case REACH_HEAD:
		return;
	case REACH_LOST:
		reset(h, c, s, sub, s->head);
		return;
	case REACH_FETCH:
		resume_history(p, sub->stream, sent);
		h->waits = true;
		return;
	case REACH_RING:
		break;
	}
	for (int64_t rev = sent + 1; rev <= head && h->n < POLL_ITEMS && h->items.len < POLL_BYTES;
	     rev++) {
		struct frame *f = ring_get(&s->flow->ring, rev);

		/* The channels below, which are gathered later, find their resets. */
		if (conn_met_loss(p, c, sub->stream, f)) {
			reset(h, c, s, sub, s->head);
			return;
		}
		if (conn_passes(c, s, f)) {
			if (h->n++ > 0)
				buf_add_char(&h->items, ',');
			buf_add_str(&h->items, frame_json(f));
		}
		sub->sent = (uint32_t)rev;
	}
}

static void
answer(struct push *p, struct conn *c, const struct harvest *h)
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

/* Two passes for the order that compose.c keeps: what tells of access first. */
static void
gather_all(struct push *p, struct conn *c, struct harvest *h)
{
	for (int pass = 0; pass < 2; pass++)
		for (uint16_t k = 0; k < c->n_subs && !(pass == 1 && h->waits); k++)
			if ((stream_at(p, c->subs[k].stream)->kind == FEED_CHANNEL) == (pass == 1))
				gather(p, c, &c->subs[k], h);
}

/*
 * What is gathered moves the position, so it is only gathered once: when the answer is to be made.
 * First look: is everything there? Then gather.
 */
static bool
must_wait(struct push *p, struct conn *c)
{
	bool waits = false;

	for (uint16_t k = 0; k < c->n_subs; k++) {
		const struct stream *s = stream_at(p, c->subs[k].stream);
		int64_t sent = sub_sent(s, &c->subs[k]);

		if (stream_reach(s, sent, s->head) != REACH_FETCH)
			continue;
		resume_history(p, c->subs[k].stream, sent);
		waits = true;
	}
	return waits;
}

bool
poll_ready(struct push *p, struct conn *c)
{
	bool late = p->now_s >= c->extra->wait_s;
	struct harvest h = { 0 };
	bool done;

	if (must_wait(p, c) && p->now_s < c->extra->wait_s + 5)
		return false;
	buf_init(&h.items, 2 * POLL_BYTES + 2 * BUS_BODY_MAX);
	buf_init(&h.resets, CONTROL_RESETS_MAX);
	if (c->extra->resets != NULL)
		buf_add_cstr(&h.resets, c->extra->resets);
	gather_all(p, c, &h);
	done = h.n > 0 || h.resets.len > 0 || !buf_ok(&h.resets) || late;
	if (done)
		answer(p, c, &h);
	buf_release(&h.items);
	buf_release(&h.resets);
	return done && c->state == CONN_DRAINING;
}
