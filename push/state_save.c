#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/heap.h"
#include "push/deliver.h"
#include "push/ends.h"
#include "push/flow.h"
#include "push/presence.h"
#include "push/resume.h"
#include "push/snapshot.h"
#include "push/state.h"
#include "push/stream.h"
#include "push/watch.h"

#define CHUNK (256 * 1024)

/* The places of streams and accounts in the snapshot stand by their slab numbers. */
struct saver {
	const struct push *push;
	int file;
	int error;		/* errno of what failed first; 0: nothing */
	struct buf out;
	struct buf channels, types;	/* of the filter of one connection */
	uint32_t *streams, *accounts;
	int64_t *needs;		/* of a stream: a reader has got events up to here only */
	struct snap_global global;
	size_t ring_bytes;
	/* Of one connection or account, and of the nodes: what its record points to. */
	struct snap_special specials[CURSOR_STREAMS];
	struct snap_past pasts[CURSOR_STREAMS];
	struct sub subs[CURSOR_STREAMS];
	struct snap_edge edges[PRESENCE_WATCHED];
	struct snap_node nodes[NODES];
	struct snap_end ends[FEED_STREAMS];
};

static void
fail(struct saver *s, int error)
{
	if (s->error == 0)
		s->error = error;
}

static void
write_out(struct saver *s, size_t more_than)
{
	size_t at = 0;

	if (!buf_ok(&s->out))
		fail(s, ENOMEM);
	while (s->error == 0 && s->out.len > more_than && at < s->out.len) {
		ssize_t n = write(s->file, s->out.p + at, s->out.len - at);

		if (n <= 0)
			fail(s, n < 0 ? errno : EIO);
		at += n > 0 ? (size_t)n : 0;
	}
	if (at > 0)
		buf_clear(&s->out);
}

/* ---- streams */

static bool
is_used(const struct stream *s)
{
	return stream_readers(s) > 0 || s->refs > 0 || s->has_barrier;
}

static void
find_needs(struct saver *s)
{
	const struct push *p = s->push;

	for (uint32_t i = SLAB_NONE; slab_next(&p->streams, &i);)
		s->needs[i] = INT64_MAX;
	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);) {
		const struct conn *c = conn_at(p, i);

		for (uint16_t k = 0; c->state == CONN_LIVE && k < c->n_subs; k++) {
			int64_t sent = sub_sent(stream_at(p, c->subs[k].stream), &c->subs[k]);

			if (sent < s->needs[c->subs[k].stream])
				s->needs[c->subs[k].stream] = sent;
		}
	}
}

/* The first event of the ring that somebody still wants; above the head: none. */
static int64_t
first_wanted(const struct saver *s, uint32_t i)
{
	const struct stream *st = stream_at(s->push, i);
	const struct ring *r = flow_ring(st);
	int64_t first;

	if (r == NULL || s->needs[i] >= st->head || s->ring_bytes + r->bytes > STATE_RING_BYTES)
		return st->head + 1;
	first = s->needs[i] + 1 > r->first ? s->needs[i] + 1 : r->first;
	return st->head - first < RING_WIDE_FRAMES ? first : st->head - RING_WIDE_FRAMES + 1;
}

static void
save_frame(struct saver *s, const struct frame *f)
{
	struct snap_frame out = { { .event_id = f->event_id, .rev = f->rev, .subject = f->subject,
	    .parent_rev = f->parent_rev, .access = (enum bus_access)f->access,
	    .type = frame_type(f) } };

	if (f->len > 0)
		out.e.body = frame_json(f);
	snap_frame_put(&s->out, &out);
	s->ring_bytes += f->len;
	write_out(s, CHUNK);
}

static void
save_stream(struct saver *s, uint32_t i)
{
	const struct stream *st = stream_at(s->push, i);
	int64_t first = first_wanted(s, i);
	struct snap_stream out = { .id = st->id, .head = st->head, .access_rev = st->access_rev,
		.floor = flow_floor(st), .parent = SLAB_NONE, .kind = st->kind,
		.has_barrier = st->has_barrier, .name = str_of(st->name) };

	if (st->parent != SLAB_NONE)
		out.parent = s->streams[st->parent];
	if (first <= st->head)
		out.n_frames = (uint32_t)(st->head - first + 1);
	s->streams[i] = s->global.n_streams++;
	snap_stream_put(&s->out, &out);
	for (int64_t rev = first; rev <= st->head; rev++)
		save_frame(s, flow_event(st, rev));
	write_out(s, CHUNK);
}

