#include "push/core/ring.h"

#include <string.h>

#include "base/buf.h"
#include "base/heap.h"

#define WITHHELD_MAX 1024	/* bytes of an envelope without its data */

enum event_kind
event_kind(struct str type)
{
	static const struct str words[EVENT_KIND__MAX] = {
		[EVENT_MESSAGE_CREATED] = STR("message.created"),
		[EVENT_MESSAGE_UPDATED] = STR("message.updated"),
		[EVENT_MESSAGE_DELETED] = STR("message.deleted"),
		[EVENT_MESSAGES_DELETED] = STR("messages.deleted"),
		[EVENT_MESSAGES_EXPIRED] = STR("messages.expired"),
		[EVENT_CHANNEL_UPDATED] = STR("channel.updated"),
		[EVENT_USER_UPDATED] = STR("user.updated"),
		[EVENT_TYPING] = STR("typing.started"),
		[EVENT_RECEIPT] = STR("receipt.updated"),
	};

	for (int kind = EVENT_OTHER + 1; kind < EVENT_KIND__MAX; kind++)
		if (str_eq(type, words[kind]))
			return (enum event_kind)kind;
	return EVENT_OTHER;
}

struct frame *
frame_new(const struct bus_event *e, uint32_t stream)
{
	size_t len = e->body.p == NULL ? 0 : e->body.len;
	size_t hidden = e->hidden.p == NULL ? 0 : e->hidden.len;
	size_t bytes = RING_PREFIX + len + RING_SUFFIX + e->type.len + hidden;
	struct frame *f = heap_grow(NULL, 1, sizeof(*f) + bytes);
	char *to = f->bytes;

	memset(f, 0, sizeof(*f));
	f->rev = e->rev;
	f->event_id = e->event_id;
	f->subject = e->subject;
	f->parent_rev = e->parent_rev;
	f->access = (uint8_t)e->access;
	f->stream = stream;
	f->refs = 1;
	f->len = (uint32_t)len;
	f->type_len = (uint8_t)e->type.len;
	f->hidden_len = (uint16_t)hidden;
	f->kind = (uint8_t)event_kind(e->type);
	f->ws_len = (uint8_t)ws_header(f->ws, WS_TEXT, len);
	memcpy(to, FRAME_SSE_PREFIX, RING_PREFIX);
	to += RING_PREFIX;
	for (size_t i = 0; i < len; i++)
		*to++ = (unsigned char)e->body.p[i] < ' ' ? ' ' : e->body.p[i];
	memcpy(to, FRAME_SSE_SUFFIX, RING_SUFFIX);
	memcpy(to + RING_SUFFIX, e->type.p, e->type.len);
	if (hidden > 0)
		memcpy(to + RING_SUFFIX + e->type.len, e->hidden.p, hidden);
	return f;
}

void
frame_drop(struct frame *f)
{
	if (f == NULL || --f->refs > 0)
		return;
	frame_drop(f->withheld);
	heap_free(f->text);
	heap_free(f);
}

/* The envelope as SQL writes it, of another type and without what is in data; absent for others. */
static struct str
withheld_body(struct buf *out, struct str json)
{
	static const struct str type = STR("{\"type\":\"message.updated\"");
	static const char data[] = ",\"data\":";
	const char *at;

	if (!str_has_prefix(json, type))
		return STR_NULL;
	at = memmem(json.p, json.len, data, sizeof(data) - 1);
	if (at == NULL)
		return STR_NULL;
	buf_add_cstr(out, "{\"type\":\"message.withheld\"");
	buf_add(out, json.p + type.len, (size_t)(at - json.p) - type.len);
	buf_add_cstr(out, ",\"data\":{}}");
	return buf_ok(out) ? buf_str(out) : STR_NULL;
}

struct frame *
frame_withheld(struct frame *f)
{
	struct bus_event e = { .event_id = f->event_id, .rev = f->rev, .parent_rev = f->parent_rev,
		.type = STR("message.withheld") };
	struct buf body;

	if (f->withheld != NULL)
		return f->withheld;
	buf_init(&body, WITHHELD_MAX);
	e.body = withheld_body(&body, frame_json(f));
	f->withheld = frame_new(&e, f->stream);
	buf_release(&body);
	return f->withheld;
}

bool
frame_is_hidden(const struct frame *f, int64_t account)
{
	struct str type = frame_type(f);

	return f->hidden_len > 0 &&
	    bus_is_hidden((struct str){ type.p + type.len, f->hidden_len }, account);
}

static size_t
weight(const struct frame *f)
{
	return sizeof(*f) + RING_PREFIX + f->len + RING_SUFFIX + f->type_len + f->text_len;
}

