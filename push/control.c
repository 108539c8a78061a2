#include "push/control.h"

#include <assert.h>
#include <string.h>

#include "base/crypt.h"
#include "base/heap.h"
#include "push/stream.h"
#include "wire/problem.h"
#include "wire/ws_frame.h"

#define VERSION 1
#define CONTROL_CODES 4000	/* and above: ours (RFC 6455 7.4.2) */

static enum frame_format
format_of(const struct conn *c)
{
	return (enum frame_format)c->format;
}

void
control_cursor(const struct push *p, const struct conn *c, struct buf *out)
{
	struct cursor_entry entries[CURSOR_STREAMS];

	for (uint16_t i = 0; i < c->n_subs; i++) {
		const struct stream *s = stream_at(p, c->subs[i].stream);

		entries[i] = (struct cursor_entry){ s->id, sub_sent(s, &c->subs[i]) };
	}
	cursor_sort(entries, c->n_subs);
	cursor_encode(out, p->epoch, entries, c->n_subs);
}

static void
answer_head(struct buf *out, const struct conn *c)
{
	static const char *const types[FRAME__MAX] = {
		[FRAME_SSE] = "text/event-stream",
		[FRAME_CHUNKED] = "text/event-stream",
		[FRAME_NDJSON] = "application/x-ndjson",
		[FRAME_TEXT] = "text/plain; charset=utf-8",
	};

	if (c->format == FRAME_WS) {
		buf_printf(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		    "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", c->extra->accept);
		return;
	}
	assert(types[c->format] != NULL);
	buf_printf(out, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nCache-Control: no-store\r\n"
	    "%s\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n", types[c->format],
	    c->format == FRAME_CHUNKED ? "Transfer-Encoding: chunked" : "X-Accel-Buffering: no");
}

void
control_add_label(struct buf *out, const struct stream *s)
{
	char label[STREAM_NAME_MAX];

	stream_label(s, label);
	buf_printf(out, "%s\"%s\"", out->len > 0 ? "," : "", label);
}

void
control_keep_resets(struct conn *c, struct str resets)
{
	if (resets.len == 0)
		return;
	conn_extra(c)->resets = heap_alloc(resets.len + 1);
	memcpy(c->extra->resets, resets.p, resets.len);
}

void
control_hello(const struct push *p, const struct conn *c, struct buf *out, uint32_t resumed,
    const struct buf *resets)
{
	struct buf members, cursor;
	size_t began;

	buf_init(&members, 128 * 1024);
	buf_init(&cursor, CURSOR_TEXT + 1);
	control_cursor(p, c, &cursor);
	buf_printf(&members,
	    "\"v\":%d,\"epoch\":\"%lld\",\"node\":\"%s\",\"heartbeat\":%d,\"resumed\":%u,"
	    "\"reset\":[",
	    VERSION, (long long)p->epoch, p->node, (int)p->config.push_heartbeat, resumed);
	buf_add_buf(&members, resets);
	buf_add_char(&members, ']');
	answer_head(out, c);
	if (!buf_ok(&members) || !buf_ok(&cursor))
		buf_fail(out);
	began = frame_begin(out, format_of(c));
	frame_control(out, format_of(c), STR("hello"), buf_str(&members), buf_str(&cursor));
	frame_end(out, format_of(c), began);
	buf_release(&members);
	buf_release(&cursor);
}

void
control_hb(const struct push *p, struct buf *out, const struct conn *c)
{
	struct buf cursor;

	buf_init(&cursor, CURSOR_TEXT + 1);
	control_cursor(p, c, &cursor);
	if (!buf_ok(&cursor))
		buf_fail(out);
	frame_control(out, format_of(c), STR("hb"), STR(""), buf_str(&cursor));
	buf_release(&cursor);
}

static void
control_say(struct buf *out, const struct conn *c, const char *name, struct buf *members)
{
	if (!buf_ok(members))
		buf_fail(out);
	frame_control(out, format_of(c), str_of(name), buf_str(members), STR_NULL);
	buf_release(members);
}

void
control_reset(
    struct buf *out, const struct conn *c, const struct stream *s, int64_t head, enum reset_why why)
{
	static const char *const words[RESET_WHY__MAX] = {
		[RESET_OLD] = "old",
		[RESET_HISTORY] = "history",
		[RESET_JOINED] = "joined",
	};
	char label[STREAM_NAME_MAX];
	struct buf members;

	stream_label(s, label);
	buf_init(&members, 256);
	buf_printf(&members, "\"stream\":\"%s\",\"head\":%lld,\"why\":\"%s\"", label,
	    (long long)head, words[why]);
	control_say(out, c, "reset", &members);
}

