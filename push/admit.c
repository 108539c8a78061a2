#include "push/admit.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/metric.h"
#include "push/account.h"
#include "push/apply.h"
#include "push/control.h"
#include "push/core/order.h"
#include "push/core/pool.h"
#include "push/ends.h"
#include "push/flow.h"
#include "push/marks.h"
#include "push/ops.h"
#include "push/presence.h"
#include "push/resume.h"
#include "push/stream.h"
#include "push/watch.h"
#include "push/wheel.h"

/* Bytes of hello with its cursor, and of a revoke for each stream of a cursor. */
#define HELLO_MAX (256 * 1024)

struct place {
	uint32_t stream;	/* slab number; first, for order.h */
	uint32_t row;
};

/* A picture being put into effect. */
struct picture {
	const struct feed_access *rows;
	size_t n_rows;
	struct place *places;	/* of each row that still holds, ascending by stream */
	size_t n;
	int64_t asked_ms;
};

/* Its stream has said something about access above that rev. */
static bool
is_outdated(const struct push *p, int64_t stream, int64_t rev)
{
	uint32_t s = stream == 0 ? SLAB_NONE : stream_find(p, stream);

	return s != SLAB_NONE && rev < stream_at(p, s)->access_rev;
}

/* A guest's picture has no row of his server, so each channel is asked what it knows of that. */
static bool
is_stale(const struct push *p, const struct feed_access *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_outdated(p, rows[i].stream, rows[i].rev) ||
		    is_outdated(p, rows[i].parent, rows[i].parent_rev))
			return true;
	return false;
}

/* The picture's head is news about a stream that is known already, or all that is known. */
static void
note_head(struct push *p, uint32_t i, const struct feed_access *row)
{
	struct stream *s = stream_at(p, i);

	if (s->head < 0)
		resume_head(p, i, row->rev);
	else if (row->rev > s->head)
		apply_missing(p, i, row->rev, HOLD_MS);
	stream_set_name(s, row->name);
}

/* Servers first, so that channels find theirs. */
static void
find_streams(struct push *p, struct picture *pic)
{
	int64_t now = clock_mono_ms();

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < pic->n_rows; i++) {
			const struct feed_access *row = &pic->rows[i];
			uint32_t parent = SLAB_NONE, stream;

			if ((row->kind == FEED_CHANNEL) != (pass == 1) ||
			    ends_at(row, pic->asked_ms) <= now)
				continue;
			if (row->parent != 0) {
				parent = stream_intern(p, row->parent, FEED_SERVER, SLAB_NONE);
				/* So what the server has said since then is asked for. */
				resume_head(p, parent, row->parent_rev);
			}
			stream = stream_intern(p, row->stream, row->kind, parent);
			pic->places[pic->n++] = (struct place){ stream, (uint32_t)i };
			note_head(p, stream, row);
		}
	if (pic->n > 0)
		qsort(pic->places, pic->n, sizeof(pic->places[0]), order_by_u32);
}

/* Servers and the user's own stream are always followed: they tell of access. */
static bool
conn_wants(const struct conn *c, const struct feed_access *row)
{
	return row->kind != FEED_CHANNEL ||
	    filter_has_stream(c->extra == NULL ? NULL : c->extra->filter, row->stream);
}

static const struct cursor_entry *
cursor_find(const struct extra *x, int64_t stream)
{
	if (x == NULL || x->n_cursor == 0)
		return NULL;
	return bsearch(&stream, x->cursor, x->n_cursor, sizeof(*x->cursor), order_by_i64);
}

/*
 * Where the connection goes on in one stream. False: it cannot, and starts at *sent with a reset.
 * The way from the cursor to here is in the ring, in the database, or lost; delivery finds out.
 */
static bool
start_at(const struct push *p, const struct extra *x, const struct stream *s,
    const struct feed_access *row, int64_t *sent)
{
	const struct cursor_entry *at;
	int64_t head = row->rev > s->head ? row->rev : s->head;

	*sent = row->rev;
	if (x == NULL || !x->has_cursor)
		return true;
	at = x->epoch == p->epoch ? cursor_find(x, row->stream) : NULL;
	if (at == NULL || at->rev > head || head - at->rev > RESUME_MAX)
		return false;
	*sent = at->rev;
	return true;
}

/* The picture shows the stream of that slab number, which may be SLAB_NONE. */
static bool
has_row(const struct picture *pic, uint32_t stream)
{
	uint32_t k;

	return order_find_u32(pic->places, (uint32_t)pic->n, sizeof(*pic->places), stream, &k);
}

