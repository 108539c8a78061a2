#include "push/compose.h"

#include "push/chunk.h"
#include "push/control.h"
#include "push/flow.h"
#include "push/stream.h"
#include "push/typing.h"
#include "push/walk.h"

#define TEXT_LINE_MAX (256 * 1024)	/* bytes of a line of the text format */
#define TEXT_ROOM (64 * 1024)	/* a control message with the longest cursor fits in what is left */

static bool
make_text(struct push *p, struct frame *f)
{
	struct stream *s = stream_at(p, f->stream);
	struct str author, content;
	struct arena a;
	struct buf line;
	bool ok;

	if (f->text != NULL)
		return true;
	arena_init(&a, 4 * PUSH_JSON_MAX);
	buf_init(&line, TEXT_LINE_MAX);
	if (f->kind == EVENT_MESSAGE_CREATED &&
	    feed_message_text(&a, frame_json(f), &author, &content))
		frame_text_line(&line, str_of(s->name != NULL ? s->name : "dm"), author, content);
	ok = buf_ok(&line);
	if (ok)
		flow_set_text(p, s, f, buf_str(&line));
	buf_release(&line);
	arena_release(&a);
	return ok;
}

size_t
compose_pieces(enum frame_format format, struct frame *f, struct str pieces[2])
{
	struct str json = frame_json(f);

	switch (format) {
	case FRAME_SSE:
	case FRAME_CHUNKED:
		pieces[0] = frame_sse(f);
		return 1;
	case FRAME_WS:
		pieces[0] = (struct str){ (const char *)f->ws, f->ws_len };
		pieces[1] = json;
		return 2;
	case FRAME_NDJSON:
		/* The line feed is the first of the two that end an SSE event. */
		pieces[0] = (struct str){ json.p, json.len + 1 };
		return 1;
	case FRAME_TEXT:
		pieces[0] = (struct str){ f->text, f->text_len };
		return 1;
	case FRAME_POLL:
	case FRAME__MAX:
		break;
	}
	return 0;
}

size_t
compose_full(enum frame_format format)
{
	return format == FRAME_CHUNKED ? CHUNK_BATCH : DELIVER_BATCH;
}

size_t
compose_max(enum frame_format format)
{
	return format == FRAME_CHUNKED ? CHUNK_BATCH : 2 * DELIVER_BATCH;
}

static enum frame_format
batch_format(const struct batch *b)
{
	return (enum frame_format)b->conn->format;
}

static inline void
add(struct batch *b, const struct item *it)
{
	b->items[b->n++] = *it;
	b->bytes += it->len;
	b->full = b->n >= DELIVER_ITEMS || b->bytes >= compose_full(batch_format(b)) ||
	    b->text.len >= TEXT_ROOM;
}

/* A control message that control_…() has appended behind `from`. */
static void
add_text(struct batch *b, enum item_kind kind, uint32_t stream, int64_t rev, size_t from)
{
	uint32_t len = (uint32_t)(b->text.len - from);

	add(b, &(struct item){ kind, stream, rev, NULL, (uint32_t)from, len });
}

static uint32_t
frame_size(struct batch *b, struct frame *f)
{
	struct str pieces[2];
	size_t n, len = 0;

	if (b->conn->format == FRAME_TEXT && !make_text(b->push, f))
		buf_fail(&b->text);
	n = compose_pieces(batch_format(b), f, pieces);
	for (size_t i = 0; i < n; i++)
		len += pieces[i].len;
	return (uint32_t)len;
}

static void
add_special(struct batch *b, const struct walk *w, enum walk_step step)
{
	size_t from = b->text.len;

	if (step == WALK_RESET) {
		control_reset(&b->text, b->conn, w->stream, w->rev, w->why);
		add_text(b, ITEM_RESET, w->stream->number, w->rev, from);
	} else {
		control_revoke(&b->text, b->conn, w->stream, w->rev);
		add_text(b, ITEM_REVOKE, w->stream->number, w->rev, from);
	}
}

/* What follows for one stream. False: it keeps those that depend on it waiting. */
static bool
add_stream(struct batch *b, const struct sub *sub)
{
	enum walk_step step;
	struct walk w;

	if (walk_is_idle(b->push, b->conn, sub))
		return true;
	walk_begin(&w, b->push, b->conn, sub);
	while ((step = walk_next(&w)) == WALK_EVENT) {
		uint32_t len = w.passes ? frame_size(b, w.frame) : 0;

		if (b->full ||
		    (len > 0 && b->bytes > 0 && b->bytes + len > compose_max(batch_format(b)))) {
			b->more = true;
			return false;
		}
		add(b, &(struct item){ ITEM_FRAME, sub->stream, w.at, w.frame, 0, len });
	}
	if (step == WALK_WAIT)
		b->waits = true;
	if (step == WALK_END || step == WALK_WAIT)
		return step == WALK_END;
	b->more = true;
	if (!b->full)
		add_special(b, &w, step);
	return false;
}

