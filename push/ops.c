#include "push/ops.h"

#include "base/heap.h"
#include "base/id.h"
#include "domain/mark_keys.h"
#include "push/control.h"
#include "push/marks.h"
#include "push/presence.h"
#include "push/stream.h"
#include "push/typing.h"
#include "push/watch.h"
#include "wire/json.h"
#include "wire/ws_frame.h"

void
ops_error(struct push *p, struct conn *c, enum err e, struct str op)
{
	struct buf out;

	buf_init(&out, 1024);
	control_error(&out, c, err_info(e)->code, op);
	conn_say_buf(p, c, &out);
	buf_release(&out);
}

static void
end_by(struct push *p, struct conn *c, uint16_t code)
{
	if (c->state == CONN_LIVE)
		conn_close(p, c, (enum ws_code)code);
	else
		conn_kill(p, c, "protocol");
}

static enum err
op_unsupported(struct push *p, struct conn *c, const struct op_frame *f)
{
	(void)p, (void)c, (void)f;
	return ERR_UNSUPPORTED_OP;
}

enum { OP_CHANNEL = 1, OP_SEQ = 2, OP_STATUS = 4, OP_WRITES = 8 };

/* needs: the fields that a frame has, and OP_WRITES where a token must be allowed to write. */
static const struct op {
	const char *name;
	size_t max;	/* bytes of a frame */
	unsigned needs;
	enum err (*run)(struct push *p, struct conn *c, const struct op_frame *f);
} ops[] = {
	{ "typing", OPS_FRAME_MAX, OP_CHANNEL | OP_WRITES, typing_op },
	{ "read", OPS_FRAME_MAX, OP_CHANNEL | OP_SEQ | OP_WRITES, marks_op_read },
	{ "delivered", OPS_FRAME_MAX, OP_CHANNEL | OP_SEQ | OP_WRITES, marks_op_delivered },
	{ "presence", OPS_FRAME_MAX, OP_STATUS | OP_WRITES, presence_op },
	{ "watch", WS_MESSAGE_MAX, 0, watch_op },
	{ "signal", OPS_FRAME_MAX, 0, op_unsupported },
};

/* NULL: there is none of that name. */
static const struct op *
op_find(struct str name)
{
	for (size_t i = 0; name.p != NULL && i < sizeof(ops) / sizeof(ops[0]); i++)
		if (str_eq(name, str_of(ops[i].name)))
			return &ops[i];
	return NULL;
}

static bool
has_fields(const struct op *op, struct op_frame *f)
{
	struct str text;

	if ((op->needs & OP_CHANNEL) != 0 &&
	    (!json_str(json_get(f->json, "channel_id"), &text) || !id_parse(text, &f->channel)))
		return false;
	if ((op->needs & OP_SEQ) != 0 &&
	    (!json_int(json_get(f->json, "seq"), &f->seq) || f->seq < 0 || f->seq > MARK_SEQ_MAX))
		return false;
	return (op->needs & OP_STATUS) == 0 ||
	    (json_str(json_get(f->json, "status"), &text) && presence_parse(text, &f->status) &&
		f->status != PRESENCE_OFFLINE);
}

/* A channel that it reads, and that nothing is still to be told of. */
static bool
has_channel(const struct push *p, const struct conn *c, struct op_frame *f)
{
	f->stream = stream_find(p, f->channel);
	return f->stream != SLAB_NONE && conn_reads(c, f->stream) &&
	    conn_special(c, f->stream) == NULL && stream_at(p, f->stream)->kind == FEED_CHANNEL;
}

static enum err
op_run(struct push *p, struct conn *c, const struct op *op, const struct json *frame)
{
	struct op_frame f = { .json = frame };

	if (!has_fields(op, &f))
		return ERR_INVALID;
	if ((op->needs & OP_CHANNEL) != 0 && !has_channel(p, c, &f))
		return ERR_NOT_FOUND;
	if ((op->needs & OP_WRITES) != 0 && !conn_may_write(c))
		return ERR_SCOPE;
	return op->run(p, c, &f);
}

static void
op_take_message(struct push *p, struct conn *c, struct str text)
{
	struct str name = STR_NULL;
	const struct op *op;
	struct json *frame;
	struct arena a;
	enum err e;

	arena_init(&a, PUSH_JSON_MAX);
	if (json_parse(&a, text, &frame) != ERR_OK || json_type(frame) != JSON_OBJECT)
		e = ERR_UNREADABLE_FRAME;
	else if (!json_str(json_get(frame, "op"), &name))
		e = ERR_INVALID;
	else
		e = ERR_OK;
	op = op_find(name);
	if (text.len > (op == NULL ? OPS_FRAME_MAX : op->max)) {
		end_by(p, c, WS_TOO_BIG);
	} else {
		if (e == ERR_OK)
			e = op == NULL ? ERR_UNKNOWN_OP : op_run(p, c, op, frame);
		if (e != ERR_OK)
			ops_error(p, c, e, name);
	}
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

	if (x->frames == 0 || p->now_s - x->window_s >= OPS_WINDOW_S) {
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
	ops_error(p, c, ERR_RATE_LIMITED, STR_NULL);
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
		end_by(p, c, WS_UNSUPPORTED);
	else if (ev->op == WS_PING)
		take_ping(p, c, ev->payload);
	else
		op_take_message(p, c, ev->payload);
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
	struct ws_reader r = { 0 };
	size_t used;

	if (c->extra != NULL && c->extra->reader != NULL)
		r = *c->extra->reader;
	while (bytes.len > 0 && c->state != CONN_DEAD) {
		struct ws_event ev;
		enum ws_result res = ws_reader_feed(&r, bytes.p, bytes.len, &used, &ev);

		bytes = (struct str){ bytes.p + used, bytes.len - used };
		if (res == WS_FAIL) {
			/* Nothing behind it can be understood; the reader fails again. */
			end_by(p, c, ev.code);
			return;
		}
		if (res == WS_EVENT)
			take_event(p, c, &ev);
	}
	put_back(p, c, &r);
}
