#include "push/marks.h"

#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "domain/mark_keys.h"
#include "domain/presence_word.h"
#include "push/core/filter.h"
#include "push/flow.h"
#include "push/ops.h"
#include "wire/bus.h"
#include "wire/frame.h"

#define COMMANDS_MAX (16 * 1024)	/* bytes of the words of a few commands */

/* Who is to be told when it fails: nobody, when conn is SLAB_NONE. */
struct asker {
	uint32_t conn;
	uint32_t serial;
};

struct marks {
	struct push *push;
	struct loop_timer timer;
	int questions;
	int keepings;
	bool checking;		/* whether a flush will come is being asked */
	bool safe;
	int64_t checked_ms;	/* 0: never */
	struct redis_value flusher;	/* the first answer of that */
	size_t n;
	struct feed_mark wants[MARKS_WANTED];
	struct asker askers[MARKS_WANTED];
};

/* One question. */
struct marks_query {
	struct marks *marks;
	struct asker askers[FEED_MARKS];
};

/* A mark on its way into Redis. */
struct keeping {
	struct push *push;
	int64_t account, channel;
	struct asker asker;
	bool delivered;
	struct redis_value dirty;	/* the first command's answer: a number or nothing */
	char *mine, *shown;	/* payloads, NULL for none */
	size_t mine_len, shown_len;
};

static void
mark_refuse(struct push *p, const struct asker *who, bool delivered, enum err e)
{
	struct conn *c;

	if (who->conn >= p->conns.top)	/* nobody, or the daemon is ending and all have gone */
		return;
	c = conn_at(p, who->conn);
	if (c->serial == who->serial && c->state == CONN_LIVE)
		ops_error(p, c, e, delivered ? STR("delivered") : STR("read"));
}

/* ---- into Redis */

static void
mark_publish(struct push *p, int64_t stream, const char *payload, size_t len)
{
	char topic[BUS_TOPIC_MAX];

	if (payload == NULL || p->bus == NULL)
		return;
	bus_topic(stream, topic);
	redis_sub_publish(p->bus, str_of(topic), (struct str){ payload, len });
}

static void
keeping_free(struct keeping *k)
{
	k->push->marks->keepings--;
	heap_free(k->mine);
	heap_free(k->shown);
	heap_free(k);
}

/* A number is kept, everything else is none: its memory ends with the call. */
static struct redis_value
redis_number(const struct redis_value *v)
{
	if (v == NULL || v->kind != REDIS_INT)
		return (struct redis_value){ .kind = REDIS_NIL };
	return (struct redis_value){ .kind = REDIS_INT, .number = v->number };
}

static void
on_dirty(void *ctx, const struct redis_value *v)
{
	struct keeping *k = ctx;

	k->dirty = redis_number(v);
}

static void
on_kept(void *ctx, const struct redis_value *v)
{
	struct keeping *k = ctx;
	bool moved;

	if (!mark_is_kept(&k->dirty, v, &moved)) {
		mark_refuse(k->push, &k->asker, k->delivered, ERR_UNAVAILABLE);
	} else if (moved) {
		mark_publish(k->push, k->account, k->mine, k->mine_len);
		mark_publish(k->push, k->channel, k->shown, k->shown_len);
	}
	keeping_free(k);
}

static char *
payload_copy(struct str s)
{
	return s.p == NULL ? NULL : memcpy(heap_alloc(s.len + 1), s.p, s.len);
}

/*
 * Both that count are awaited, so there must be room for both: the first one's answer must not come
 * for what has been given up. Without the others an overlay only ends at another time.
 */
static bool
keeping_send(struct push *p, struct keeping *k, const struct mark_command *commands, size_t n)
{
	if (p->bus == NULL || !redis_sub_has_room(p->bus, 2))
		return false;
	redis_sub_ask(p->bus, commands[0].argv, commands[0].argc, on_dirty, k);
	redis_sub_ask(p->bus, commands[1].argv, commands[1].argc, on_kept, k);
	for (size_t i = 2; i < n; i++)
		redis_sub_ask(p->bus, commands[i].argv, commands[i].argc, NULL, NULL);
	return true;
}

