#include "push/handshake.h"

#include <string.h>

#include "base/heap.h"
#include "base/metric.h"
#include "push/account.h"
#include "push/auth.h"
#include "push/control.h"
#include "push/direct.h"
#include "push/health.h"
#include "push/watch.h"
#include "push/wheel.h"
#include "wire/http_head.h"
#include "wire/text.h"
#include "wire/ws_accept.h"

#define STREAM_PATH "/api/v1/stream"
#define SCRATCH_MAX (1024 * 1024)

struct handshake {
	struct arena scratch;	/* of the request that is being read */
	struct str wrong;	/* its parameter that cannot be read; in scratch, or absent */
};

void
handshake_init(struct push *p)
{
	p->handshake = heap_alloc(sizeof(*p->handshake));
	arena_init(&p->handshake->scratch, SCRATCH_MAX);
}

void
handshake_release(struct push *p)
{
	arena_release(&p->handshake->scratch);
	heap_free(p->handshake);
}

static void
handshake_answer(struct push *p, struct conn *c, const struct buf *out, const char *why)
{
	conn_set_state(p, c, CONN_DRAINING, why);
	conn_say_buf(p, c, out);
}

static void
refuse_problem(struct push *p, struct conn *c, enum err e)
{
	struct handshake *h = p->handshake;
	struct str detail = STR_NULL;
	struct buf out;

	if (h->wrong.p != NULL)
		detail = str_of(
		    arena_printf(&h->scratch, "%.*s cannot be read", STR_FMT(h->wrong)));
	buf_init(&out, 8192);
	control_answer_problem(&out, e, detail);
	handshake_answer(p, c, &out, err_info(e)->name);
	buf_release(&out);
}

void
handshake_refuse(struct push *p, struct conn *c, enum err e)
{
	struct buf out;

	if (e == ERR_UNAUTHORIZED || e == ERR_CROSS_ORIGIN)
		metric_add(METRIC_auth_failures, 1);
	if (!frame_is_sse((enum frame_format)c->format)) {
		refuse_problem(p, c, e);
		return;
	}
	buf_init(&out, 8192);
	control_answer_bye(p, &out, e);
	handshake_answer(p, c, &out, err_info(e)->name);
	buf_release(&out);
}

/* The first type of the list that we speak; SSE for anything. */
static enum frame_format
accepted(struct str accept)
{
	while (accept.p != NULL) {
		struct str item = str_cut(&accept, ','), type = str_trim(str_cut(&item, ';'));

		if (str_eq_nocase(type, STR("text/event-stream")))
			return FRAME_SSE;
		if (str_eq_nocase(type, STR("application/x-ndjson")) ||
		    str_eq_nocase(type, STR("application/ndjson")))
			return FRAME_NDJSON;
		if (str_eq_nocase(type, STR("text/plain")))
			return FRAME_TEXT;
	}
	return FRAME_SSE;
}

static bool
take_cursor(struct handshake *h, struct extra *x, struct str text)
{
	struct cursor_entry *entries = arena_calloc(&h->scratch, CURSOR_STREAMS, sizeof(*entries));
	size_t n;

	if (cursor_decode(text, &x->epoch, entries, &n) != ERR_OK)
		return false;
	x->has_cursor = true;
	x->n_cursor = n;
	x->cursor = heap_alloc(n * sizeof(*entries));
	memcpy(x->cursor, entries, n * sizeof(*entries));
	return true;
}

/* ---- the parameters of the query */

static bool
take_status_parameter(struct conn *c, struct str value)
{
	c->idle = str_eq(value, STR("idle"));
	return c->idle || str_eq(value, STR("online"));
}

/* Makes a long poll of anything but a WebSocket, where it is passed over. */
static bool
take_wait(const struct push *p, struct conn *c, struct str value)
{
	uint64_t wait_s;

	if (!str_to_u64(value, POLL_WAIT_MAX, &wait_s))
		return false;
	if (c->format == FRAME_WS)
		return true;
	c->format = FRAME_POLL;
	c->extra->wait_s = p->now_s + (uint32_t)wait_s;
	return true;
}

