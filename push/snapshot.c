#include "push/snapshot.h"

#include <assert.h>
#include <string.h>

#include "push/control.h"
#include "wire/http_head.h"

/* What goes over as it lies in memory. */
static_assert(sizeof(struct sub) == 8 && sizeof(struct gain) == 16 && sizeof(struct typing) == 16 &&
    sizeof(struct cursor_entry) == 16 && sizeof(struct ws_reader) == 5284 && (int)FRAME__MAX == 6 &&
    (int)PRESENCE__MAX == 5 && (int)BUS_ACCESS__MAX == 6 && SWEEP_WINDOW_S == 6,
    "another snapshot: raise SNAP_VERSION, and say here what is so now");

/* A field more, or less: does it go over? A plain one stands in a list of snapshot.h, others in
 * state_save.c and state_load.c; what stays is named in test_state.c. */
static_assert(sizeof(struct conn) == 80 && sizeof(struct extra) == 232 &&
    sizeof(struct account) == 40 && sizeof(struct stream) == 72, "is it in the snapshot?");

#define CODEC_bool(c, v, most) codec_flag(c, v)
#define CODEC_uint8_t(c, v, most) codec_byte(c, v, most)
#define CODEC_uint32_t(c, v, most) codec_u32(c, v)
#define CODEC_int64_t(c, v, most) codec_i64(c, v)
/* Of the record r. */
#define CODEC_FIELD(type, field, most) CODEC_##type(c, &r->field, most);

/* One function for each record says its fields, for writing and for reading. */
struct codec {
	struct buf *out;	/* NULL: it reads */
	struct str in;
	bool bad;
};

static void
codec_raw(struct codec *c, void *v, size_t n)
{
	if (c->out != NULL) {
		buf_add(c->out, v, n);
	} else if (c->bad || c->in.len < n) {
		c->bad = true;
	} else if (n > 0) {
		memcpy(v, c->in.p, n);
		c->in = (struct str){ c->in.p + n, c->in.len - n };
	}
}

static void
codec_check(struct codec *c, bool holds)
{
	c->bad = c->bad || !holds;
}

static void
codec_i64(struct codec *c, int64_t *v)
{
	codec_raw(c, v, sizeof(*v));
}

static void
codec_u32(struct codec *c, uint32_t *v)
{
	codec_raw(c, v, sizeof(*v));
}

static void
codec_byte(struct codec *c, uint8_t *v, unsigned max)
{
	codec_raw(c, v, sizeof(*v));
	codec_check(c, *v <= max);
}

static void
codec_flag(struct codec *c, bool *v)
{
	uint8_t b = *v;

	codec_byte(c, &b, 1);
	*v = b == 1;
}

/* The length that is written, or read. */
static uint32_t
codec_length(struct codec *c, size_t len, size_t max)
{
	uint32_t n = (uint32_t)len;

	codec_raw(c, &n, sizeof(n));
	codec_check(c, n <= max);
	return c->bad ? 0 : n;
}

static const char *
codec_view(struct codec *c, const void *p, size_t n)
{
	const char *from = c->in.p;

	if (c->out != NULL) {
		buf_add(c->out, p, n);
		return p;
	}
	codec_check(c, c->in.len >= n);
	if (c->bad)
		return NULL;
	c->in = (struct str){ c->in.p + n, c->in.len - n };
	return from;
}

static void
codec_list(struct codec *c, struct snap_list *l, size_t size, size_t max)
{
	l->n = codec_length(c, l->n, max);
	l->p = codec_view(c, l->p, l->n * size);
}

static void
codec_text(struct codec *c, struct str *s, size_t max)
{
	bool present = s->p != NULL;

	codec_flag(c, &present);
	if (!present) {
		*s = STR_NULL;
		return;
	}
	s->len = codec_length(c, s->len, max);
	s->p = codec_view(c, s->p, s->len);
}

/* ---- the records */

static void
say_global(struct codec *c, void *record)
{
	struct snap_global *g = record;
	const char *names;

	codec_i64(c, &g->epoch);
	codec_i64(c, &g->max_event);
	for (size_t k = 0; k < SWEEP_WINDOW_S; k++)
		codec_i64(c, &g->seen_ids[k]);
	codec_text(c, &g->node, sizeof(((struct push *)0)->node) - 1);
	codec_check(c, g->node.len > 0);
	codec_list(c, &g->nodes, sizeof(struct snap_node), NODES);
	names = g->nodes.p;
	for (uint32_t i = 0; !c->bad && i < g->nodes.n; i++)
		codec_check(c, names[(i + 1) * sizeof(struct snap_node) - 1] == '\0');
	codec_flag(c, &g->untold);
	codec_u32(c, &g->n_streams);
	codec_u32(c, &g->n_accounts);
	codec_u32(c, &g->n_leavers);
	codec_u32(c, &g->n_conns);
}