static void
mark_keep(struct push *p, const struct feed_mark *m, const struct asker *who)
{
	const struct mark mark = { m->account, m->channel, m->seq, m->delivered,
		m->shown.p != NULL };
	struct keeping *k = heap_alloc(sizeof(*k));
	struct mark_command commands[MARK_COMMANDS];
	struct arena a;
	bool ok;

	*k = (struct keeping){ .push = p,
		.account = m->account,
		.channel = m->channel,
		.asker = *who,
		.delivered = m->delivered,
		.mine = payload_copy(m->mine),
		.shown = payload_copy(m->shown),
		.mine_len = m->mine.len,
		.shown_len = m->shown.len };
	p->marks->keepings++;
	arena_init(&a, COMMANDS_MAX);
	ok = keeping_send(p, k, commands, mark_commands(&a, &mark, commands));
	arena_release(&a);
	if (!ok) {
		mark_refuse(p, who, m->delivered, ERR_UNAVAILABLE);
		keeping_free(k);
	}
}

/* ---- the question */

static void
marks_ask_soon(struct marks *w, int64_t ms)
{
	if (w->n > 0 && w->questions < MARKS_IN_FLIGHT && !w->checking &&
	    !loop_timer_is_active(&w->timer))
		loop_timer_once(&w->timer, ms);
}

static void
marks_refuse_all(struct marks *w)
{
	size_t n = w->n;

	w->n = 0;
	for (size_t i = 0; i < n; i++)
		mark_refuse(w->push, &w->askers[i], w->wants[i].delivered, ERR_UNAVAILABLE);
}

static void
on_flusher(void *ctx, const struct redis_value *v)
{
	struct marks *w = ctx;

	w->flusher = redis_number(v);
}

static void
on_waiting(void *ctx, const struct redis_value *v)
{
	struct marks *w = ctx;

	w->checking = false;
	w->checked_ms = clock_mono_ms();
	w->safe = mark_is_safe(&w->flusher, v);
	if (!w->safe)
		marks_refuse_all(w);
	marks_ask_soon(w, 0);
}

/* What is put where nobody takes it from would be lost when its overlay ends. */
static void
marks_check(struct marks *w)
{
	struct redis_sub *bus = w->push->bus;
	const struct mark none = { 0 };
	struct mark_command q[MARK_QUESTIONS];
	struct arena a;

	if (bus == NULL || !redis_sub_has_room(bus, 2)) {
		marks_refuse_all(w);
		return;
	}
	w->checking = true;
	arena_init(&a, COMMANDS_MAX);
	mark_questions(&a, &none, q);
	redis_sub_ask(bus, q[1].argv, q[1].argc, on_flusher, w);
	redis_sub_ask(bus, q[2].argv, q[2].argc, on_waiting, w);
	arena_release(&a);
}

static void
on_marks_answer(void *ctx, enum err e, const struct feed_mark *marks, size_t n)
{
	struct marks_query *q = ctx;
	struct marks *w = q->marks;

	w->questions--;
	for (size_t i = 0; i < n; i++) {
		if (e != ERR_OK)
			mark_refuse(w->push, &q->askers[i], marks[i].delivered, ERR_UNAVAILABLE);
		else if (!marks[i].seen)
			mark_refuse(w->push, &q->askers[i], marks[i].delivered, ERR_NOT_FOUND);
		else if (marks[i].moved)
			mark_keep(w->push, &marks[i], &q->askers[i]);
	}
	heap_free(q);
	marks_ask_soon(w, e == ERR_OK ? MARKS_BATCH_MS : MARKS_PAUSE_MS);
}

static void
marks_ask(struct marks *w)
{
	struct marks_query *q = heap_alloc(sizeof(*q));
	size_t n = w->n < FEED_MARKS ? w->n : FEED_MARKS;
	struct feed_mark asked[FEED_MARKS];
	enum err e;

	q->marks = w;
	memcpy(asked, w->wants, n * sizeof(*asked));
	memcpy(q->askers, w->askers, n * sizeof(*q->askers));
	w->n -= n;
	memmove(w->wants, w->wants + n, w->n * sizeof(*w->wants));
	memmove(w->askers, w->askers + n, w->n * sizeof(*w->askers));
	w->questions++;
	e = feed_marks(w->push->feed, asked, n, on_marks_answer, q);
	if (e != ERR_OK)
		on_marks_answer(q, e, asked, n);
	marks_ask_soon(w, MARKS_BATCH_MS);
}

