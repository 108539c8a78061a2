#include "link/redis_sub.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crypt.h"
#include "base/heap.h"
#include "base/log.h"
#include "base/metric.h"
#include "link/loop.h"
#include "link/redis_calls.h"
#include "link/redis_target.h"

#define CONNECT_MS 5000
#define PAUSE_MIN_MS 50
#define PAUSE_MAX_MS 500
#define QUEUE_KEPT (16 * 1024)

struct redis_link {
	struct redis_sub *owner;
	bool subscribes;
	bool connected;
	struct loop_io io;
	struct loop_timer timer;	/* next try, or the deadline of connecting */
	int fd;
	unsigned attempts;
	redisReader *reader;
	size_t unfinished;		/* bytes fed since the last whole reply */
	struct buf out;
	const char *command;		/* of the topics being collected */
	struct buf topics;
	size_t n_topics;
};

struct redis_sub {
	struct redis_target target;
	bool has_target;
	struct redis_sub_hooks hooks;
	bool closing;
	bool was_up;
	struct redis_link sub, pub;
	struct redis_calls calls;	/* of pub */
	struct arena values;
};

static void on_ready(void *ctx, int events);

/* Topics that found no memory stay: redis_sub_flush() gives the connection up, a command without
 * its last words would take what follows for them. */
static void
close_topics(struct redis_link *c)
{
	if (c->n_topics == 0 || !buf_ok(&c->topics))
		return;
	buf_printf(&c->out, "*%zu\r\n", c->n_topics + 1);
	redis_bulk(&c->out, str_of(c->command));
	buf_add_str(&c->out, buf_str(&c->topics));
	buf_clear(&c->topics);
	c->n_topics = 0;
}

static void
pause_then_connect(struct redis_link *c)
{
	uint16_t r;

	crypt_random(&r, sizeof(r));
	loop_timer_once(
	    &c->timer, PAUSE_MIN_MS + (PAUSE_MAX_MS - PAUSE_MIN_MS) * (int64_t)r / 65536);
}

/* why is borrowed until the log line is written, and may be text of the reader. */
static void
drop(struct redis_link *c, const char *why)
{
	struct redis_sub *r = c->owner;
	bool had = c->connected;

	if (!r->closing) {
		metric_add(METRIC_redis_errors, 1);
		log_warn(
		    "redis connection", lf_bool("subscriber", c->subscribes), lf_str("said", why));
	}
	if (loop_io_is_active(&c->io))
		loop_io_stop(&c->io);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->connected = false;
	if (c->reader != NULL)
		redisReaderFree(c->reader);
	c->reader = NULL;
	buf_release(&c->out);
	buf_release(&c->topics);
	c->n_topics = 0;
	if (!c->subscribes)
		redis_calls_fail(&r->calls);
	if (r->closing)
		return;
	pause_then_connect(c);
	if (had && c->subscribes)
		r->hooks.lost(r->hooks.ctx);
}

static void
connect_start(struct redis_link *c)
{
	if (!c->owner->has_target) {
		drop(c, "not an address of the form unix:/path or host:port");
		return;
	}
	c->fd = redis_target_open(&c->owner->target, c->attempts++);
	if (c->fd < 0) {
		drop(c, strerror(errno));
		return;
	}
	loop_timer_once(&c->timer, CONNECT_MS);
	loop_io_start(&c->io, c->fd, LOOP_WRITE, on_ready, c);
}

static void
connected(struct redis_link *c)
{
	struct redis_sub *r = c->owner;
	int e = 0;
	socklen_t n = sizeof(e);

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &n) != 0 || e != 0) {
		drop(c, strerror(e != 0 ? e : errno));
		return;
	}
	loop_timer_stop(&c->timer);
	c->reader = redisReaderCreate();
	if (c->reader == NULL) {
		drop(c, "out of memory");
		return;
	}
	c->unfinished = 0;
	c->connected = true;
	buf_init(&c->out, REDIS_SUB_QUEUE);
	buf_init(&c->topics, REDIS_SUB_QUEUE);
	loop_io_events(&c->io, LOOP_READ);
	if (!c->subscribes) {
		if (r->hooks.asks != NULL)
			r->hooks.asks(r->hooks.ctx);
		return;
	}
	if (r->was_up)
		metric_add(METRIC_push_bus_reconnects, 1);
	r->was_up = true;
	log_info("redis subscribed");
	r->hooks.ready(r->hooks.ctx);
}