static void
store_push(struct ring_store *st, struct frame *f)
{
	f->older = st->newest;
	f->newer = NULL;
	if (st->newest != NULL)
		st->newest->newer = f;
	else
		st->oldest = f;
	st->newest = f;
	st->bytes += weight(f);
}

static void
store_remove(struct ring_store *st, struct frame *f)
{
	if (f->older != NULL)
		f->older->newer = f->newer;
	else
		st->oldest = f->newer;
	if (f->newer != NULL)
		f->newer->older = f->older;
	else
		st->newest = f->older;
	f->older = f->newer = NULL;
	st->bytes -= weight(f);
}

static void
ring_grow(struct ring *r)
{
	uint32_t cap = r->cap == 0 ? 4 : r->cap * 2;
	struct frame **slots;

	if (r->n < r->cap)
		return;
	slots = heap_grow(NULL, cap, sizeof(*slots));
	for (uint32_t i = 0; i < r->n; i++)
		slots[i] = r->slots[(r->start + i) & (r->cap - 1)];
	heap_free(r->slots);
	r->slots = slots;
	r->cap = cap;
	r->start = 0;
}

static bool
is_over(const struct ring *r, uint32_t now_s)
{
	bool wide = now_s < r->wide_until_s;

	return r->n > (wide ? RING_WIDE_FRAMES : RING_FRAMES) ||
	    (r->n > 1 && r->bytes > (wide ? RING_WIDE_BYTES : RING_BYTES));
}

static void
cut_first(struct ring_store *st, struct ring *r)
{
	struct frame *f = r->slots[r->start];

	r->start = (r->start + 1) & (r->cap - 1);
	r->n--;
	r->first++;
	r->bytes -= weight(f);
	store_remove(st, f);
	frame_drop(f);
}

void
ring_append(struct ring_store *st, struct ring *r, struct frame *f, uint32_t now_s)
{
	ring_grow(r);
	if (r->n == 0)
		r->first = f->rev;
	r->slots[(r->start + r->n++) & (r->cap - 1)] = f;
	r->bytes += weight(f);
	f->born_s = now_s;
	store_push(st, f);
	while (is_over(r, now_s))
		cut_first(st, r);
}

void
ring_widen(struct ring *r, uint32_t now_s)
{
	r->wide_until_s = now_s + RING_WIDE_S;
}

void
ring_prepend(struct ring_store *st, struct ring *r, struct frame *f, uint32_t now_s)
{
	ring_grow(r);
	r->start = (r->start - 1) & (r->cap - 1);
	r->slots[r->start] = f;
	r->first = f->rev;
	r->n++;
	r->bytes += weight(f);
	ring_widen(r, now_s);
	f->born_s = now_s;
	store_push(st, f);
}

struct frame *
ring_get(const struct ring *r, int64_t rev)
{
	if (rev < r->first || rev >= r->first + r->n)
		return NULL;
	return r->slots[(r->start + (uint32_t)(rev - r->first)) & (r->cap - 1)];
}

void
ring_set_text(struct ring_store *st, struct ring *r, struct frame *f, struct str line)
{
	f->text = heap_alloc(line.len + 1);
	f->text_len = (uint32_t)line.len;
	if (line.len > 0)
		memcpy(f->text, line.p, line.len);
	if (r != NULL && ring_get(r, f->rev) == f) {
		r->bytes += line.len;
		st->bytes += line.len;
	}
}

struct frame *
ring_newest_of(const struct ring *r, int64_t subject)
{
	for (uint32_t i = r->n; i > 0; i--) {
		struct frame *f = r->slots[(r->start + i - 1) & (r->cap - 1)];

		if (f->subject == subject)
			return f;
	}
	return NULL;
}

void
ring_cut(struct ring_store *st, struct ring *r, int64_t rev)
{
	while (r->n > 0 && r->first <= rev)
		cut_first(st, r);
	if (r->n == 0) {
		heap_free(r->slots);
		r->slots = NULL;
		r->cap = r->start = 0;
	}
}

void
ring_release(struct ring_store *st, struct ring *r)
{
	ring_cut(st, r, INT64_MAX);
}

struct frame *
ring_store_excess(const struct ring_store *st, uint32_t now_s)
{
	struct frame *f = st->oldest;

	if (f != NULL && (st->bytes > st->max || now_s - f->born_s > RING_AGE_S))
		return f;
	return NULL;
}

bool
ring_is_sane(const struct ring *r)
{
	size_t bytes = 0;

	if ((r->cap & (r->cap - 1)) != 0 || r->n > r->cap)
		return false;
	for (uint32_t i = 0; i < r->n; i++) {
		const struct frame *f = r->slots[(r->start + i) & (r->cap - 1)];

		if (f == NULL || f->refs == 0 || f->rev != r->first + i)
			return false;
		bytes += weight(f);
	}
	return bytes == r->bytes;
}