static void
save_streams(struct saver *s)
{
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t i = SLAB_NONE; slab_next(&s->push->streams, &i);) {
			const struct stream *st = stream_at(s->push, i);

			if (is_used(st) && (st->kind == FEED_CHANNEL) == (pass == 1))
				save_stream(s, i);
		}
}

/* ---- accounts */

static void
save_account_fields(struct snap_account *to, const struct account *from)
{
	SNAP_ACCOUNT_FIELDS(SNAP_COPY)
}

static void
save_account(struct saver *s, uint32_t i)
{
	const struct account *a = account_at(s->push, i);
	struct snap_account out = { .id = a->id,
		.wanted = a->wanted || a->in_flight || a->again,
		.gains = { a->gains, a->n_gains },
		.ends = { s->ends, ends_save(s->push, i, s->ends) } };

	save_account_fields(&out, a);
	s->accounts[i] = s->global.n_accounts++;
	snap_account_put(&s->out, &out);
	write_out(s, CHUNK);
}

static void
save_accounts(struct saver *s)
{
	const struct push *p = s->push;

	for (uint32_t i = SLAB_NONE; slab_next(&p->accounts, &i);)
		if (account_at(p, i)->n_conns > 0)
			save_account(s, i);
	for (uint32_t i = 0; i < presence_leavers(p); i++) {
		struct snap_leaver l;

		if (!presence_leaver(p, i, &l))
			continue;
		s->global.n_leavers++;
		snap_leaver_put(&s->out, &l);
	}
}

/* ---- connections */

static struct snap_list
specials_of(struct saver *s, const struct extra *x)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < x->n_specials && n < CURSOR_STREAMS; i++) {
		const struct special *sp = &x->specials[i];

		if (s->streams[sp->stream] != SLAB_NONE)
			s->specials[n++] = (struct snap_special){ sp->rev, s->streams[sp->stream],
				(uint8_t)sp->why, sp->revoke, sp->regained, 0 };
	}
	return (struct snap_list){ s->specials, n };
}

static struct snap_list
pasts_of(struct saver *s, const struct conn *c)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->extra->n_pasts; i++) {
		const struct past *past = &c->extra->pasts[i];

		if (conn_reads(c, past->stream))
			s->pasts[n++] =
			    (struct snap_past){ past->seq, s->streams[past->stream], 0 };
	}
	return (struct snap_list){ s->pasts, n };
}

static struct snap_list
subs_of(struct saver *s, const struct conn *c)
{
	for (uint16_t k = 0; k < c->n_subs; k++)
		s->subs[k] = (struct sub){ s->streams[c->subs[k].stream], c->subs[k].sent };
	return (struct snap_list){ s->subs, c->n_subs };
}

/* Of what was written in part the peer gets the rest, byte for byte. False without memory. */
static bool
part_of(const struct saver *s, const struct conn *c, struct str *out)
{
	const struct part *part = conn_part(c);

	if (part == NULL)
		return true;
	if (part->frame != NULL)
		return deliver_frame_rest(s->push, c, part, out);
	*out = (struct str){ part->bytes + part->off, part->len - part->off };
	return true;
}

static void
save_extra_fields(struct snap_extra *to, const struct extra *from)
{
	SNAP_EXTRA_FIELDS(SNAP_COPY)
}

static void
save_extra(struct saver *s, const struct conn *c, struct snap_extra *out)
{
	const struct extra *x = c->extra;

	*out = (struct snap_extra){ .resets = str_of(x->resets),
		.cursor = { x->cursor, (uint32_t)x->n_cursor }, .specials = specials_of(s, x),
		.pasts = pasts_of(s, c),
		.typing = { x->typing, x->typing == NULL ? 0 : TYPING_CHANNELS } };
	save_extra_fields(out, x);
	memcpy(out->hash, x->hash, sizeof(out->hash));
	memcpy(out->accept, x->accept, sizeof(out->accept));
	if (x->in.len > 0)
		out->in = buf_str(&x->in);
	if (x->reader != NULL)
		out->reader = (struct str){ (const char *)x->reader, sizeof(*x->reader) };
	buf_clear(&s->channels);
	buf_clear(&s->types);
	if (x->filter != NULL)
		filter_write(x->filter, &s->channels, &s->types);
	if (s->channels.len > 0)
		out->channels = buf_str(&s->channels);
	if (s->types.len > 0)
		out->types = buf_str(&s->types);
	watch_save(s->push, c, s->edges, out);
	if (!part_of(s, c, &out->part) || !buf_ok(&s->channels) || !buf_ok(&s->types))
		fail(s, ENOMEM);
}