static struct str
text_of(const redisReply *r)
{
	return r->type == REDIS_REPLY_STRING ? (struct str){ r->str, (size_t)r->len } : STR_NULL;
}

/* False: this is not what a subscriber may be told. */
static bool
take_reply(struct redis_sub *r, const redisReply *reply)
{
	struct str kind, topic;

	if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 3)
		return false;
	kind = text_of(reply->element[0]);
	topic = text_of(reply->element[1]);
	if (str_eq(kind, STR("message")) && topic.p != NULL && text_of(reply->element[2]).p != NULL)
		r->hooks.message(r->hooks.ctx, topic, text_of(reply->element[2]));
	else if (str_eq(kind, STR("subscribe")) && topic.p != NULL)
		r->hooks.subscribed(r->hooks.ctx, topic);
	else
		return str_eq(kind, STR("unsubscribe"));
	return true;
}

/* False: the connection was dropped. */
static bool
take_replies(struct redis_link *c)
{
	void *reply = NULL;

	for (;;) {
		bool ok = true;

		if (redisReaderGetReply(c->reader, &reply) != REDIS_OK) {
			drop(c, c->reader->errstr);
			return false;
		}
		if (reply == NULL)
			return true;
		c->unfinished = 0;
		if (c->subscribes)
			ok = take_reply(c->owner, reply);
		else
			redis_calls_take(&c->owner->calls, &c->owner->values, reply);
		freeReplyObject(reply);
		if (c->reader == NULL)
			return false;
		if (!ok) {
			drop(c, "unexpected reply");
			return false;
		}
	}
}

static void
read_some(struct redis_link *c)
{
	static char bytes[64 * 1024];
	size_t total = 0;

	while (total < REDIS_SUB_READ) {
		ssize_t n = read(c->fd, bytes, sizeof(bytes));

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n <= 0) {
			drop(c, n == 0 ? "closed by Redis" : strerror(errno));
			return;
		}
		total += (size_t)n;
		c->unfinished += (size_t)n;
		if (redisReaderFeed(c->reader, bytes, (size_t)n) != REDIS_OK ||
		    c->unfinished > REDIS_SUB_REPLY_MAX) {
			drop(c, "unreadable reply");
			return;
		}
		if (!take_replies(c))
			return;
		if ((size_t)n < sizeof(bytes))
			break;
	}
}

