#include "push/ops.h"

#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/id.h"
#include "push/control.h"
#include "push/marks.h"
#include "push/presence.h"
#include "push/stream.h"
#include "push/watch.h"
#include "wire/json.h"
#include "wire/ws_frame.h"

void
ops_error(struct push *p, struct conn *c, const char *code, struct str op)
{
	struct buf out;

	buf_init(&out, 1024);
	control_error(&out, c, code, op);
	conn_say_buf(p, c, &out);
	buf_release(&out);
}

static void
end(struct push *p, struct conn *c, uint16_t code)
{
	if (c->state == CONN_LIVE)
		conn_close(p, c, (enum ws_code)code);
	else
		conn_kill(p, c, "protocol");
}

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

/* The connections are gone already when this is answered by the end of the daemon, with an error. */
static void
on_typing(void *ctx, enum err e, struct str person)
{
	struct typing_ask *ask = ctx;
	struct push *p = ask->push;

	p->typings--;
	if (e == ERR_OK && person.p != NULL && p->bus != NULL) {
		char topic[BUS_TOPIC_MAX];
		struct buf payload;

		buf_init(&payload, 16 * 1024);
		feed_typing_render(&payload, ask->channel, ask->account, person);
		bus_topic(ask->channel, topic);
		if (buf_ok(&payload))
			redis_sub_publish(p->bus, str_of(topic), buf_str(&payload));
		buf_release(&payload);
	} else if (e == ERR_FORBIDDEN) {
		struct conn *c = conn_at(p, ask->conn);

		if (c->serial == ask->serial && c->state == CONN_LIVE)
			ops_error(p, c, err_info(e)->code, STR("typing"));
	}
	heap_free(ask);
}

/* Whether he may send there only the database knows. Above TYPINGS at once nobody is heard. */
static void
ask_typing(struct push *p, const struct conn *c, int64_t channel)
{
	struct typing_ask *ask;

	if (p->typings >= TYPINGS)
		return;
	ask = heap_alloc(sizeof(*ask));
	*ask = (struct typing_ask){ p, account_at(p, c->account)->id, channel, c->id, c->serial };
	p->typings++;
	if (feed_typing(p->feed, ask->account, channel, on_typing, ask) != ERR_OK) {
		p->typings--;
		heap_free(ask);
	}
}

static const char *
op_typing(struct push *p, struct conn *c, const struct json *frame)
{
	struct str text;
	int64_t channel;
	uint32_t i;

	if (!json_str(json_get(frame, "channel_id"), &text) || !id_parse(text, &channel))
		return "invalid_fields";
	i = stream_find(p, channel);
	if (i == SLAB_NONE || !conn_reads(c, i) || conn_special(c, i) != NULL ||
	    stream_at(p, i)->kind != FEED_CHANNEL)
		return "not_found";
	if (!conn_may_write(c))
		return err_info(ERR_SCOPE)->code;
	if (p->bus != NULL && may_type(c, channel))
		ask_typing(p, c, channel);
	return NULL;
}

static const char *
op_unsupported(struct push *p, struct conn *c, const struct json *frame)
{
	(void)p, (void)c, (void)frame;
	return "unsupported_op";
}

/* NULL: done; else the code of the error. */
static const struct op {
	const char *name;
	const char *(*run)(struct push *p, struct conn *c, const struct json *frame);
} ops[] = {
	{ "typing", op_typing },
	{ "read", marks_op_read },
	{ "delivered", marks_op_delivered },
	{ "presence", presence_op },
	{ "watch", watch_op },
	{ "signal", op_unsupported },
};

static void
take_message(struct push *p, struct conn *c, struct str text)
{
	const char *code = "unknown_op";
	struct str op = STR_NULL;
	struct json *frame;
	struct arena a;

	arena_init(&a, 4 * 1024 * 1024);
	if (json_parse(&a, text, &frame) != ERR_OK || json_type(frame) != JSON_OBJECT)
		code = "unreadable";
	else if (!json_str(json_get(frame, "op"), &op))
		code = "invalid_fields";
	else if (text.len <= OPS_FRAME_MAX || str_eq(op, STR("watch")))
		for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
			if (str_eq(op, str_of(ops[i].name)))
				code = ops[i].run(p, c, frame);
	if (text.len > OPS_FRAME_MAX && !str_eq(op, STR("watch")))
		end(p, c, WS_TOO_BIG);
	else if (code != NULL)
		ops_error(p, c, code, op);
	arena_release(&a);
}

