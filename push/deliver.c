#include "push/deliver.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/id.h"
#include "base/metric.h"
#include "push/chunk.h"
#include "push/poll.h"
#include "push/resume.h"
#include "push/run.h"
#include "push/stream.h"
#include "push/wheel.h"
#include "wire/json.h"

#define BUSY_WRITES 256		/* of one flush, above which the next one waits a little */
#define BUSY_US 5000

struct deliver {
	struct frame *ephemerals[EPHEMERALS];	/* of this turn */
	uint32_t n_ephemerals;
	struct loop_timer timer;		/* until a flush that waits */
	int64_t flushed_us;
	uint32_t writes, deliveries;		/* of this flush */
	int64_t observed;			/* the newest event whose way was measured */
	struct buf rest;			/* deliver_frame_rest() */
	struct batch batch;			/* the one being written */
};

static void
on_deliver_timer(void *ctx)
{
	(void)ctx;	/* the end of the turn does it */
}

void
deliver_init(struct push *p)
{
	struct deliver *d = heap_alloc(sizeof(*d));

	p->deliver = d;
	d->timer.fire = on_deliver_timer;
	d->timer.ctx = p;
	buf_init(&d->batch.text, BATCH_TEXT_MAX);
	push_trims(p, &p->dirty);
	push_trims(p, &p->dead);
	runs_init(p);
}

static void
drop_ephemerals(struct deliver *d)
{
	for (uint32_t i = 0; i < d->n_ephemerals; i++)
		frame_drop(d->ephemerals[i]);
	d->n_ephemerals = 0;
}

void
deliver_release(struct push *p)
{
	struct deliver *d = p->deliver;

	loop_timer_stop(&d->timer);
	drop_ephemerals(d);
	buf_release(&d->rest);
	buf_release(&d->batch.text);
	heap_free(d);
	runs_release(p);
	list_release(&p->dirty);
	list_release(&p->dead);
}

void
deliver_mark_stream(struct push *p, uint32_t i)
{
	struct reader_at at = readers_first(&stream_at(p, i)->readers);
	uint32_t conn;

	while (readers_next(&at, &conn))
		conn_mark(p, conn_at(p, conn), i);
}

void
deliver_ephemeral(struct push *p, uint32_t i, struct frame *f)
{
	struct reader_at at = readers_first(&stream_at(p, i)->readers);
	struct deliver *d = p->deliver;
	uint32_t conn;

	if (d->n_ephemerals == EPHEMERALS) {
		frame_drop(f);
		return;
	}
	d->ephemerals[d->n_ephemerals++] = f;
	while (readers_next(&at, &conn)) {
		struct conn *c = conn_at(p, conn);

		if (c->state != CONN_LIVE || c->blocked)
			continue;
		c->ephemeral = true;
		conn_mark(p, c, i);
	}
}

uint32_t
deliver_ephemerals(const struct push *p, struct frame *const **list)
{
	*list = p->deliver->ephemerals;
	return p->deliver->n_ephemerals;
}

void
deliver_rename(struct push *p, uint32_t i, const struct frame *f)
{
	struct stream *s = stream_at(p, i);
	struct json *root;
	struct arena a;
	struct str name;

	if (s->name == NULL)
		return;
	arena_init(&a, PUSH_JSON_MAX);
	if (json_parse(&a, frame_json(f), &root) == ERR_OK &&
	    json_str(json_get(json_get(root, "data"), "name"), &name))
		stream_set_name(s, name);
	arena_release(&a);
}

bool
deliver_frame_rest(
    const struct push *p, const struct conn *c, const struct part *part, struct str *out)
{
	struct buf *rest = &p->deliver->rest;
	struct str pieces[2];
	size_t n = compose_pieces((enum frame_format)c->format, part->frame, pieces);

	buf_release(rest);
	buf_init(rest, 2 * BUS_BODY_MAX);
	for (size_t i = 0; i < n; i++)
		buf_add_str(rest, pieces[i]);
	if (!buf_ok(rest))
		return false;
	buf_drop(rest, part->off);
	*out = buf_str(rest);
	return true;
}

