#include "push/conn.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/heap.h"
#include "base/log.h"
#include "push/account.h"
#include "push/deliver.h"
#include "push/handshake.h"
#include "push/input.h"
#include "push/stream.h"
#include "push/wheel.h"

#define PART_MAX (8 * 1024 * 1024)

static const char *const state_names[] = { "free", "new", "handshake", "live", "draining", "dead" };

struct conn *
conn_new(struct push *p, int fd)
{
	uint32_t i = slab_take(&p->conns);
	struct conn *c = conn_at(p, i);

	c->id = i;
	c->serial = ++p->serial;
	c->account = c->next = c->prev = SLAB_NONE;
	c->wheel_next = c->wheel_prev = SLAB_NONE;
	c->hint = SLAB_NONE;
	c->wrote_s = p->now_s;
	loop_io_start(&c->io, fd, LOOP_READ, input_ready, c);
	conn_set_state(p, c, CONN_NEW, NULL);
	return c;
}

static void
extra_free(struct conn *c)
{
	struct extra *x = c->extra;

	if (x == NULL)
		return;
	buf_release(&x->in);
	heap_free(x->cursor);
	filter_free(x->filter);
	heap_free(x->specials);
	heap_free(x->reader);
	heap_free(x->resets);
	heap_free(x->typing);
	heap_free(x);
	c->extra = NULL;
}

static void
part_free(struct conn *c)
{
	if (c->part == NULL)
		return;
	frame_drop(c->part->frame);
	heap_free(c->part->bytes);
	heap_free(c->part);
	c->part = NULL;
}

static void
count_live(struct push *p, const struct conn *c, int by)
{
	uint32_t *n = c->format == FRAME_WS ? &p->n_ws_conns : &p->n_stream_conns;

	*n = (uint32_t)((int64_t)*n + by);
}

static void
unblock(struct push *p, struct conn *c)
{
	p->blocked_conns -= c->blocked;
	c->blocked = false;
}

/* Everything lets go of it now; the memory goes at the end of the turn. */
static void
die(struct push *p, struct conn *c)
{
	int fd = loop_io_fd(&c->io);

	loop_io_stop(&c->io);
	close(fd);
	unblock(p, c);
	wheel_remove(p, c);
	conn_set_subs(p, c, NULL, 0);
	account_leave(p, c);
	part_free(c);
	extra_free(c);
	list_add(&p->dead, c->id);
}

void
conn_set_state(struct push *p, struct conn *c, enum conn_state to, const char *why)
{
	enum conn_state from = c->state;

	if (from == to || from == CONN_DEAD)
		return;
	assert(to > from);
	if (from == CONN_LIVE)
		count_live(p, c, -1);
	c->state = (uint8_t)to;
	log_debug("connection", lf_int("conn", c->serial), lf_str("from", state_names[from]),
	    lf_str("to", state_names[to]), lf_str("why", why));
	switch (to) {
	case CONN_NEW:
	case CONN_HANDSHAKE:
		c->deadline_s = p->now_s + HANDSHAKE_S;
		wheel_put(p, c, c->deadline_s);
		break;
	case CONN_LIVE:
		count_live(p, c, 1);
		break;
	case CONN_DRAINING:
		conn_set_subs(p, c, NULL, 0);
		c->deadline_s = p->now_s + DRAIN_S;
		wheel_put(p, c, c->deadline_s);
		conn_mark(p, c, HINT_ALL);
		break;
	case CONN_DEAD:
		die(p, c);
		break;
	case CONN_FREE:
		break;
	}
}

void
conn_bye(struct push *p, struct conn *c, enum err why)
{
	if (c->state == CONN_NEW) {
		conn_kill(p, c, "ended before its request");
	} else if (c->state == CONN_HANDSHAKE) {
		handshake_refuse(p, c, why);
	} else if (c->state == CONN_LIVE) {
		c->bye = (uint16_t)err_info(why)->ws;
		conn_set_state(p, c, CONN_DRAINING, err_info(why)->code);
	}
}