static void
say_stream(struct codec *c, void *record)
{
	struct snap_stream *s = record;

	codec_i64(c, &s->id);
	codec_check(c, s->id > 0);
	codec_i64(c, &s->head);
	codec_check(c, s->head >= -1);
	codec_i64(c, &s->access_rev);
	codec_i64(c, &s->floor);
	codec_u32(c, &s->parent);
	codec_u32(c, &s->n_frames);
	codec_check(c, s->n_frames <= RING_WIDE_FRAMES);
	codec_byte(c, &s->kind, UINT8_MAX);
	codec_check(c, s->kind == FEED_SERVER || s->kind == FEED_CHANNEL || s->kind == FEED_USER);
	codec_flag(c, &s->has_barrier);
	codec_text(c, &s->name, SNAP_NAME_MAX);
}

static void
say_frame(struct codec *c, void *record)
{
	struct bus_event *e = &((struct snap_frame *)record)->e;
	uint8_t access = (uint8_t)e->access;

	codec_i64(c, &e->event_id);
	codec_i64(c, &e->rev);
	codec_i64(c, &e->subject);
	codec_i64(c, &e->parent_rev);
	codec_byte(c, &access, BUS_ACCESS__MAX - 1);
	e->access = (enum bus_access)access;
	codec_text(c, &e->type, BUS_TYPE_MAX);
	codec_check(c, e->type.p != NULL);
	codec_text(c, &e->body, BUS_BODY_MAX);
}

static void
say_account(struct codec *c, void *record)
{
	struct snap_account *r = record;

	codec_i64(c, &r->id);
	codec_check(c, r->id > 0);
	SNAP_ACCOUNT_FIELDS(CODEC_FIELD)
	codec_flag(c, &r->wanted);
	codec_list(c, &r->gains, sizeof(struct gain), GAINS_MAX);
	codec_list(c, &r->ends, sizeof(struct snap_end), FEED_STREAMS);
}

static void
say_leaver(struct codec *c, void *record)
{
	struct snap_leaver *l = record;

	codec_i64(c, &l->id);
	codec_check(c, l->id > 0);
	codec_u32(c, &l->since_s);
	codec_u32(c, &l->due_s);
	codec_check(c, l->due_s > 0);
	codec_byte(c, &l->on, PRESENCE__MAX - 1);
	codec_byte(c, &l->chosen, PRESENCE__MAX - 1);
	codec_flag(c, &l->unstored);
	codec_flag(c, &l->shows_seen);
}

static void
check_specials(struct codec *c, const struct snap_list *l)
{
	for (uint32_t i = 0; !c->bad && i < l->n; i++) {
		const uint8_t *at = (const uint8_t *)l->p + i * sizeof(struct snap_special);

		codec_check(c, at[offsetof(struct snap_special, why)] < RESET_WHY__MAX);
		codec_check(c, at[offsetof(struct snap_special, revoke)] <= 1);
		codec_check(c, at[offsetof(struct snap_special, regained)] <= 1);
	}
}

static void
check_pasts(struct codec *c, const struct snap_list *l)
{
	struct snap_past past;

	for (uint32_t i = 0; !c->bad && i < l->n; i++) {
		SNAP_AT(struct snap_past, *l, i, &past);
		codec_check(c, past.seq > 0);
	}
}

static void
check_watch(struct codec *c, const struct snap_extra *x)
{
	int64_t before = 0, id;

	for (uint32_t i = 0; !c->bad && i < x->watched.n; i++, before = id) {
		SNAP_AT(int64_t, x->watched, i, &id);
		codec_check(c, id > before);
	}
	before = 0;
	for (uint32_t i = 0; !c->bad && i < x->edges.n; i++, before = id) {
		const uint8_t *at = (const uint8_t *)x->edges.p + i * sizeof(struct snap_edge);

		memcpy(&id, at, sizeof(id));
		codec_check(c, id > before);
		codec_check(c, at[offsetof(struct snap_edge, told)] <= PRESENCE__MAX);
		codec_check(c, at[offsetof(struct snap_edge, shows)] <= 1);
	}
}

static void
check_reader(struct codec *c, struct str bytes)
{
	struct ws_reader r;

	if (c->bad || bytes.p == NULL)
		return;
	codec_check(c, bytes.len == sizeof(r));
	if (c->bad)
		return;
	/* A bool is looked at as a byte before it may be one. */
	codec_check(c, (uint8_t)bytes.p[offsetof(struct ws_reader, in_payload)] <= 1);
	codec_check(c, (uint8_t)bytes.p[offsetof(struct ws_reader, fin)] <= 1);
	if (c->bad)
		return;
	memcpy(&r, bytes.p, sizeof(r));
	codec_check(c, ws_reader_is_sane(&r) && r.frame_len <= WS_MESSAGE_MAX);
}