/* send() at once, begun anew when a signal came: how many bytes, or -errno. */
static ssize_t
try_send(const struct conn *c, const char *bytes, size_t len)
{
	ssize_t n;

	do
		n = send(c->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* The peer takes no more for now. */
static bool
socket_is_full(ssize_t n)
{
	return n == -EAGAIN || n == -ENOBUFS;
}

bool
deliver_now(struct push *p, struct conn *c, struct str *bytes)
{
	while (bytes->len > 0) {
		ssize_t n = try_send(c, bytes->p, bytes->len);

		if (socket_is_full(n))
			break;
		if (n <= 0) {
			conn_kill(p, c, strerror((int)-n));
			return false;
		}
		c->wrote_s = p->now_s;
		*bytes = (struct str){ bytes->p + n, bytes->len - (size_t)n };
	}
	return true;
}

/* The socket is full: nothing more is composed before it takes bytes again. */
static void
set_blocked(struct push *p, struct conn *c)
{
	uint32_t stalled_s = c->wrote_s + (uint32_t)p->config.push_stall;

	if (!c->blocked) {
		c->blocked = true;
		p->blocked_conns++;
	}
	if (c->state == CONN_LIVE && wheel_due(p, c) > stalled_s)
		wheel_put(p, c, stalled_s);
	conn_wait(p, c, LOOP_READ | LOOP_WRITE);
}

/* The kernel took n bytes of the batch, or said -errno. False: the connection is gone, or full. */
static bool
written(struct push *p, struct conn *c, ssize_t n)
{
	struct deliver *d = p->deliver;

	if (d->batch.bytes > 0)
		d->writes++;
	if (n < 0 && !socket_is_full(n)) {
		conn_kill(p, c, strerror((int)-n));
		return false;
	}
	if (n > 0)
		c->wrote_s = p->now_s;
	if (!compose_commit(&d->batch, n < 0 ? 0 : (size_t)n)) {
		conn_kill(p, c, "out of memory");
		return false;
	}
	d->deliveries += d->batch.delivered;
	if (n < (ssize_t)d->batch.bytes) {
		set_blocked(p, c);
		return false;
	}
	return true;
}

/* The same of a chunk: all of it is on its way once a byte of it is. */
static bool
written_chunk(struct push *p, struct conn *c, const struct iovec *iov, size_t pieces, ssize_t n)
{
	size_t all = 0;

	for (size_t i = 0; i < pieces; i++)
		all += iov[i].iov_len;
	if (!written(p, c, n > 0 ? (ssize_t)p->deliver->batch.bytes : n))
		return false;
	if ((size_t)n == all)
		return true;
	if (!chunk_keep(c, iov, pieces, (size_t)n))
		conn_kill(p, c, "out of memory");
	else
		set_blocked(p, c);
	return false;
}

/* One system call. */
static bool
write_batch(struct push *p, struct conn *c)
{
	struct batch *b = &p->deliver->batch;
	struct iovec *iov = b->iov;
	struct msghdr msg = { .msg_iov = iov };
	bool chunk = chunk_is_for(b);
	char head[FRAME_CHUNK_HEAD];
	ssize_t n = 0;

	msg.msg_iovlen = compose_iov(b, iov + chunk, BATCH_PIECES - 2);
	if (chunk)
		msg.msg_iovlen = chunk_around(b, head, iov, msg.msg_iovlen);
	if (b->bytes > 0) {
		do
			n = sendmsg(c->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
		while (n < 0 && errno == EINTR);
	}
	if (n < 0)
		n = -errno;
	return chunk ? written_chunk(p, c, iov, msg.msg_iovlen, n) : written(p, c, n);
}

/* News of one stream, which others get as well, and nothing else to say. */
static bool
has_shared_news(const struct push *p, const struct conn *c)
{
	return c->hint != SLAB_NONE && c->hint != HINT_ALL && !conn_has_words(p, c) &&
	    (c->extra == NULL || (c->extra->filter == NULL && c->extra->n_pasts == 0));
}

/* Of a run the kernel took n bytes only: what else compose() makes of the same events goes on from
 * there. */
static void
written_in_part(struct push *p, struct conn *c, const struct run *r, ssize_t n)
{
	struct batch *b = &p->deliver->batch;
	bool chunk = c->format == FRAME_CHUNKED;

	compose(b, p, c);
	assert(b->bytes + (chunk ? FRAME_CHUNK_SIZE : 0) == r->bytes.len);
	c->hint = SLAB_NONE;
	if (chunk)
		written_chunk(p, c, &(struct iovec){ r->bytes.p, r->bytes.len }, 1, n);
	else
		written(p, c, n);
}

/* False: the rest is for compose(), as if nothing had been done here. */
static bool
write_run(struct push *p, struct conn *c)
{
	struct sub *sub = conn_sub(c, c->hint);
	const struct run *r = sub == NULL ? NULL : run_get(p, sub, (enum frame_format)c->format);
	ssize_t n;

	if (r == NULL)
		return false;
	n = try_send(c, r->bytes.p, r->bytes.len);
	if (n != (ssize_t)r->bytes.len) {
		written_in_part(p, c, r, n);
		return true;
	}
	sub->sent = r->upto;
	c->wrote_s = p->now_s;
	p->deliver->writes++;
	p->deliver->deliveries += r->delivered;
	conn_count_events(c, r->n);
	c->hb_due = c->since_mark >= CHECKPOINT_EVENTS;
	if (!c->hb_due)
		c->hint = SLAB_NONE;
	return !c->hb_due;
}

/* All was said. A WebSocket peer gets the time to answer the close. */
static void
end_draining(struct push *p, struct conn *c)
{
	if (conn_part(c) != NULL || (c->bye != 0 && !c->bye_written))
		return;
	if (c->format != FRAME_WS || c->peer_closed || !c->head_written)
		conn_kill(p, c, "done");
}

static void
flush_conn(struct push *p, struct conn *c)
{
	struct batch *b = &p->deliver->batch;
	size_t total = 0;

	if (c->state == CONN_LIVE && c->format == FRAME_POLL && !poll_ready(p, c))
		return;
	if (has_shared_news(p, c) && write_run(p, c))
		return;
	for (;;) {
		compose(b, p, c);
		if (!buf_ok(&b->text)) {
			conn_kill(p, c, "out of memory");
			return;
		}
		c->hint = SLAB_NONE;
		if (b->n > 0 && !write_batch(p, c))
			return;
		total += b->bytes;
		c->ephemeral = false;
		if (!b->more && !(c->hb_due && c->state == CONN_LIVE))
			break;
		if (total >= DELIVER_TURN || (b->waits && b->n == 0)) {
			conn_mark(p, c, HINT_ALL);
			break;
		}
		c->hint = HINT_ALL;
	}
	if (c->state == CONN_DRAINING)
		end_draining(p, c);
}

/* Many small writes cost more than few larger ones: after a big flush the next one waits up to
 * BUSY_US. */
static bool
is_too_soon(struct push *p)
{
	struct deliver *d = p->deliver;
	int64_t since = clock_mono_us() - d->flushed_us;

	if (d->writes < BUSY_WRITES || since >= BUSY_US)
		return false;
	if (!loop_timer_is_active(&d->timer))
		loop_timer_once(&d->timer, (BUSY_US - since) / 1000 + 1);
	return true;
}

/* From the commit (the event id has its time) until it was written to those who could take it. */
static void
observe(const struct push *p)
{
	int64_t newest = resume_newest(p), ms = clock_wall_ms() - id_wall_ms(newest);

	if (newest != p->deliver->observed && ms >= 0 && ms < CLOCKS_DIFFER_MS)
		metric_observe(METRIC_H_push_delivery_us, ms * 1000);
	p->deliver->observed = newest;
}

void
deliver_flush(struct push *p)
{
	if (p->dirty.n > 0 && !is_too_soon(p))
		deliver_flush_now(p);
}

void
deliver_flush_now(struct push *p)
{
	struct list was = p->dirty;
	struct deliver *d = p->deliver;

	p->dirty = (struct list){ 0 };
	d->writes = d->deliveries = 0;
	runs_reset(p);
	for (uint32_t i = 0; i < was.n; i++) {
		struct conn *c = conn_at(p, was.v[i]);

		c->dirty = false;
		if (c->state != CONN_FREE && c->state != CONN_DEAD && !c->blocked)
			flush_conn(p, c);
	}
	if (p->dirty.cap == 0) {
		was.n = 0;
		p->dirty = was;
	} else {
		list_release(&was);
	}
	drop_ephemerals(d);
	metric_add(METRIC_push_writes, d->writes);
	metric_add(METRIC_push_deliveries, d->deliveries);
	observe(p);
	d->flushed_us = clock_mono_us();
	if (p->dirty.n > 0)
		loop_wake();
}

void
deliver_writable(struct push *p, struct conn *c)
{
	if (!c->blocked)
		return;
	c->blocked = false;
	p->blocked_conns--;
	conn_wait(p, c, LOOP_READ);
	conn_mark(p, c, HINT_ALL);
}