/* False: it cannot be read. Unknown ones are passed over. */
static bool
take_parameter(
    const struct push *p, struct conn *c, const struct query_pair *q, struct str *since)
{
	struct extra *x = c->extra;

	if (str_eq(q->key, STR("channel_id")))
		return filter_add_channels(x->filter, q->value);
	if (str_eq(q->key, STR("types")))
		return filter_add_types(x->filter, q->value);
	if (str_eq(q->key, STR("status")))
		return take_status_parameter(c, q->value);
	if (str_eq(q->key, STR("wait")))
		return take_wait(p, c, q->value);
	if (str_eq(q->key, STR("watch")) && q->value.len > 0)
		return watch_query(c, q->value);
	if (str_eq(q->key, STR("since")) && q->value.len > 0)
		*since = q->value;
	return true;
}

static enum err
take_query(struct push *p, struct conn *c, struct str query, struct str *since)
{
	struct query_pair pairs[QUERY_PAIRS];
	struct extra *x = conn_extra(c);
	size_t n = 0;

	x->filter = filter_new();
	if (query.p != NULL)
		TRY(query_parse(&p->handshake->scratch, query, pairs, &n));
	for (size_t i = 0; i < n; i++)
		if (!take_parameter(p, c, &pairs[i], since)) {
			p->handshake->wrong = pairs[i].key;
			return ERR_BAD_REQUEST;
		}
	if (filter_is_empty(x->filter)) {
		filter_free(x->filter);
		x->filter = NULL;
	}
	return ERR_OK;
}

/*
 * since= that cannot be read is a mistake of a script and refused. A browser repeats Last-Event-ID
 * by itself for ever, so one that cannot be read only starts everything anew.
 */
static enum err
take_position(struct push *p, struct conn *c, const struct http_head *h, struct str since)
{
	struct handshake *hs = p->handshake;
	struct str last = http_head_get(h, STR("Last-Event-ID"));

	if (last.p != NULL && last.len > 0) {
		if (!take_cursor(hs, c->extra, last)) {
			c->extra->has_cursor = true;
			c->extra->epoch = 0;
		}
		return ERR_OK;
	}
	if (since.p != NULL && !take_cursor(hs, c->extra, since)) {
		hs->wrong = STR("since");
		return ERR_BAD_REQUEST;
	}
	return ERR_OK;
}

static enum err
take_websocket(struct conn *c, const struct http_head *h)
{
	struct str key = http_head_get(h, STR("Sec-WebSocket-Key"));

	if (h->minor != 1 || !http_list_has(http_head_get(h, STR("Connection")), STR("upgrade")) ||
	    !str_eq(http_head_get(h, STR("Sec-WebSocket-Version")), STR("13")) ||
	    http_head_count(h, STR("Sec-WebSocket-Key")) != 1 || !ws_key_is_valid(key))
		return ERR_BAD_REQUEST;
	ws_accept(key, conn_extra(c)->accept);
	return ERR_OK;
}

/* Fields that decide something must not come twice; a request for a stream has no body. */
static bool
has_no_doubt(const struct http_head *h)
{
	static const struct str once[] = { STR("Host"), STR("Authorization"), STR("Origin"),
		STR("Cookie"), STR("Last-Event-ID"), STR("Upgrade"), STR("Sec-Fetch-Site") };
	struct str length = http_head_get(h, STR("Content-Length"));

	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		if (http_head_count(h, once[i]) > 1)
			return false;
	return http_head_get(h, STR("Transfer-Encoding")).p == NULL &&
	    (length.p == NULL || str_eq(length, STR("0")));
}

static void
enter(struct push *p, struct conn *c, const struct actor *who)
{
	c->credential = who->kind == ACTOR_TOKEN ? who->token : who->session;
	if (who->kind == ACTOR_TOKEN) {
		c->extra->is_token = true;
		memcpy(c->extra->hash, who->secret_hash, sizeof(who->secret_hash));
	}
	account_join(p, c, who->account);
	conn_set_state(p, c, CONN_HANDSHAKE, NULL);
	c->extra->exp_s = wheel_second_of(p, who->exp_s);
	account_want(p, c->account);
}

