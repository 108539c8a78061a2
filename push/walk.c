#include "push/walk.h"

#include "push/flow.h"
#include "push/resume.h"

/* Nothing more by events: `step` is what is left to be said. */
static void
walk_stop(struct walk *w, enum walk_step step)
{
	w->upto = w->at;
	w->end = step;
}

/* It goes on from the head, once that was told. */
static void
reset_to_head(struct walk *w, enum reset_why why)
{
	w->rev = w->stream->head;
	w->why = why;
	conn_put_special(
	    w->conn, &(struct special){ .stream = w->stream->number, .rev = w->rev, .why = why });
	walk_stop(w, WALK_RESET);
}

static void
begin_special(struct walk *w, const struct special *sp)
{
	w->rev = sp->rev;
	w->why = sp->why;
	if (!sp->revoke) {
		walk_stop(w, WALK_RESET);
		return;
	}
	w->end = WALK_REVOKE;
	if (sp->rev < w->upto)
		w->upto = sp->rev;
}

void
walk_begin(struct walk *w, struct push *p, struct conn *c, const struct sub *sub)
{
	const struct stream *s = stream_at(p, sub->stream);
	const struct special *sp = c == NULL ? NULL : conn_special(c, sub->stream);

	w->push = p;
	w->conn = c;
	w->stream = s;
	w->end = WALK_END;
	w->at = sub_sent(s, sub);
	w->upto = s->head;
	if (sp != NULL)
		begin_special(w, sp);
	switch (flow_reach(s, w->at, w->upto)) {
	case REACH_HEAD:
	case REACH_RING:
		break;
	case REACH_FETCH:
		resume_history(p, w->stream->number, w->at);
		walk_stop(w, WALK_WAIT);
		break;
	case REACH_LOST:
		if (c == NULL)
			walk_stop(w, WALK_DIFFERS);
		else if (w->end == WALK_REVOKE)
			walk_stop(w, WALK_REVOKE);
		else
			reset_to_head(w, RESET_OLD);
		break;
	}
}

/* See struct walk; the stream itself is left to the caller. */
static void
reset_below(struct walk *w)
{
	const struct conn *c = w->conn;

	for (uint16_t k = 0; k < c->n_subs; k++) {
		uint32_t i = c->subs[k].stream;
		const struct stream *s = stream_at(w->push, i);
		const struct special *sp = conn_special(c, i);

		if (s->parent == w->stream->number && (sp == NULL || !sp->revoke))
			conn_put_special(
			    w->conn, &(struct special){ i, .rev = s->head, .why = RESET_JOINED });
	}
}

static bool
is_own_loss(const struct walk *w, const struct frame *f)
{
	return f->access == BUS_LOST && w->end != WALK_REVOKE &&
	    f->subject == account_at(w->push, w->conn->account)->id;
}

/* Or what it is given in its place. */
static struct frame *
frame_for(const struct walk *w, struct frame *f)
{
	int64_t past, seq;

	if (f->kind != EVENT_MESSAGE_UPDATED || !conn_has_pasts(w->conn))
		return f;
	past = conn_past(w->conn, w->stream->number);
	if (past == 0 || (frame_message_seq(frame_json(f), &seq) && seq > past))
		return f;
	return frame_withheld(f);
}

enum walk_step
walk_next(struct walk *w)
{
	struct frame *f;

	if (w->at >= w->upto)
		return w->end;
	f = flow_event(w->stream, w->at + 1);
	if (w->conn == NULL) {
		if (f->access == BUS_LOST || f->kind == EVENT_RECEIPT) {
			walk_stop(w, WALK_DIFFERS);
			return WALK_DIFFERS;
		}
		w->passes = f->len > 0;
	} else {
		if (is_own_loss(w, f)) {
			reset_below(w);
			reset_to_head(w, RESET_JOINED);
			return WALK_RESET;
		}
		f = frame_for(w, f);
		w->passes = conn_passes(w->conn, w->stream, f);
	}
	w->frame = f;
	w->at++;
	return WALK_EVENT;
}

bool
walk_must_wait(const struct walk *w)
{
	return w->end == WALK_WAIT;
}