/* Streams of the cursor that are not the client's any more. */
static void
tell_lost(struct push *p, struct conn *c, const struct picture *pic, struct buf *out)
{
	const struct extra *x = c->extra;

	if (!x->has_cursor || x->epoch != p->epoch)
		return;
	for (size_t i = 0; i < x->n_cursor; i++) {
		size_t began;

		if (has_row(pic, stream_find(p, x->cursor[i].stream)))
			continue;
		began = frame_begin(out, (enum frame_format)c->format);
		control_revoked_id(out, c, x->cursor[i].stream, x->cursor[i].rev);
		frame_end(out, (enum frame_format)c->format, began);
	}
}

/* Lets go of what only the handshake needed. A frame may have come before our answer. */
static void
end_handshake(struct push *p, struct conn *c)
{
	struct extra *x = c->extra;
	struct buf early = x->in;

	x->in = (struct buf){ 0 };
	heap_free(x->cursor);
	x->cursor = NULL;
	x->n_cursor = 0;
	conn_trim(c);
	if (early.len > 0 && c->format == FRAME_WS)
		ops_take(p, c, buf_str(&early));
	buf_release(&early);
}

/* What lies before is not for somebody who may not read back. */
static void
reset_to_floor(struct conn *c, uint32_t stream, int64_t floor)
{
	conn_put_special(
	    c, &(struct special){ .stream = stream, .rev = floor, .why = RESET_HISTORY });
}

/* Its subscriptions. resets: labels of the streams that do not go on; returned: how many do. */
static uint32_t
make_subs(struct push *p, struct conn *c, const struct picture *pic, struct buf *resets)
{
	struct sub *subs = pool_take(pic->n * sizeof(*subs));
	uint32_t resumed = 0;
	uint16_t n = 0;

	for (size_t k = 0; k < pic->n; k++) {
		const struct feed_access *row = &pic->rows[pic->places[k].row];
		uint32_t i = pic->places[k].stream;
		struct stream *s = stream_at(p, i);
		int64_t sent;

		if (!conn_wants(c, row))
			continue;
		if (!start_at(p, c->extra, s, row, &sent)) {
			control_add_label(resets, s);
			metric_add(METRIC_push_resets, 1);
		} else if (sent < row->floor) {
			sent = row->floor;
			reset_to_floor(c, i, row->floor);
		} else if (c->extra != NULL && c->extra->has_cursor) {
			resumed++;
			marks_resumed(p, c, i, sent);
		}
		conn_set_past(c, i, row->past);
		subs[n++] = (struct sub){ i, (uint32_t)sent };
	}
	subs = pool_resize(subs, pic->n * sizeof(*subs), n * sizeof(*subs));
	conn_set_subs(p, c, subs, n);
	return resumed;
}

static void
conn_say_hello(struct push *p, struct conn *c, const struct picture *pic, uint32_t resumed,
    const struct buf *resets)
{
	struct buf out;

	buf_init(&out, HELLO_MAX);
	control_hello(p, c, &out, resumed, resets);
	tell_lost(p, c, pic, &out);
	if (!buf_ok(&out))
		conn_kill(p, c, "out of memory");
	else if (conn_say_buf(p, c, &out))
		c->head_written = true;
	buf_release(&out);
}

/* A long poll says nothing before its end. */
static void
conn_begin(struct push *p, struct conn *c, const struct picture *pic)
{
	struct buf resets;
	uint32_t resumed;

	buf_init(&resets, CONTROL_RESETS_MAX);
	resumed = make_subs(p, c, pic, &resets);
	c->behind = c->extra->has_cursor;
	conn_set_state(p, c, CONN_LIVE, NULL);
	if (c->format != FRAME_POLL)
		conn_say_hello(p, c, pic, resumed, &resets);
	else if (buf_ok(&resets))
		control_keep_resets(c, buf_str(&resets));
	else
		conn_kill(p, c, "out of memory");
	buf_release(&resets);
	if (c->state != CONN_LIVE)
		return;
	presence_back(p, account_at(p, c->account));
	wheel_live(p, c);
	conn_mark(p, c, HINT_ALL);
	watch_begin(p, c);
	end_handshake(p, c);
}

/* Its people see each other's presence by it: of a guest, who does not read the server's stream,
 * each of its channels is so. */
static bool
shares_people(const struct push *p, const struct conn *c, uint32_t stream)
{
	const struct stream *s = stream_at(p, stream);

	return stream_is_shared(s) || (s->parent != SLAB_NONE && !conn_reads(c, s->parent));
}

void
admit_revoke(struct push *p, struct conn *c, uint32_t stream, int64_t rev)
{
	struct special *old = conn_special(c, stream);

	if (!conn_reads(c, stream))
		return;
	if (old != NULL && old->revoke) {
		old->regained = false;	/* and lost again before the first loss was told */
		return;
	}
	conn_put_special(c, &(struct special){ .stream = stream, .revoke = true, .rev = rev });
	if (shares_people(p, c, stream)) {
		watch_conn_lost(p, c);
		watch_person_lost(p, account_at(p, c->account)->id);
	} else {
		watch_channel_lost(p, c);
	}
	conn_mark(p, c, HINT_ALL);
}