static void
write_some(struct redis_link *c)
{
	while (c->out.len > 0) {
		ssize_t n = send(c->fd, c->out.p, c->out.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0) {
			drop(c, strerror(errno));
			return;
		}
		buf_drop(&c->out, (size_t)n);
	}
	/* A herd of new topics leaves no buffer of its size behind. */
	if (c->out.len == 0 && c->out.cap > QUEUE_KEPT) {
		buf_release(&c->out);
		buf_init(&c->out, REDIS_SUB_QUEUE);
	}
	loop_io_events(&c->io, c->out.len > 0 ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

static void
on_ready(void *ctx, int events)
{
	struct redis_link *c = ctx;

	if (!c->connected) {
		connected(c);
		return;
	}
	if ((events & LOOP_READ) != 0)
		read_some(c);
	if (c->connected && (events & LOOP_WRITE) != 0)
		write_some(c);
}

static void
on_timer(void *ctx)
{
	struct redis_link *c = ctx;

	if (c->fd < 0)
		connect_start(c);
	else
		drop(c, "no connection in time");
}

static void
link_init(struct redis_link *c, struct redis_sub *r, bool subscribes)
{
	c->owner = r;
	c->subscribes = subscribes;
	c->fd = -1;
	c->timer.fire = on_timer;
	c->timer.ctx = c;
	loop_timer_once(&c->timer, 0);
}

struct redis_sub *
redis_sub_new(const char *target, const struct redis_sub_hooks *hooks)
{
	struct redis_sub *r = heap_alloc(sizeof(*r));

	r->has_target = redis_target_parse(target, &r->target);
	r->hooks = *hooks;
	arena_init(&r->values, REDIS_SUB_QUEUE);
	link_init(&r->sub, r, true);
	link_init(&r->pub, r, false);
	return r;
}

void
redis_sub_free(struct redis_sub *r)
{
	if (r == NULL)
		return;
	r->closing = true;
	drop(&r->sub, NULL);
	drop(&r->pub, NULL);
	loop_timer_stop(&r->sub.timer);
	loop_timer_stop(&r->pub.timer);
	arena_release(&r->values);
	heap_free(r);
}

bool
redis_sub_is_up(const struct redis_sub *r)
{
	return r->sub.connected;
}

static bool
collect(struct redis_link *c, const char *command, struct str topic)
{
	if (!c->connected)
		return false;
	if (c->n_topics == REDIS_SUB_BATCH || (c->n_topics > 0 && c->command != command))
		close_topics(c);
	c->command = command;
	redis_bulk(&c->topics, topic);
	c->n_topics++;
	return true;
}

/* One literal each, so that the commands can be told apart by address. */
static const char subscribe[] = "SUBSCRIBE", unsubscribe[] = "UNSUBSCRIBE";

bool
redis_sub_subscribe(struct redis_sub *r, struct str topic)
{
	return collect(&r->sub, subscribe, topic);
}

bool
redis_sub_unsubscribe(struct redis_sub *r, struct str topic)
{
	return collect(&r->sub, unsubscribe, topic);
}

bool
redis_sub_ask(struct redis_sub *r, const struct str *argv, size_t argc,
    void (*done)(void *ctx, const struct redis_value *v), void *ctx)
{
	struct buf *out = &r->pub.out;

	if (!r->pub.connected || !buf_ok(out) || !redis_calls_add(&r->calls, done, ctx))
		return false;
	buf_printf(out, "*%zu\r\n", argc);
	for (size_t i = 0; i < argc; i++)
		redis_bulk(out, argv[i]);
	return true;
}

bool
redis_sub_publish(struct redis_sub *r, struct str topic, struct str payload)
{
	return redis_sub_ask(
	    r, (const struct str[]){ STR("PUBLISH"), topic, payload }, 3, NULL, NULL);
}

uint64_t
redis_sub_refusals(const struct redis_sub *r)
{
	return r->calls.refusals;
}

size_t
redis_sub_waiting(const struct redis_sub *r)
{
	return r->pub.connected ? r->pub.out.len : 0;
}

bool
redis_sub_has_room(const struct redis_sub *r, uint32_t n)
{
	return r->pub.connected && buf_ok(&r->pub.out) && r->calls.n + n <= REDIS_CALLS;
}

bool
redis_sub_is_busy(const struct redis_sub *r, uint32_t n)
{
	return r->pub.connected && !redis_sub_has_room(r, n);
}

void
redis_sub_restart(struct redis_sub *r, const char *why)
{
	if (r->sub.connected)
		drop(&r->sub, why);
	if (r->pub.connected)
		drop(&r->pub, why);
}

static void
link_flush(struct redis_link *c)
{
	if (!c->connected)
		return;
	close_topics(c);
	if (!buf_ok(&c->out) || !buf_ok(&c->topics))
		drop(c, "too much to send");
	else if (c->out.len > 0)
		write_some(c);
}

void
redis_sub_flush(struct redis_sub *r)
{
	link_flush(&r->sub);
	link_flush(&r->pub);
}