static void
take_ping(struct push *p, struct conn *c, struct str payload)
{
	uint8_t head[WS_HEADER_MAX];
	struct buf out;

	buf_init(&out, WS_HEADER_MAX + WS_CONTROL_MAX + 1);
	buf_add(&out, head, ws_header(head, WS_PONG, payload.len));
	buf_add_str(&out, payload);
	conn_say_buf(p, c, &out);
	buf_release(&out);
}

static void
take_close(struct push *p, struct conn *c, uint16_t code)
{
	c->peer_closed = true;
	if (c->state != CONN_LIVE) {
		conn_kill(p, c, "closed");
		return;
	}
	conn_close(p, c, code == WS_NO_CODE || code >= 4000 ? WS_NORMAL : (enum ws_code)code);
}

/* Counts by the minute. False: too many. */
static bool
is_allowed(struct push *p, struct conn *c, bool message)
{
	struct extra *x = conn_extra(c);

	if (x->frames == 0 || p->now_s - x->window_s >= 60) {
		x->window_s = p->now_s;
		x->frames = x->messages = 0;
	}
	x->frames++;
	x->messages += message;
	return x->frames <= OPS_FRAMES_PER_MINUTE && x->messages <= OPS_PER_MINUTE;
}

static void
refuse_flood(struct push *p, struct conn *c)
{
	ops_error(p, c, err_info(ERR_RATE_LIMITED)->code, STR_NULL);
	conn_bye(p, c, ERR_RATE_LIMITED);
}

static void
take_event(struct push *p, struct conn *c, const struct ws_event *ev)
{
	bool message = ev->op == WS_TEXT || ev->op == WS_BINARY;

	c->ping_open = false;
	if (ev->op == WS_CLOSE) {
		take_close(p, c, ev->code);
		return;
	}
	if (c->state != CONN_LIVE || ev->op == WS_PONG)
		return;
	if (!is_allowed(p, c, message))
		refuse_flood(p, c);
	else if (ev->op == WS_BINARY)
		end(p, c, WS_UNSUPPORTED);
	else if (ev->op == WS_PING)
		take_ping(p, c, ev->payload);
	else
		take_message(p, c, ev->payload);
}

/* Keeps what has begun, forgets what has ended. */
static void
put_back(struct push *p, struct conn *c, const struct ws_reader *r)
{
	struct extra *x = c->extra;

	if (c->state == CONN_DEAD)
		return;
	if (ws_reader_is_idle(r)) {
		if (x != NULL) {
			heap_free(x->reader);
			x->reader = NULL;
		}
		return;
	}
	x = conn_extra(c);
	if (x->reader == NULL && (x->reader = heap_try(sizeof(*r))) == NULL)
		conn_kill(p, c, "out of memory");
	else
		*x->reader = *r;
}

void
ops_take(struct push *p, struct conn *c, struct str bytes)
{
	static struct ws_reader r;
	size_t used;

	if (c->extra != NULL && c->extra->reader != NULL)
		r = *c->extra->reader;
	else
		memset(&r, 0, offsetof(struct ws_reader, control));
	while (bytes.len > 0 && c->state != CONN_DEAD) {
		struct ws_event ev;
		enum ws_result res = ws_reader_feed(&r, bytes.p, bytes.len, &used, &ev);

		bytes = (struct str){ bytes.p + used, bytes.len - used };
		if (res == WS_FAIL) {
			/* Nothing behind it can be understood; the reader stays as it is and fails again. */
			end(p, c, ev.code);
			return;
		}
		if (res == WS_EVENT)
			take_event(p, c, &ev);
	}
	put_back(p, c, &r);
}