static enum err
open_stream(struct push *p, struct conn *c, const struct http_head *h)
{
	struct str since = STR_NULL;
	struct actor who;

	c->format = accepted(http_head_get(h, STR("Accept"))) & 7;
	if (http_list_has(http_head_get(h, STR("Upgrade")), STR("websocket")))
		c->format = FRAME_WS;
	TRY(take_query(p, c, h->query, &since));
	if (!has_no_doubt(h))
		return ERR_BAD_REQUEST;
	if (c->format == FRAME_WS)
		TRY(take_websocket(c, h));
	TRY(auth_check(p, &p->handshake->scratch, h, c->format == FRAME_WS, &who));
	TRY(take_position(p, c, h, since));
	if (p->draining)
		return ERR_UNAVAILABLE;
	if (p->conns.live > (uint64_t)p->config.push_max_connections)
		return ERR_OVERLOAD;
	if (!feed_is_up(p->feed) || !p->has_epoch)
		return ERR_UNAVAILABLE;
	enter(p, c, &who);
	if (c->format == FRAME_SSE && h->minor == 1 &&
	    http_head_get(h, STR("X-Stream-Chunked")).p != NULL && !direct_is_peer(c->fd))
		c->format = FRAME_CHUNKED;
	return ERR_OK;
}

/* base_url may have a path, which nginx keeps. */
static bool
is_stream_path(const struct push *p, struct str path)
{
	struct str below;

	if (str_eq(path, STR(STREAM_PATH)))
		return true;
	return site_path_below(&p->site, path, &below) && str_eq(below, STR(STREAM_PATH));
}

static void
handle(struct push *p, struct conn *c, const struct http_head *h)
{
	enum err e = ERR_OK;

	if ((str_eq(h->path, STR("/health")) || str_eq(h->path, STR("/metrics"))) &&
	    !direct_is_peer(c->fd)) {
		struct buf out;

		buf_init(&out, HEALTH_MAX);
		if (str_eq(h->path, STR("/health")))
			health_answer(p, &out);
		else
			health_metrics(&out);
		handshake_answer(p, c, &out, "health");
		buf_release(&out);
		return;
	}
	if (!is_stream_path(p, h->path))
		refuse_problem(p, c, ERR_NOT_FOUND);
	else if (!str_eq(h->method, STR("GET")))
		refuse_problem(p, c, ERR_METHOD);
	else if ((e = open_stream(p, c, h)) != ERR_OK)
		handshake_refuse(p, c, e);
}

void
handshake_keep(struct push *p, struct conn *c, struct str bytes)
{
	struct extra *x = conn_extra(c);

	if (x->in.max == 0)
		buf_init(&x->in, 2 * HTTP_HEAD_MAX);
	buf_add_str(&x->in, bytes);
	if (!buf_ok(&x->in))
		conn_kill(p, c, "too many bytes before the answer");
}

/* Nearly every head comes in one piece and is read where it is. */
void
handshake_take(struct push *p, struct conn *c, struct str bytes)
{
	struct http_head h;
	size_t used = 0, scanned = 0;
	bool pieces = c->extra != NULL && c->extra->in.len > 0;

	if (pieces) {
		handshake_keep(p, c, bytes);
		if (c->state == CONN_DEAD)
			return;
		bytes = buf_str(&c->extra->in);
		scanned = c->extra->scanned;
	}
	switch (http_head_parse(bytes, &scanned, &h, &used)) {
	case WIRE_MORE:
		if (!pieces)
			handshake_keep(p, c, bytes);
		if (c->state != CONN_DEAD)
			c->extra->scanned = scanned;
		return;
	case WIRE_BAD:
		refuse_problem(p, c, ERR_BAD_REQUEST);
		return;
	case WIRE_TOO_LONG:
		refuse_problem(p, c, ERR_URI_TOO_LONG);
		return;
	case WIRE_DONE:
		break;
	}
	handle(p, c, &h);
	p->handshake->wrong = STR_NULL;
	arena_reset(&p->handshake->scratch);
	if (c->state != CONN_HANDSHAKE)
		return;
	/* What follows an upgrade is the first frame; it waits for the answer. */
	if (pieces)
		buf_drop(&c->extra->in, used);
	else if (used < bytes.len)
		handshake_keep(p, c, (struct str){ bytes.p + used, bytes.len - used });
}