/* The rev of the event that gave the account this stream last, 0 when none was seen. */
static int64_t
gained_at(const struct account *a, int64_t stream)
{
	for (uint32_t i = a->n_gains; i > 0; i--)
		if (a->gains[i - 1].stream == stream)
			return a->gains[i - 1].rev;
	return 0;
}

static void
conn_gain(struct push *p, struct conn *c, const struct account *a, const struct feed_access *row,
    uint32_t i)
{
	int64_t since = gained_at(a, row->stream);
	struct special *sp = conn_special(c, i);

	if (row->left_ms < ENDS_LEAST_MS)
		return;
	if (conn_reads(c, i)) {
		if (sp != NULL && sp->revoke)
			sp->regained = true;
		return;
	}
	if (shares_people(p, c, i))
		watch_conn_gained(p, c);
	if (since > row->floor && since <= row->rev) {
		conn_add_sub(p, c, i, since - 1);
	} else if (conn_add_sub(p, c, i, row->rev)) {
		conn_put_special(
		    c, &(struct special){ .stream = i, .rev = row->rev, .why = RESET_JOINED });
	}
	if (conn_reads(c, i))
		conn_set_past(c, i, row->past);
	conn_mark(p, c, HINT_ALL);
}

/*
 * A live client without the permission to read back keeps what is on its way to him: it was sent
 * while he was here, as are changes of it. Who is behind has it taken away.
 */
static void
hold_back(struct push *p, struct conn *c, struct sub *sub, const struct feed_access *row)
{
	struct special *sp = conn_special(c, sub->stream);
	int64_t floor = row->floor;

	if (row->past == 0 || conn_past(c, sub->stream) == 0)
		conn_set_past(c, sub->stream, row->past);
	if (sub_sent(stream_at(p, sub->stream), sub) >= floor || !(c->behind || c->blocked))
		return;
	sub->sent = (uint32_t)floor;
	conn_set_past(c, sub->stream, row->past);
	if (sp == NULL)
		reset_to_floor(c, sub->stream, floor);
	else if (!sp->revoke && sp->rev < floor)
		sp->rev = floor;
	conn_mark(p, c, HINT_ALL);
}

static void
conn_update(struct push *p, struct conn *c, const struct account *a, const struct picture *pic)
{
	size_t row = 0;

	for (uint16_t k = 0; k < c->n_subs; k++) {
		uint32_t i = c->subs[k].stream;

		while (row < pic->n && pic->places[row].stream < i)
			row++;
		if (row == pic->n || pic->places[row].stream != i)
			admit_revoke(p, c, i, stream_at(p, i)->head);
		else
			hold_back(p, c, &c->subs[k], &pic->rows[pic->places[row].row]);
	}
	for (size_t k = 0; k < pic->n; k++) {
		const struct feed_access *gained = &pic->rows[pic->places[k].row];

		if (conn_wants(c, gained))
			conn_gain(p, c, a, gained, pic->places[k].stream);
	}
}

bool
admit_account(struct push *p, uint32_t account, const struct feed_access *rows, size_t n,
    uint64_t seq, int64_t asked_ms)
{
	struct account *a = account_at(p, account);
	struct picture pic = { .rows = rows, .n_rows = n, .asked_ms = asked_ms };
	uint32_t i, next;

	if (is_stale(p, rows, n))
		return false;
	pic.places = heap_alloc(n * sizeof(*pic.places));
	find_streams(p, &pic);
	/* A head that was learned just now may have let such an event pass. */
	if (is_stale(p, rows, n)) {
		heap_free(pic.places);
		return false;
	}
	for (i = a->first; i != SLAB_NONE; i = next) {
		struct conn *c = conn_at(p, i);

		next = c->next;
		c->no_receipts = n > 0 && rows[0].kind == FEED_USER && !rows[0].receipts;
		if (n == 0)
			conn_bye(p, c, ERR_SESSION_ENDED);
		else if (c->state == CONN_LIVE)
			conn_update(p, c, a, &pic);
		else if (c->state == CONN_HANDSHAKE && c->claimed)
			conn_begin(p, c, &pic);
	}
	account_keep_newest(p, account);
	if (n > 0 && rows[0].kind == FEED_USER)
		presence_picture(p, account, &rows[0]);
	heap_free(pic.places);
	heap_free(a->gains);
	a->gains = NULL;
	a->n_gains = 0;
	a->read_seq = seq;
	ends_take(p, account, rows, n, asked_ms);
	return pic.n == n;
}
