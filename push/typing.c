#include "push/typing.h"

#include "base/clock.h"
#include "base/heap.h"
#include "base/id.h"
#include "push/deliver.h"
#include "push/stream.h"
#include "wire/json_raw.h"

#define TICK_MS 100

struct group {
	int64_t stream;
	int64_t next_ms;
	struct frame *frames[TYPING_GROUP];	/* of different people */
	uint32_t n;
};

struct typing_hub {
	struct group *groups;
	uint32_t n;
	int n_asks;		/* permissions being read */
	struct loop_timer timer;
};

static struct group *
group_find(const struct typing_hub *h, int64_t stream)
{
	for (uint32_t i = 0; i < h->n; i++)
		if (h->groups[i].stream == stream)
			return &h->groups[i];
	return NULL;
}

static void
group_keep(struct group *g, struct frame *f)
{
	for (uint32_t i = 0; i < g->n; i++)
		if (g->frames[i]->subject == f->subject) {
			frame_drop(f);
			return;
		}
	if (g->n == TYPING_GROUP)
		frame_drop(f);
	else
		g->frames[g->n++] = f;
}

void
typing_take(struct push *p, uint32_t stream, struct frame *f)
{
	struct typing_hub *h = p->typing;
	struct group *g = group_find(h, stream_at(p, stream)->id);

	if (g != NULL) {
		group_keep(g, f);
		return;
	}
	if (h->n == TYPING_GROUPS) {
		frame_drop(f);
		return;
	}
	h->groups[h->n++] = (struct group){ .stream = stream_at(p, stream)->id,
		.next_ms = clock_mono_ms() + TYPING_GROUP_MS };
	if (!loop_timer_is_active(&h->timer))
		loop_timer_every(&h->timer, TICK_MS);
	deliver_ephemeral(p, stream, f);
}

static bool
author_of(const struct frame *message, int64_t *out)
{
	struct str data, author, id;

	return json_raw_member(frame_json(message), STR("data"), &data) &&
	    json_raw_member(data, STR("author"), &author) &&
	    json_raw_member(author, STR("id"), &id) && id.len > 2 &&
	    id_parse((struct str){ id.p + 1, id.len - 2 }, out);
}

void
typing_end(struct push *p, uint32_t stream, const struct frame *message)
{
	struct group *g = group_find(p->typing, stream_at(p, stream)->id);
	int64_t author;

	if (g == NULL || g->n == 0 || !author_of(message, &author))
		return;
	for (uint32_t i = 0; i < g->n; i++)
		if (g->frames[i]->subject == author) {
			frame_drop(g->frames[i]);
			g->frames[i] = g->frames[--g->n];
			return;
		}
}

static void
group_send(struct push *p, struct group *g)
{
	uint32_t stream = stream_find(p, g->stream);

	for (uint32_t i = 0; i < g->n; i++) {
		if (stream == SLAB_NONE || stream_readers(stream_at(p, stream)) == 0) {
			frame_drop(g->frames[i]);
			continue;
		}
		g->frames[i]->stream = stream;
		deliver_ephemeral(p, stream, g->frames[i]);
	}
	g->n = 0;
}

static void
on_typing_timer(void *ctx)
{
	struct push *p = ctx;
	struct typing_hub *h = p->typing;
	int64_t now = clock_mono_ms();

	for (uint32_t i = 0; i < h->n;) {
		struct group *g = &h->groups[i];

		if (g->next_ms > now) {
			i++;
		} else if (g->n > 0) {
			group_send(p, g);
			g->next_ms = now + TYPING_GROUP_MS;
			i++;
		} else {
			*g = h->groups[--h->n];
		}
	}
	if (h->n == 0)
		loop_timer_stop(&h->timer);
}