void
conn_close(struct push *p, struct conn *c, enum ws_code code)
{
	c->bye = (uint16_t)code;
	conn_set_state(p, c, CONN_DRAINING, "closed");
}

void
conn_kill(struct push *p, struct conn *c, const char *why)
{
	conn_set_state(p, c, CONN_DEAD, why);
}

bool
conn_say(struct push *p, struct conn *c, struct str bytes)
{
	struct part *old = c->part, *part;
	struct str rest = STR_NULL;

	if (c->state == CONN_DEAD)
		return false;
	conn_mark(p, c, HINT_ALL);
	if (old == NULL && !c->blocked && !deliver_now(p, c, &bytes))
		return false;
	if (bytes.len == 0)
		return true;
	/* A frame written in part stays what it is; texts join. */
	if (old != NULL && old->frame != NULL)
		rest = deliver_frame_rest(c, old);
	else if (old != NULL)
		rest = (struct str){ old->bytes + old->off, old->len - old->off };
	part = rest.len + bytes.len > PART_MAX ? NULL : heap_try(sizeof(*part));
	if (part == NULL || (part->bytes = heap_try(rest.len + bytes.len)) == NULL) {
		heap_free(part);
		conn_kill(p, c, "too much to say");
		return false;
	}
	if (rest.len > 0)
		memcpy(part->bytes, rest.p, rest.len);
	if (bytes.len > 0)
		memcpy(part->bytes + rest.len, bytes.p, bytes.len);
	part->frame = NULL;
	part->off = 0;
	part->len = (uint32_t)(rest.len + bytes.len);
	part_free(c);
	c->part = part;
	conn_mark(p, c, HINT_ALL);
	return true;
}

void
conns_bury(struct push *p)
{
	for (uint32_t i = 0; i < p->dead.n; i++)
		slab_give(&p->conns, p->dead.v[i]);
	p->dead.n = 0;
}

void
conns_release(struct push *p)
{
	for (uint32_t i = 0; i < p->conns.top; i++)
		if (conn_at(p, i)->state != CONN_FREE)
			conn_kill(p, conn_at(p, i), "shutdown");
	conns_bury(p);
	slab_release(&p->conns);
}

struct extra *
conn_extra(struct conn *c)
{
	if (c->extra == NULL)
		c->extra = heap_alloc(sizeof(*c->extra));
	return c->extra;
}

void
conn_trim(struct conn *c)
{
	struct extra *x = c->extra;

	if (x == NULL || x->is_token || x->filter != NULL || x->n_specials > 0 || x->reader != NULL ||
	    x->frames > 0 || x->wait_s > 0)
		return;
	extra_free(c);
}

