#include "push/apply.h"

#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metric.h"
#include "push/access.h"
#include "push/deliver.h"
#include "push/ends.h"
#include "push/flow.h"
#include "push/presence.h"
#include "push/relay.h"
#include "push/resume.h"
#include "push/stream.h"
#include "push/typing.h"
#include "push/watch.h"
#include "wire/json.h"

#define STUCK_TICK_MS 10

struct apply {
	struct list stuck;		/* streams that miss something until a due_ms */
	struct list blocked;		/* channels that wait for their server */
	struct loop_timer timer;	/* while some are stuck */
};

static void
stuck_add(struct push *p, uint32_t i)
{
	struct stream *s = stream_at(p, i);

	if (!s->is_stuck) {
		s->is_stuck = true;
		list_add(&p->apply->stuck, i);
	}
	if (!loop_timer_is_active(&p->apply->timer))
		loop_timer_every(&p->apply->timer, STUCK_TICK_MS);
}

void
apply_missing(struct push *p, uint32_t i, int64_t rev, int64_t wait_ms)
{
	if (rev <= stream_at(p, i)->head)
		return;
	flow_saw(stream_at(p, i), rev, clock_mono_ms() + wait_ms);
	stuck_add(p, i);
}

static void
apply_block(struct push *p, uint32_t i)
{
	struct stream *s = stream_at(p, i);

	if (s->is_blocked)
		return;
	s->is_blocked = true;
	list_add(&p->apply->blocked, i);
}

/* What it was committed under has been processed; else it is asked for. */
static bool
may_advance(struct push *p, uint32_t i, const struct frame *f)
{
	struct stream *s = stream_at(p, i), *parent;

	if (s->has_barrier)
		return false;
	if (s->parent == SLAB_NONE)
		return true;
	parent = stream_at(p, s->parent);
	if (!parent->has_barrier && parent->head >= f->parent_rev)
		return true;
	apply_block(p, i);
	if (parent->head < f->parent_rev)
		apply_missing(p, s->parent, f->parent_rev, HOLD_MS);
	return false;
}

/* The ids of messages.deleted. What cannot be read may be any of them: the whole ring goes. */
static void
forget_messages(struct push *p, uint32_t i, const struct frame *f)
{
	struct stream *s = stream_at(p, i);
	struct json *root, *ids = NULL;
	struct arena a;
	struct str text;
	int64_t id;

	arena_init(&a, PUSH_JSON_MAX);
	if (json_parse(&a, frame_json(f), &root) == ERR_OK)
		ids = json_get(json_get(root, "data"), "ids");
	if (json_len(ids) == 0)
		flow_drop_text(p, s, SUBJECT_ANY);
	for (size_t k = 0; k < json_len(ids); k++)
		if (json_str(json_at(ids, k), &text) && id_parse(text, &id))
			flow_drop_text(p, s, id);
	arena_release(&a);
}

/*
 * What a message said before must not be sent any more. The database has its stored events changed,
 * so who still needs one of them reads it there; what a fetch in flight brings may be older.
 */
static void
forget_text(struct push *p, uint32_t i, const struct frame *f)
{
	if (f->kind == EVENT_MESSAGES_DELETED)
		forget_messages(p, i, f);
	else if (f->kind == EVENT_MESSAGES_EXPIRED)	/* an edit of today may be of any of them */
		flow_drop_text(p, stream_at(p, i), SUBJECT_ANY);
	else if (f->subject != 0 &&
	    (f->kind == EVENT_MESSAGE_UPDATED || f->kind == EVENT_MESSAGE_DELETED))
		flow_drop_text(p, stream_at(p, i), f->subject);
}

/* The account's picture is older than that when it does not know of this number. */
static void
own_change(struct push *p, uint32_t i, const struct frame *f)
{
	stream_at(p, i)->access_rev = f->rev;
	presence_told(p, i, frame_json(f));
}

/* What an event of that kind means to the daemon itself. */
static void
take_kind(struct push *p, uint32_t i, const struct frame *f)
{
	switch ((enum event_kind)f->kind) {
	case EVENT_CHANNEL_UPDATED:
		deliver_rename(p, i, f);
		break;
	case EVENT_MESSAGE_CREATED:
		watch_posted(p, i);
		typing_end(p, i, f);
		break;
	case EVENT_USER_UPDATED:
		own_change(p, i, f);
		break;
	case EVENT_MESSAGE_UPDATED:
	case EVENT_MESSAGE_DELETED:
	case EVENT_MESSAGES_DELETED:
	case EVENT_MESSAGES_EXPIRED:
	case EVENT_TYPING:
	case EVENT_RECEIPT:
	case EVENT_OTHER:
	case EVENT_KIND__MAX:
		break;
	}
}

/* f is head + 1 and everything before it is done. Takes f. */
static void
apply_in_turn(struct push *p, uint32_t i, struct frame *f)
{
	struct stream *s = stream_at(p, i);

	ends_look(p);
	forget_text(p, i, f);
	f->refs++;
	flow_advance(p, s, f);
	deliver_mark_stream(p, i);
	metric_add(METRIC_push_events, 1);
	resume_saw(p, f->event_id);
	access_event(p, i, f);
	take_kind(p, i, f);
	frame_drop(f);
	if (s->refs > 0 && p->apply->blocked.n > 0)
		apply_unblock(p, i);
}