bool
typing_is_own(const struct push *p, const struct conn *c, const struct frame *f)
{
	const struct typing *t = c->extra == NULL ? NULL : c->extra->typing;
	int64_t channel = stream_at(p, f->stream)->id;

	if (t == NULL || f->subject == 0 || f->subject != account_at(p, c->account)->id)
		return false;
	for (int i = 0; i < TYPING_CHANNELS; i++)
		if (t[i].channel == channel && t[i].until_ms > clock_mono_ms())
			return true;
	return false;
}

/* ---- what clients say */

/* At most one in TYPING_MS for each channel; a faster client is not wrong, only not heard. */
static bool
may_type(struct conn *c, int64_t channel)
{
	struct extra *x = conn_extra(c);
	int64_t now = clock_mono_ms();
	struct typing *pick;

	if (x->typing == NULL)
		x->typing = heap_alloc(TYPING_CHANNELS * sizeof(*x->typing));
	pick = x->typing;
	for (struct typing *t = x->typing; t < x->typing + TYPING_CHANNELS; t++) {
		if (t->channel == channel && t->until_ms > now)
			return false;
		if (t->until_ms < pick->until_ms)
			pick = t;
	}
	if (pick->until_ms > now)
		return false;
	*pick = (struct typing){ channel, now + TYPING_MS };
	return true;
}

/* A typing frame whose permission is being read. */
struct typing_ask {
	struct push *push;
	int64_t account;
	int64_t channel;
	uint32_t conn;
	uint32_t serial;
};

/* Answered by the end of the daemon, with an error, the connections are gone already. */
static void
on_typing_answer(void *ctx, enum err e, struct str person, struct str hidden)
{
	struct typing_ask *ask = ctx;
	struct push *p = ask->push;

	p->typing->n_asks--;
	if (e == ERR_OK && person.p != NULL && p->bus != NULL) {
		char topic[BUS_TOPIC_MAX];
		struct buf payload;

		buf_init(&payload, 16 * 1024);
		feed_typing_render(&payload, ask->channel, ask->account, person, hidden);
		bus_topic(ask->channel, topic);
		if (buf_ok(&payload))
			redis_sub_publish(p->bus, str_of(topic), buf_str(&payload));
		buf_release(&payload);
	} else if (e == ERR_FORBIDDEN) {
		struct conn *c = conn_at(p, ask->conn);

		if (c->serial == ask->serial && c->state == CONN_LIVE)
			ops_error(p, c, e, STR("typing"));
	}
	heap_free(ask);
}

/* Whether he may send there only the database knows. Above TYPING_ASKS at once nobody is heard. */
static void
ask_typing(struct push *p, const struct conn *c, int64_t channel)
{
	struct typing_ask *ask;

	if (p->typing->n_asks >= TYPING_ASKS)
		return;
	ask = heap_alloc(sizeof(*ask));
	*ask = (struct typing_ask){ p, account_at(p, c->account)->id, channel, c->id, c->serial };
	p->typing->n_asks++;
	if (feed_typing(p->feed, ask->account, channel, on_typing_answer, ask) != ERR_OK) {
		p->typing->n_asks--;
		heap_free(ask);
	}
}

enum err
typing_op(struct push *p, struct conn *c, const struct op_frame *f)
{
	if (p->bus != NULL && may_type(c, f->channel))
		ask_typing(p, c, f->channel);
	return ERR_OK;
}

void
typing_init(struct push *p)
{
	struct typing_hub *h = heap_alloc(sizeof(*h));

	p->typing = h;
	h->groups = heap_grow(NULL, TYPING_GROUPS, sizeof(*h->groups));
	h->timer.fire = on_typing_timer;
	h->timer.ctx = p;
}

void
typing_release(struct push *p)
{
	struct typing_hub *h = p->typing;

	loop_timer_stop(&h->timer);
	for (uint32_t i = 0; i < h->n; i++)
		for (uint32_t k = 0; k < h->groups[i].n; k++)
			frame_drop(h->groups[i].frames[k]);
	heap_free(h->groups);
	heap_free(h);
}