static void
on_marks_timer(void *ctx)
{
	struct marks *w = ctx;

	if (w->checked_ms == 0 || clock_mono_ms() - w->checked_ms >= MARKS_CHECK_MS || !w->safe)
		marks_check(w);
	else
		marks_ask(w);
}

static struct marks *
marks_of(struct push *p)
{
	if (p->marks == NULL) {
		p->marks = heap_alloc(sizeof(*p->marks));
		p->marks->push = p;
		p->marks->timer.fire = on_marks_timer;
		p->marks->timer.ctx = p->marks;
	}
	return p->marks;
}

/* False: there are too many. */
static bool
mark_want(struct push *p, const struct feed_mark *m, struct asker who, size_t most)
{
	struct marks *w = marks_of(p);
	size_t i = 0;

	while (i < w->n &&
	    (w->wants[i].account != m->account || w->wants[i].channel != m->channel ||
		w->wants[i].delivered != m->delivered))
		i++;
	if (i == w->n && w->n >= most)
		return false;
	if (i == w->n) {
		w->wants[w->n++] = *m;
		w->askers[i] = who;
	}
	if (m->seq > w->wants[i].seq)
		w->wants[i].seq = m->seq;
	/* What a cursor proves takes no client's place: the error is for him. */
	if (who.conn != SLAB_NONE)
		w->askers[i] = who;
	marks_ask_soon(w, MARKS_BATCH_MS);
	return true;
}

bool
marks_is_idle(const struct push *p)
{
	return p->marks == NULL ||
	    (p->marks->n == 0 && p->marks->questions == 0 && p->marks->keepings == 0);
}

void
marks_release(struct push *p)
{
	if (p->marks == NULL)
		return;
	loop_timer_stop(&p->marks->timer);
	heap_free(p->marks);
	p->marks = NULL;
}

/* ---- from clients */

static enum err
mark_take(struct push *p, struct conn *c, const struct op_frame *f, bool delivered)
{
	struct feed_mark m = { .account = account_at(p, c->account)->id, .channel = f->channel,
		.seq = f->seq, .delivered = delivered };

	/* It would say that he is there. What he has chosen here the database may not know yet. */
	if (delivered && account_at(p, c->account)->chosen == PRESENCE_INVISIBLE)
		return ERR_OK;
	if (p->bus == NULL || !mark_want(p, &m, (struct asker){ c->id, c->serial }, MARKS_WANTED))
		return ERR_UNAVAILABLE;
	return ERR_OK;
}

enum err
marks_op_read(struct push *p, struct conn *c, const struct op_frame *f)
{
	return mark_take(p, c, f, false);
}

enum err
marks_op_delivered(struct push *p, struct conn *c, const struct op_frame *f)
{
	return mark_take(p, c, f, true);
}

void
marks_resumed(struct push *p, const struct conn *c, uint32_t stream, int64_t rev)
{
	struct feed_mark m = { .account = account_at(p, c->account)->id, .delivered = true };
	const struct stream *s = stream_at(p, stream);
	const struct filter *filter = c->extra == NULL ? NULL : c->extra->filter;

	if (s->kind != FEED_CHANNEL || s->parent != SLAB_NONE || p->bus == NULL ||
	    !conn_may_write(c) ||
	    !filter_has_type(filter, STR("message.created")) ||
	    account_at(p, c->account)->chosen == PRESENCE_INVISIBLE)
		return;
	m.channel = s->id;
	for (int left = MARKS_LOOK; left > 0 && rev > 0; left--, rev--) {
		const struct frame *f = flow_event(s, rev);

		if (f == NULL)
			return;
		if (f->kind == EVENT_MESSAGE_CREATED &&
		    frame_message_seq(frame_json(f), &m.seq)) {
			mark_want(p, &m, (struct asker){ SLAB_NONE, 0 }, MARKS_PROVED);
			return;
		}
	}
}