static void
save_conn_fields(struct snap_conn *to, const struct conn *from)
{
	SNAP_CONN_FIELDS(SNAP_COPY)
}

static void
save_conn(struct saver *s, const struct conn *c)
{
	struct snap_conn out = { .account = SLAB_NONE, .bye = c->bye, .state = c->state,
		.format = c->format, .has_extra = c->extra != NULL, .subs = subs_of(s, c) };

	save_conn_fields(&out, c);
	if (c->account != SLAB_NONE)
		out.account = s->accounts[c->account];
	if (c->extra != NULL)
		save_extra(s, c, &out.x);
	snap_conn_put(&s->out, &out);
	write_out(s, CHUNK);
}

struct age {
	uint32_t age;	/* connections since */
	uint32_t conn;
};

static int
oldest_first(const void *a, const void *b)
{
	const struct age *x = a, *y = b;

	return x->age > y->age ? -1 : x->age < y->age;
}

/* In an account's list they stand in this order, so that the right one gives way to a newer one. */
static void
save_conns(struct saver *s, int **fds)
{
	const struct push *p = s->push;
	struct age *order = heap_grow(NULL, p->conns.top + 1u, sizeof(*order));
	uint32_t n = 0;

	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);) {
		const struct conn *c = conn_at(p, i);

		if (c->state >= CONN_NEW && c->state <= CONN_DRAINING)
			order[n++] = (struct age){ p->serial - c->serial, i };
	}
	qsort(order, n, sizeof(*order), oldest_first);
	*fds = heap_grow(NULL, n + 1u, sizeof(**fds));
	for (uint32_t k = 0; k < n; k++) {
		(*fds)[k] = conn_at(p, order[k].conn)->fd;
		save_conn(s, conn_at(p, order[k].conn));
	}
	s->global.n_conns = n;
	heap_free(order);
}

/* ---- all of it */

static void
save_global(struct saver *s)
{
	const struct push *p = s->push;
	uint32_t n = 0;

	for (uint32_t i = 0; i < NODES; i++)
		if (nodes_name(p, i) != NULL)
			memcpy(s->nodes[n++].name, nodes_name(p, i), sizeof(s->nodes[0].name));
	s->global.epoch = p->epoch;
	resume_save(p, &s->global.max_event, s->global.seen_ids);
	s->global.node = str_of(p->node);
	s->global.untold = presence_is_untold(p);
	s->global.nodes = (struct snap_list){ s->nodes, n };
	snap_global_put(&s->out, &s->global);
}

static uint32_t *
places(uint32_t n)
{
	uint32_t *list = heap_grow(NULL, n + 1u, sizeof(*list));

	memset(list, 0xff, n * sizeof(*list));
	return list;
}

bool
state_save(const struct push *p, int file, int **fds, uint32_t *n)
{
	struct saver s = { .push = p, .file = file };

	buf_init(&s.out, SNAP_RECORD_MAX + 2 * CHUNK);
	buf_init(&s.channels, SNAP_FILTER_MAX);
	buf_init(&s.types, SNAP_FILTER_MAX);
	s.streams = places(p->streams.top);
	s.accounts = places(p->accounts.top);
	s.needs = heap_grow(NULL, p->streams.top + 1u, sizeof(*s.needs));
	find_needs(&s);
	save_streams(&s);
	save_accounts(&s);
	save_conns(&s, fds);
	save_global(&s);
	write_out(&s, 0);
	*n = s.global.n_conns;
	buf_release(&s.out);
	buf_release(&s.channels);
	buf_release(&s.types);
	heap_free(s.streams);
	heap_free(s.accounts);
	heap_free(s.needs);
	errno = s.error;
	return s.error == 0;
}