/* Takes what can be taken now: its head was learned, or what it waited for has come. */
static void
apply_held(struct push *p, uint32_t i)
{
	struct stream *s = stream_at(p, i);
	struct frame *f;

	if (s->flow == NULL || s->head < 0)
		return;
	while ((f = flow_first_held(s)) != NULL && f->rev == s->head + 1 && !f->swept &&
	    may_advance(p, i, f))
		apply_in_turn(p, i, flow_unhold(s));
	if (flow_note_all(s))
		flow_settle(p, s);
}

void
apply_unblock(struct push *p, uint32_t i)
{
	struct list was = p->apply->blocked;

	p->apply->blocked = (struct list){ 0 };
	for (uint32_t k = 0; k < was.n; k++) {
		if (stream_at(p, was.v[k])->parent != i) {
			list_add(&p->apply->blocked, was.v[k]);
			continue;
		}
		stream_at(p, was.v[k])->is_blocked = false;
		apply_held(p, was.v[k]);
	}
	list_release(&was);
	apply_held(p, i);
}

/* What its server has said until then about access has been processed. */
static bool
is_up_to_date(const struct push *p, uint32_t i, const struct feed_event *ev)
{
	const struct stream *s = stream_at(p, i);

	return s->parent == SLAB_NONE || stream_at(p, s->parent)->head >= ev->e.parent_rev;
}

/*
 * Typing and the like: no place in the order, nothing kept. While it is not known who may read the
 * stream they are dropped, here and in compose.c, where nobody can tell that from a lost PUBLISH.
 */
static void
apply_ephemeral(struct push *p, uint32_t i, const struct feed_event *ev)
{
	ends_look(p);
	if (presence_control(p, i, &ev->e) || stream_readers(stream_at(p, i)) == 0 ||
	    !is_up_to_date(p, i, ev))
		return;
	if (event_kind(ev->e.type) == EVENT_TYPING)
		typing_take(p, i, frame_new(&ev->e, i));
	else
		deliver_ephemeral(p, i, frame_new(&ev->e, i));
}

void
apply_event(struct push *p, uint32_t i, const struct feed_event *ev, enum apply_source from)
{
	struct stream *s = stream_at(p, i);
	struct frame *f;
	bool swept;

	if (ev->e.rev == 0) {
		apply_ephemeral(p, i, ev);
		return;
	}
	if (s->head >= 0 && ev->e.rev <= s->head)
		return;
	f = flow_frame(s, ev);
	if (from == FROM_BUS && ev->e.rev == s->head + 1 && flow_first_held(s) == NULL &&
	    may_advance(p, i, f)) {
		apply_in_turn(p, i, f);
		apply_held(p, i);
		return;
	}
	swept = from == FROM_SWEEP && p->bus != NULL && relay_has_bus(p);
	f->swept = swept;
	flow_hold(s, f);
	apply_missing(p, i, ev->e.rev, swept ? SWEEP_GRACE_MS : HOLD_MS);
	apply_held(p, i);
}

void
apply_jump(struct push *p, uint32_t i, int64_t rev)
{
	struct stream *s = stream_at(p, i);

	if (rev <= s->head)
		return;
	log_warn(
	    "events are gone", lf_int("stream", s->id), lf_int("head", s->head), lf_int("to", rev));
	flow_jump(p, s, rev);
	s->access_rev = rev;
	deliver_mark_stream(p, i);
	/* What the lost events said about access is read from the truth. */
	access_barrier(p, i);
	apply_unblock(p, i);
}

void
apply_forget(struct push *p, uint32_t i)
{
	flow_forget(p, stream_at(p, i));
	stream_at(p, i)->access_rev = 0;
}

/* The wait is over: a swept event counts, whatever else is missing is fetched. */
static void
apply_expire(struct push *p, uint32_t i, int64_t now)
{
	struct stream *s = stream_at(p, i);
	const struct frame *f = flow_first_held(s);

	flow_wait_until(s, now + HOLD_MS);
	if (p->taking)
		return;
	if (s->head < 0) {
		resume_want_head(p, i);
		return;
	}
	if (f != NULL && f->rev == s->head + 1) {
		if (f->swept) {
			metric_add(METRIC_push_sweep_rescues, 1);
			flow_trust(s);
		}
		apply_held(p, i);
		return;
	}
	resume_want(p, i);
	flow_wait_until(s, now + FETCH_AGAIN_MS);
}

static void
on_stuck_timer(void *ctx)
{
	struct push *p = ctx;
	struct list was = p->apply->stuck;
	int64_t now = clock_mono_ms();

	p->apply->stuck = (struct list){ 0 };
	for (uint32_t k = 0; k < was.n; k++) {
		struct stream *s = stream_at(p, was.v[k]);

		s->is_stuck = false;
		if (flow_due_ms(s) != 0 && flow_due_ms(s) <= now)
			apply_expire(p, was.v[k], now);
		if (flow_due_ms(s) != 0)
			stuck_add(p, was.v[k]);
	}
	list_release(&was);
	if (p->apply->stuck.n == 0)
		loop_timer_stop(&p->apply->timer);
}

void
apply_init(struct push *p)
{
	struct apply *a = heap_alloc(sizeof(*a));

	p->apply = a;
	a->timer.fire = on_stuck_timer;
	a->timer.ctx = p;
	push_trims(p, &a->stuck);
	push_trims(p, &a->blocked);
}

void
apply_release(struct push *p)
{
	struct apply *a = p->apply;

	loop_timer_stop(&a->timer);
	list_release(&a->stuck);
	list_release(&a->blocked);
	heap_free(a);
}
