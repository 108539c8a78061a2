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
#include "push/run.h"
#include "push/stream.h"
#include "push/wheel.h"
#include "wire/json.h"

#define BUSY_WRITES 256		/* of one flush, above which the next one waits a little */
#define BUSY_US 5000

static struct batch batch;

static void
on_flush_timer(void *ctx)
{
	(void)ctx;	/* the end of the turn does it */
}

void
deliver_init(struct push *p)
{
	p->flush_timer.fire = on_flush_timer;
	p->flush_timer.ctx = p;
	p->ephemerals = heap_alloc(EPHEMERALS * sizeof(*p->ephemerals));
	buf_init(&batch.text, 512 * 1024);
	runs_init();
}

static void
drop_ephemerals(struct push *p)
{
	for (uint32_t i = 0; i < p->n_ephemerals; i++)
		frame_drop(p->ephemerals[i]);
	p->n_ephemerals = 0;
}

void
deliver_release(struct push *p)
{
	loop_timer_stop(&p->flush_timer);
	drop_ephemerals(p);
	heap_free(p->ephemerals);
	buf_release(&batch.text);
	runs_release();
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
	uint32_t conn;

	if (p->n_ephemerals == EPHEMERALS) {
		frame_drop(f);
		return;
	}
	p->ephemerals[p->n_ephemerals++] = f;
	while (readers_next(&at, &conn)) {
		struct conn *c = conn_at(p, conn);

		if (c->state != CONN_LIVE || c->blocked)
			continue;
		c->ephemeral = true;
		conn_mark(p, c, i);
	}
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
	arena_init(&a, 4 * 1024 * 1024);
	if (json_parse(&a, frame_json(f), &root) == ERR_OK &&
	    json_str(json_get(json_get(root, "data"), "name"), &name))
		stream_name(s, name);
	arena_release(&a);
}

bool
deliver_frame_rest(const struct conn *c, const struct part *part, struct str *out)
{
	static struct buf rest;
	struct str pieces[2];
	size_t n = compose_pieces((enum frame_format)c->format, part->frame, pieces);

	buf_release(&rest);
	buf_init(&rest, 2 * BUS_BODY_MAX);
	for (size_t i = 0; i < n; i++)
		buf_add_str(&rest, pieces[i]);
	if (!buf_ok(&rest))
		return false;
	buf_drop(&rest, part->off);
	*out = buf_str(&rest);
	return true;
}

bool
deliver_now(struct push *p, struct conn *c, struct str *bytes)
{
	while (bytes->len > 0) {
		ssize_t n = send(c->fd, bytes->p, bytes->len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == ENOBUFS))
			break;
		if (n <= 0) {
			conn_kill(p, c, strerror(errno));
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

/* The kernel took n bytes of the batch, or gave errno. False: the connection has gone or is full. */
static bool
written(struct push *p, struct conn *c, ssize_t n)
{
	if (batch.bytes > 0)
		p->flush_writes++;
	if (n < 0 && errno != EAGAIN && errno != ENOBUFS) {
		conn_kill(p, c, strerror(errno));
		return false;
	}
	if (n > 0)
		c->wrote_s = p->now_s;
	if (!compose_commit(&batch, n < 0 ? 0 : (size_t)n)) {
		conn_kill(p, c, "out of memory");
		return false;
	}
	p->flush_deliveries += batch.delivered;
	if (n < (ssize_t)batch.bytes) {
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
	if (!written(p, c, n > 0 ? (ssize_t)batch.bytes : n))
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
	struct iovec *iov = batch.iov;
	struct msghdr msg = { .msg_iov = iov };
	bool chunk = chunk_is_for(&batch);
	char head[FRAME_CHUNK_HEAD];
	ssize_t n = 0;

	msg.msg_iovlen = compose_iov(&batch, iov + chunk, BATCH_PIECES - 2);
	if (chunk)
		msg.msg_iovlen = chunk_around(&batch, head, iov, msg.msg_iovlen);
	if (batch.bytes > 0) {
		do
			n = sendmsg(c->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
		while (n < 0 && errno == EINTR);
	}
	return chunk ? written_chunk(p, c, iov, msg.msg_iovlen, n) : written(p, c, n);
}

/* News of one stream, which others get as well, and nothing else to say. */
static bool
has_shared_news(const struct push *p, const struct conn *c)
{
	return c->hint != SLAB_NONE && c->hint != HINT_ALL && !conn_has_words(p, c) &&
	    (c->extra == NULL || c->extra->filter == NULL);
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
	do
		n = send(c->fd, r->bytes.p, r->bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)r->bytes.len) {
		int saved = errno;

		compose(&batch, p, c);
		assert(batch.bytes + (c->format == FRAME_CHUNKED ? FRAME_CHUNK_SIZE : 0) == r->bytes.len);
		c->hint = SLAB_NONE;
		errno = saved;
		if (c->format == FRAME_CHUNKED)
			written_chunk(p, c, &(struct iovec){ r->bytes.p, r->bytes.len }, 1, n);
		else
			written(p, c, n);
		return true;
	}
	sub->sent = r->upto;
	c->wrote_s = p->now_s;
	p->flush_writes++;
	p->flush_deliveries += r->delivered;
	c->since_mark = (uint8_t)(c->since_mark + r->n < UINT8_MAX ? c->since_mark + r->n : UINT8_MAX);
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
	size_t total = 0;

	if (c->state == CONN_LIVE && c->format == FRAME_POLL && !poll_ready(p, c))
		return;
	if (has_shared_news(p, c) && write_run(p, c))
		return;
	for (;;) {
		compose(&batch, p, c);
		if (!buf_ok(&batch.text)) {
			conn_kill(p, c, "out of memory");
			return;
		}
		c->hint = SLAB_NONE;
		if (batch.n > 0 && !write_batch(p, c))
			return;
		total += batch.bytes;
		c->ephemeral = false;
		if (!batch.more && !(c->hb_due && c->state == CONN_LIVE))
			break;
		if (total >= DELIVER_TURN || (batch.waits && batch.n == 0)) {
			conn_mark(p, c, HINT_ALL);
			break;
		}
		c->hint = HINT_ALL;
	}
	if (c->state == CONN_DRAINING)
		end_draining(p, c);
}

/* Many small writes cost more than few larger ones: after a big flush the next one waits up to 5 ms. */
static bool
is_too_soon(struct push *p)
{
	int64_t since = clock_mono_us() - p->flushed_us;

	if (p->flush_writes < BUSY_WRITES || since >= BUSY_US)
		return false;
	if (!loop_timer_is_active(&p->flush_timer))
		loop_timer_once(&p->flush_timer, (BUSY_US - since) / 1000 + 1);
	return true;
}

/* From the commit (the event id has its time) until it was written to those who could take it. */
static void
observe(const struct push *p)
{
	static int64_t last;
	int64_t ms = clock_wall_ms() - id_wall_ms(p->max_event);

	if (p->max_event != last && ms >= 0 && ms < CLOCKS_DIFFER_MS)
		metric_observe(METRIC_H_push_delivery_us, ms * 1000);
	last = p->max_event;
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

	p->dirty = (struct list){ 0 };
	p->flush_writes = p->flush_deliveries = 0;
	runs_reset();
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
	drop_ephemerals(p);
	metric_add(METRIC_push_writes, p->flush_writes);
	metric_add(METRIC_push_deliveries, p->flush_deliveries);
	observe(p);
	p->flushed_us = clock_mono_us();
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