static void
say_extra(struct codec *c, struct snap_extra *r)
{
	SNAP_EXTRA_FIELDS(CODEC_FIELD)
	codec_raw(c, r->hash, sizeof(r->hash));
	codec_raw(c, r->accept, sizeof(r->accept));
	codec_check(c, r->accept[sizeof(r->accept) - 1] == '\0');
	codec_text(c, &r->in, 2 * HTTP_HEAD_MAX);
	codec_text(c, &r->channels, SNAP_FILTER_MAX);
	codec_text(c, &r->types, SNAP_FILTER_MAX);
	codec_text(c, &r->reader, sizeof(struct ws_reader));
	codec_text(c, &r->resets, CONTROL_RESETS_MAX);
	codec_text(c, &r->part, CONN_PART_MAX);
	codec_list(c, &r->cursor, sizeof(struct cursor_entry), CURSOR_STREAMS);
	codec_list(c, &r->specials, sizeof(struct snap_special), CURSOR_STREAMS);
	codec_list(c, &r->pasts, sizeof(struct snap_past), CURSOR_STREAMS);
	codec_list(c, &r->typing, sizeof(struct typing), TYPING_CHANNELS);
	codec_check(c, r->typing.n == 0 || r->typing.n == TYPING_CHANNELS);
	codec_list(c, &r->watched, sizeof(int64_t), PRESENCE_WATCHED);
	codec_list(c, &r->edges, sizeof(struct snap_edge), PRESENCE_WATCHED);
	if (c->out != NULL)
		return;
	check_specials(c, &r->specials);
	check_pasts(c, &r->pasts);
	check_watch(c, r);
	check_reader(c, r->reader);
}

/* What the rest of the daemon counts on in each state. */
static bool
is_possible(const struct snap_conn *k)
{
	bool is_in = k->account != SLAB_NONE;

	switch ((enum conn_state)k->state) {
	case CONN_NEW:
		return !is_in && k->subs.n == 0;
	case CONN_HANDSHAKE:
		return is_in && k->has_extra && k->subs.n == 0;
	case CONN_LIVE:
		return is_in && (k->format != FRAME_POLL || (k->has_extra && k->x.wait_s != 0));
	case CONN_DRAINING:
		return k->subs.n == 0;
	case CONN_FREE:
	case CONN_DEAD:
		break;
	}
	return false;
}

static void
say_connection(struct codec *c, void *record)
{
	struct snap_conn *r = record;

	SNAP_CONN_FIELDS(CODEC_FIELD)
	codec_u32(c, &r->account);
	codec_raw(c, &r->bye, sizeof(r->bye));
	codec_check(c, r->bye <= CONN_BYE_MAX);
	codec_byte(c, &r->state, CONN_DRAINING);
	codec_byte(c, &r->format, FRAME__MAX - 1);
	codec_flag(c, &r->has_extra);
	codec_list(c, &r->subs, sizeof(struct sub), CURSOR_STREAMS);
	if (!c->bad && r->has_extra)
		say_extra(c, &r->x);
	if (c->out == NULL)
		codec_check(c, is_possible(r));
}

/* ---- both ways */

static void
put(struct buf *out, enum snap_kind kind, void (*say)(struct codec *c, void *record), void *record)
{
	struct codec c = { .out = out };
	uint32_t head[2] = { kind, 0 };
	size_t from = out->len;

	buf_add(out, head, sizeof(head));
	say(&c, record);
	if (c.bad)
		buf_fail(out);
	if (!buf_ok(out))
		return;
	head[1] = (uint32_t)(out->len - from - sizeof(head));
	memcpy(out->p + from, head, sizeof(head));
}

static bool
get(struct str payload, void (*say)(struct codec *c, void *record), void *record)
{
	struct codec c = { .in = payload };

	say(&c, record);
	return !c.bad && c.in.len == 0;
}

bool
snap_next(struct str *in, enum snap_kind *kind, struct str *payload)
{
	uint32_t head[2];

	if (in->len < sizeof(head))
		return false;
	memcpy(head, in->p, sizeof(head));
	if (head[0] < SNAP_GLOBAL || head[0] >= SNAP__MAX || head[1] > SNAP_RECORD_MAX ||
	    head[1] > in->len - sizeof(head))
		return false;
	*kind = (enum snap_kind)head[0];
	*payload = (struct str){ in->p + sizeof(head), head[1] };
	*in = (struct str){ payload->p + payload->len, in->len - sizeof(head) - payload->len };
	return true;
}

#define RECORD(type, kind, say) \
	void \
	snap_##type##_put(struct buf *out, const struct snap_##type *record) \
	{ \
		struct snap_##type copy = *record; \
	\
		put(out, kind, say, &copy); \
	} \
	\
	bool \
	snap_##type##_get(struct str payload, struct snap_##type *record) \
	{ \
		memset(record, 0, sizeof(*record)); \
		return get(payload, say, record); \
	}

RECORD(global, SNAP_GLOBAL, say_global)
RECORD(stream, SNAP_STREAM, say_stream)
RECORD(frame, SNAP_FRAME, say_frame)
RECORD(account, SNAP_ACCOUNT, say_account)
RECORD(leaver, SNAP_LEAVER, say_leaver)
RECORD(conn, SNAP_CONN, say_connection)