/* Channels wait for what tells of access. */
static void
add_all(struct batch *b)
{
	struct sub_at at = { 0 };
	const struct sub *sub;
	bool above = true;

	while ((sub = conn_next_sub(b->push, b->conn, &at)) != NULL && (above || !at.channels))
		if (!add_stream(b, sub) && !at.channels)
			above = false;
}

static void
add_ephemerals(struct batch *b)
{
	const struct conn *c = b->conn;
	struct push *p = b->push;
	struct frame *const *list;
	uint32_t n = deliver_ephemerals(p, &list);

	for (uint32_t i = 0; i < n && !b->full; i++) {
		struct frame *f = list[i];
		uint32_t stream = f->stream;

		if (!stream_access_is_known(p, stream) || !conn_reads(c, stream) ||
		    conn_special(c, stream) != NULL ||
		    !conn_passes(c, stream_at(p, stream), f) || typing_is_own(p, c, f) ||
		    frame_is_hidden(f, account_at(p, c->account)->id))
			continue;
		add(b, &(struct item){ ITEM_EPHEMERAL, stream, 0, f, 0, frame_size(b, f) });
	}
}

static void
add_controls(struct batch *b)
{
	struct conn *c = b->conn;
	size_t from = b->text.len;

	if (c->told_down == b->push->live) {
		control_state(&b->text, c, b->push->live);
		add_text(b, ITEM_STATE, SLAB_NONE, b->push->live, from);
		from = b->text.len;
	}
	if (c->ping_due) {
		control_ping(&b->text);
		add_text(b, ITEM_PING, SLAB_NONE, 0, from);
	}
}

static void
add_part(struct batch *b)
{
	const struct part *part = conn_part(b->conn);
	uint32_t len;

	if (part == NULL)
		return;
	len = part->len - part->off;
	add(b, &(struct item){ ITEM_PART, SLAB_NONE, 0, part->frame, 0, len });
}

void
compose(struct batch *b, struct push *p, struct conn *c)
{
	b->push = p;
	b->conn = c;
	b->n = b->bytes = 0;
	b->delivered = 0;
	b->full = b->more = b->waits = false;
	buf_clear(&b->text);
	add_part(b);
	if (b->n > 0 && c->format == FRAME_CHUNKED) {
		b->more = true;		/* it ends a chunk; what follows is in another */
		return;
	}
	if (c->state == CONN_DRAINING && c->bye != 0 && !c->bye_written) {
		control_bye(p, &b->text, c);
		add_text(b, ITEM_BYE, SLAB_NONE, 0, 0);
	}
	if (c->state != CONN_LIVE || c->format == FRAME_POLL)
		return;
	add_controls(b);
	if (c->hint != SLAB_NONE && c->hint != HINT_ALL && !c->behind &&
	    (c->extra == NULL || c->extra->n_specials == 0)) {
		const struct sub *sub = conn_sub(c, c->hint);

		if (sub != NULL)
			add_stream(b, sub);
	} else {
		add_all(b);
		c->behind = b->waits || b->more;
	}
	if (b->waits)
		c->behind = true;
	if (c->ephemeral && !b->more)
		add_ephemerals(b);
	/* The cursor says what was sent before it: when the batch is cut it is not sent. */
	if (c->hb_due && !b->more && b->n == 0) {
		control_hb(p, &b->text, c);
		add_text(b, ITEM_HB, SLAB_NONE, 0, 0);
	}
}

size_t
compose_iov(const struct batch *b, struct iovec *iov, size_t max)
{
	const struct part *part = conn_part(b->conn);
	size_t n = 0;

	for (size_t k = 0; k < b->n && n + 2 <= max; k++) {
		const struct item *it = &b->items[k];
		struct str pieces[2] = { STR_NULL, STR_NULL };
		size_t np = 1, skip = 0;

		if (it->len == 0)
			continue;
		if (it->frame != NULL) {
			np = compose_pieces(batch_format(b), it->frame, pieces);
			skip = it->kind == ITEM_PART ? part->off : 0;
		} else if (it->kind == ITEM_PART) {
			pieces[0] = (struct str){ part->bytes + part->off, it->len };
		} else {
			pieces[0] = (struct str){ b->text.p + it->text, it->len };
		}
		for (size_t i = 0; i < np; i++) {
			size_t cut = skip < pieces[i].len ? skip : pieces[i].len;

			skip -= cut;
			if (pieces[i].len > cut)
				iov[n++] = (struct iovec){ (void *)(uintptr_t)(pieces[i].p + cut),
					pieces[i].len - cut };
		}
	}
	return n;
}