static void
revoke(struct buf *out, const struct conn *c, const char *label, int64_t rev)
{
	struct buf members;

	buf_init(&members, 256);
	buf_printf(&members, "\"stream\":\"%s\",\"rev\":%lld", label, (long long)rev);
	control_say(out, c, "revoke", &members);
}

void
control_revoke(struct buf *out, const struct conn *c, const struct stream *s, int64_t rev)
{
	char label[STREAM_NAME_MAX];

	stream_label(s, label);
	revoke(out, c, label, rev);
}

void
control_revoked_id(struct buf *out, const struct conn *c, int64_t id, int64_t rev)
{
	/* Not what this node knows of that stream: a cursor is anybody's to write. */
	control_revoke(out, c, &(struct stream){ .id = id, .kind = FEED_CHANNEL }, rev);
}

void
control_state(struct buf *out, const struct conn *c, bool live)
{
	struct buf members;

	buf_init(&members, 64);
	buf_printf(&members, "\"live\":%s", live ? "true" : "false");
	control_say(out, c, "state", &members);
}

/*
 * How long to stay away after bye, by the class of its code, with jitter. A final one names a long
 * time: a browser's EventSource comes back whatever one says.
 */
static const struct retry {
	uint16_t class;		/* code / 100; 0: every other */
	uint32_t least_ms, more_ms;
} retries[] = {
	{ 40, 1000, 3000 },	/* this node, or what it needs, is away */
	{ 41, 200, 1000 },	/* with another token */
	{ 42, 30000, 15000 },	/* too many, too much */
	{ 0, 3600000, 1 },
};
static const struct retry retry_draining = { 0, 100, 3000 };

static uint32_t
retry_ms(const struct push *p, uint16_t code)
{
	const struct retry *r = retries;
	uint32_t any;

	while (r->class != 0 && r->class != code / 100)
		r++;
	if (code == err_info(ERR_DRAINING)->ws || p->draining)
		r = &retry_draining;
	crypt_random(&any, sizeof(any));
	return r->least_ms + any % r->more_ms;
}

void
control_bye(const struct push *p, struct buf *out, const struct conn *c)
{
	uint32_t retry = retry_ms(p, c->bye);
	struct buf members;
	uint8_t frame[4];

	if (frame_is_sse(format_of(c)))
		buf_printf(out, "retry: %u\n", retry);
	/* Codes of RFC 6455 answer a broken frame: the close frame alone says it. */
	if (c->bye >= CONTROL_CODES) {
		buf_init(&members, 128);
		buf_printf(&members, "\"code\":%u,\"retry\":%u", c->bye, retry);
		control_say(out, c, "bye", &members);
	}
	if (c->format == FRAME_WS) {
		ws_close_frame(frame, c->bye);
		buf_add(out, frame, sizeof(frame));
	}
}

void
control_ping(struct buf *out)
{
	uint8_t head[WS_HEADER_MAX];

	buf_add(out, head, ws_header(head, WS_PING, 0));
}

void
control_error(struct buf *out, const struct conn *c, const char *code, struct str op)
{
	struct buf members;

	buf_init(&members, 1024);
	buf_printf(&members, "\"code\":\"%s\"", code);
	if (op.p != NULL && op.len <= 64) {
		buf_add_cstr(&members, ",\"op\":");
		buf_add_json(&members, op);
	}
	control_say(out, c, "error", &members);
}

void
control_answer(
    struct buf *out, int status, const char *type, const char *more_headers, struct str body)
{
	buf_printf(out,
	    "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
	    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n%s"
	    "Connection: close\r\n\r\n",
	    status, http_reason(status), type, body.len, more_headers);
	buf_add_str(out, body);
}

void
control_answer_bye(const struct push *p, struct buf *out, enum err e)
{
	struct conn c = { .format = FRAME_SSE, .bye = (unsigned)err_info(e)->ws & CONN_BYE_MAX };

	answer_head(out, &c);
	control_bye(p, out, &c);
}

void
control_answer_problem(struct buf *out, enum err e, struct str detail)
{
	uint8_t random[16];
	char id[2 * sizeof(random) + 1];
	struct buf body, headers;

	crypt_random(random, sizeof(random));
	crypt_hex(random, sizeof(random), id);
	buf_init(&body, 4096);
	buf_init(&headers, 1024);
	buf_printf(&headers, "X-Request-Id: %s\r\n", id);
	problem_headers(&headers, e, STR("GET"), PROBLEM_RETRY_S);
	problem_render(&body, e, detail, str_of(id), STR_NULL);
	if (buf_ok(&headers) && buf_ok(&body))
		control_answer(out, err_info(e)->http, PROBLEM_TYPE, headers.p, buf_str(&body));
	else
		buf_fail(out);
	buf_release(&headers);
	buf_release(&body);
}
