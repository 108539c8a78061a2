#include "push/conn.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "push/account.h"
#include "push/deliver.h"
#include "push/handshake.h"
#include "push/server.h"
#include "push/stream.h"
#include "push/watch.h"
#include "push/wheel.h"

static const char *const state_names[] = { "free", "new", "handshake", "live", "draining", "dead" };

static uint64_t
name_of(const struct conn *c)
{
	return (uint64_t)c->serial << 32 | c->id;
}

struct conn *
conn_named(const struct push *p, uint64_t name)
{
	struct conn *c = conn_at(p, (uint32_t)name);

	return c->serial == name >> 32 && c->state != CONN_FREE && c->state != CONN_DEAD ? c : NULL;
}

void
conn_wait(struct push *p, const struct conn *c, int events)
{
	if (!p->unheard)
		crowd_change(&p->crowd, c->fd, events, name_of(c));
}

static struct conn *
blank(struct push *p, int fd)
{
	uint32_t i = slab_take(&p->conns);
	struct conn *c = conn_at(p, i);

	c->id = i;
	c->fd = fd;
	c->serial = ++p->serial;
	c->account = c->next = c->prev = SLAB_NONE;
	c->wheel_next = c->wheel_prev = SLAB_NONE;
	c->slot = WHEEL_OFF;
	c->hint = SLAB_NONE;
	c->wrote_s = p->now_s;
	return c;
}

void
conn_new(struct push *p, int fd)
{
	struct conn *c = blank(p, fd);

	conn_set_state(p, c, CONN_NEW, NULL);
	if (!crowd_add(&p->crowd, fd, LOOP_READ, name_of(c)))
		conn_kill(p, c, strerror(errno));
}

/* In that state it is a stream that its account has open: a long poll until its answer has left. */
static bool
counts_in(const struct conn *c, enum conn_state state)
{
	return state == CONN_LIVE || (state == CONN_DRAINING && c->format == FRAME_POLL);
}

static void
count_streams(struct push *p, const struct conn *c, enum conn_state from, enum conn_state to)
{
	uint32_t *n = c->format == FRAME_WS ? &p->n_ws_conns : &p->n_stream_conns;

	*n = (uint32_t)((int64_t)*n + counts_in(c, to) - counts_in(c, from));
}

struct conn *
conn_restore(struct push *p, int fd, enum conn_state state, enum frame_format format)
{
	struct conn *c = blank(p, fd);

	c->format = format & 7;
	c->state = state & 7;
	p->unheard = true;
	count_streams(p, c, CONN_FREE, state);
	if (state == CONN_NEW)
		server_peer_came(p, fd);
	return c;
}

void
conns_watch(struct push *p)
{
	p->unheard = false;
	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);) {
		struct conn *c = conn_at(p, i);

		if (c->state != CONN_DEAD &&
		    !crowd_add(&p->crowd, c->fd, c->blocked ? LOOP_READ | LOOP_WRITE : LOOP_READ,
			name_of(c)))
			conn_kill(p, c, strerror(errno));
	}
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
	close(c->fd);
	unblock(p, c);
	wheel_remove(p, c);
	conn_set_subs(p, c, NULL, 0);
	watch_end(p, c);
	account_leave(p, c);
	conn_drop_extra(c);
	list_add(&p->dead, c->id);
}

void
conn_set_state(struct push *p, struct conn *c, enum conn_state to, const char *why)
{
	enum conn_state from = c->state;

	if (from == to || from == CONN_DEAD)
		return;
	assert(to > from);
	count_streams(p, c, from, to);
	if (to == CONN_NEW)
		server_peer_came(p, c->fd);
	if (from == CONN_NEW)
		server_peer_asked(p, c->fd);
	c->state = to & 7;
	log_debug("connection", lf_int("conn", c->serial), lf_str("from", state_names[from]),
	    lf_str("to", state_names[to]), lf_str("why", why));
	switch (to) {
	case CONN_NEW:
	case CONN_HANDSHAKE:
		c->deadline_s = p->now_s + HANDSHAKE_S;
		wheel_put(p, c, c->deadline_s);
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
	case CONN_LIVE:
		break;
	}
}

void
conn_bye(struct push *p, struct conn *c, enum err why)
{
	if (c->state == CONN_NEW) {
		conn_kill(p, c, "ended before its request");
	} else if (c->state == CONN_HANDSHAKE ||
	    (c->state == CONN_LIVE && c->format == FRAME_POLL)) {
		handshake_refuse(p, c, why);
	} else if (c->state == CONN_LIVE) {
		c->bye = (unsigned)err_info(why)->ws & CONN_BYE_MAX;
		conn_set_state(p, c, CONN_DRAINING, err_info(why)->code);
	}
}

void
conn_close(struct push *p, struct conn *c, enum ws_code code)
{
	c->bye = code & CONN_BYE_MAX;
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
	struct part *old = conn_part(c), *part;
	struct str rest = STR_NULL;
	bool fits = true;

	if (c->state == CONN_DEAD)
		return false;
	conn_mark(p, c, HINT_ALL);
	if (old == NULL && !c->blocked && !deliver_now(p, c, &bytes))
		return false;
	if (bytes.len == 0)
		return true;
	/* A frame written in part stays what it is; texts join. */
	if (old != NULL && old->frame != NULL)
		fits = deliver_frame_rest(p, c, old, &rest);
	else if (old != NULL)
		rest = (struct str){ old->bytes + old->off, old->len - old->off };
	part = fits && rest.len + bytes.len <= CONN_PART_MAX ? part_new(rest.len + bytes.len)
							     : NULL;
	if (part == NULL) {
		conn_kill(p, c, "too much to say");
		return false;
	}
	if (rest.len > 0)
		memcpy(part->bytes, rest.p, rest.len);
	memcpy(part->bytes + rest.len, bytes.p, bytes.len);
	conn_set_part(c, part);
	conn_mark(p, c, HINT_ALL);
	return true;
}

bool
conn_say_buf(struct push *p, struct conn *c, const struct buf *b)
{
	if (buf_ok(b))
		return conn_say(p, c, buf_str(b));
	conn_kill(p, c, "out of memory");
	return false;
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
	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);)
		conn_kill(p, conn_at(p, i), "shutdown");
	conns_bury(p);
	slab_release(&p->conns);
}

void
conn_mark(struct push *p, struct conn *c, uint32_t hint)
{
	if (c->state != CONN_LIVE && c->state != CONN_DRAINING && conn_part(c) == NULL)
		return;
	c->hint = c->hint == SLAB_NONE || c->hint == hint ? hint : HINT_ALL;
	if (c->blocked || c->dirty)
		return;
	c->dirty = true;
	list_add(&p->dirty, c->id);
}