struct sub *
conn_sub(const struct conn *c, uint32_t stream)
{
	size_t lo = 0, hi = c->n_subs;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (c->subs[mid].stream == stream)
			return &c->subs[mid];
		if (c->subs[mid].stream < stream)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

bool
conn_reads(const struct conn *c, uint32_t stream)
{
	return conn_sub(c, stream) != NULL;
}

void
conn_set_subs(struct push *p, struct conn *c, struct sub *subs, uint16_t n)
{
	struct sub *old = c->subs;
	uint16_t n_old = c->n_subs;

	c->subs = subs;
	c->n_subs = n;
	for (uint16_t i = 0; i < n; i++)
		stream_subscribe(p, subs[i].stream, c->id);
	for (uint16_t i = 0; i < n_old; i++)
		stream_unsubscribe(p, old[i].stream, c->id);
	heap_free(old);
}

void
conn_add_sub(struct push *p, struct conn *c, uint32_t stream, int64_t sent)
{
	uint16_t i;

	if (conn_reads(c, stream) || c->n_subs >= CURSOR_STREAMS)
		return;
	c->subs = heap_grow(c->subs, c->n_subs + 1u, sizeof(*c->subs));
	for (i = c->n_subs; i > 0 && c->subs[i - 1].stream > stream; i--)
		c->subs[i] = c->subs[i - 1];
	c->subs[i] = (struct sub){ stream, (uint32_t)sent };
	c->n_subs++;
	stream_subscribe(p, stream, c->id);
}

void
conn_drop_sub(struct push *p, struct conn *c, uint32_t stream)
{
	struct sub *s = conn_sub(c, stream);
	size_t i;

	if (s == NULL)
		return;
	i = (size_t)(s - c->subs);
	c->n_subs--;
	memmove(s, s + 1, (c->n_subs - i) * sizeof(*s));
	stream_unsubscribe(p, stream, c->id);
}

/* Revs are 64 bits wide, but nobody is 2^31 events away from the head. */
int64_t
sub_sent(const struct stream *s, const struct sub *sub)
{
	return s->head - (int32_t)((uint32_t)s->head - sub->sent);
}

struct special *
conn_special(const struct conn *c, uint32_t stream)
{
	if (c->extra == NULL)
		return NULL;
	for (uint32_t i = 0; i < c->extra->n_specials; i++)
		if (c->extra->specials[i].stream == stream)
			return &c->extra->specials[i];
	return NULL;
}

void
conn_put_special(struct conn *c, const struct special *sp)
{
	struct special *old = conn_special(c, sp->stream);
	struct extra *x = conn_extra(c);

	if (old != NULL) {
		*old = *sp;
		return;
	}
	x->specials = heap_grow(x->specials, x->n_specials + 1, sizeof(*sp));
	x->specials[x->n_specials++] = *sp;
}

void
conn_drop_special(struct conn *c, uint32_t stream)
{
	struct special *sp = conn_special(c, stream);

	if (sp == NULL)
		return;
	c->extra->n_specials--;
	*sp = c->extra->specials[c->extra->n_specials];
	if (c->extra->n_specials == 0) {
		heap_free(c->extra->specials);
		c->extra->specials = NULL;
	}
}

bool
conn_passes(const struct conn *c, const struct stream *s, const struct frame *f)
{
	const struct filter *filter = c->extra == NULL ? NULL : c->extra->filter;

	if (f->len == 0 || (f->receipt && c->no_receipts))
		return false;
	return filter == NULL || (filter_has_stream(filter, s->id) && filter_has_type(filter, frame_type(f)));
}

bool
conn_met_loss(struct push *p, struct conn *c, uint32_t stream, const struct frame *f)
{
	if (f->access != BUS_LOST || f->subject != account_at(p, c->account)->id ||
	    conn_special(c, stream) != NULL)
		return false;
	for (uint16_t k = 0; k < c->n_subs; k++) {
		uint32_t i = c->subs[k].stream;
		const struct stream *s = stream_at(p, i);
		const struct special *sp = conn_special(c, i);

		if (sp != NULL && sp->revoke)
			continue;
		if (i == stream || s->parent == stream)
			conn_put_special(c, &(struct special){ .stream = i, .rev = s->head, .why = "joined" });
	}
	return true;
}

void
conn_mark(struct push *p, struct conn *c, uint32_t hint)
{
	if (c->state != CONN_LIVE && c->state != CONN_DRAINING && c->part == NULL)
		return;
	c->hint = c->hint == SLAB_NONE || c->hint == hint ? hint : HINT_ALL;
	if (c->blocked || c->dirty)
		return;
	c->dirty = true;
	list_add(&p->dirty, c->id);
}

bool
conn_is_sane(const struct push *p, const struct conn *c)
{
	for (uint16_t i = 0; i < c->n_subs; i++) {
		if (i > 0 && c->subs[i].stream <= c->subs[i - 1].stream)
			return false;
		if (stream_at(p, c->subs[i].stream)->cap_subs == 0)
			return false;
	}
	return c->state <= CONN_DEAD && (c->state < CONN_DRAINING || c->n_subs == 0);
}
