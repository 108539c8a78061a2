#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "push/access.h"
#include "push/account.h"
#include "push/apply.h"
#include "push/core/order.h"
#include "push/core/pool.h"
#include "push/ends.h"
#include "push/flow.h"
#include "push/presence.h"
#include "push/resume.h"
#include "push/snapshot.h"
#include "push/state.h"
#include "push/stream.h"
#include "push/watch.h"
#include "push/wheel.h"
#include "wire/http_head.h"

/* Slab numbers by the places of the snapshot. */
struct loader {
	struct push *push;
	struct list streams, accounts, barriers;
	int (*next)(void *ctx);		/* descriptor */
	void *ctx;
	uint32_t n_fds;
	uint32_t n_leavers, n_conns;
	uint32_t stream;	/* of the frames that follow */
	uint32_t frames_left;
	bool ended;
};

/* ---- streams */

static const char *
load_stream(struct loader *l, struct str payload)
{
	struct push *p = l->push;
	struct snap_stream in;
	uint32_t parent = SLAB_NONE, i;
	struct stream *s;

	if (!snap_stream_get(payload, &in) || l->frames_left > 0 || l->accounts.n > 0 ||
	    (in.parent != SLAB_NONE && (in.parent >= l->streams.n || in.kind != FEED_CHANNEL)) ||
	    in.n_frames > (uint64_t)in.head + 1 ||
	    (in.floor > 0 && in.floor > in.head - in.n_frames))
		return "a stream";
	if (in.parent != SLAB_NONE)
		parent = l->streams.v[in.parent];
	if (parent != SLAB_NONE && stream_at(p, parent)->kind != FEED_SERVER)
		return "a stream below what is no server";
	i = stream_intern(p, in.id, (enum feed_kind)in.kind, parent);
	s = stream_at(p, i);
	if (s->kind != in.kind || s->head >= 0)
		return "a stream that is known already";
	flow_restore(s, in.head, in.floor);
	s->access_rev = in.access_rev;
	stream_set_name(s, in.name);
	list_add(&l->streams, i);
	if (in.has_barrier)
		list_add(&l->barriers, i);
	l->stream = i;
	l->frames_left = in.n_frames;
	if (in.n_frames > 0)
		flow_widen(p, s);
	return NULL;
}

static const char *
load_frame(struct loader *l, struct str payload)
{
	struct push *p = l->push;
	struct snap_frame in;
	struct stream *s;

	if (!snap_frame_get(payload, &in) || l->frames_left == 0)
		return "an event";
	s = stream_at(p, l->stream);
	if (in.e.rev != s->head - --l->frames_left)
		return "an event out of order";
	flow_restore_event(p, s, frame_new(&in.e, l->stream));
	return NULL;
}

/* ---- accounts */

static void
load_account_fields(struct account *to, const struct snap_account *from)
{
	SNAP_ACCOUNT_FIELDS(SNAP_COPY)
}

static const char *
load_account(struct loader *l, struct str payload)
{
	struct push *p = l->push;
	struct snap_account in;
	struct account *a;
	uint32_t i;

	if (!snap_account_get(payload, &in) || l->n_conns > 0 ||
	    idmap_get(&p->account_ids, in.id) != SLAB_NONE)
		return "an account";
	a = account_new(p, in.id, &i);
	load_account_fields(a, &in);
	if (in.gains.n > 0) {
		a->gains = heap_grow(NULL, in.gains.n, sizeof(*a->gains));
		memcpy(a->gains, in.gains.p, in.gains.n * sizeof(*a->gains));
		a->n_gains = (uint8_t)in.gains.n;
	}
	ends_restore(p, i, &in.ends);
	if (in.wanted)
		account_want(p, i);
	list_add(&l->accounts, i);
	return NULL;
}

static const char *
load_leaver(struct loader *l, struct str payload)
{
	struct snap_leaver in;

	if (!snap_leaver_get(payload, &in))
		return "who has left";
	presence_restore_leaver(l->push, &in);
	l->n_leavers++;
	return NULL;
}

/* ---- connections */

static bool
are_ascending(const struct sub *subs, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		if (subs[i].stream <= subs[i - 1].stream)
			return false;
	return true;
}

static bool
load_subs(struct loader *l, struct conn *c, const struct snap_list *in)
{
	struct sub *subs = pool_take(in->n * sizeof(*subs));
	bool ok = true;

	for (uint32_t i = 0; i < in->n; i++) {
		SNAP_AT(struct sub, *in, i, &subs[i]);
		ok = ok && subs[i].stream < l->streams.n;
		subs[i].stream = ok ? l->streams.v[subs[i].stream] : 0;
	}
	/* Mostly both daemons met the streams in the same order. */
	if (!are_ascending(subs, in->n)) {
		qsort(subs, in->n, sizeof(*subs), order_by_u32);
		ok = ok && are_ascending(subs, in->n);
	}
	if (ok)
		conn_set_subs(l->push, c, subs, (uint16_t)in->n);
	else
		pool_give(subs, in->n * sizeof(*subs));
	return ok;
}

static bool
load_specials(const struct loader *l, struct conn *c, const struct snap_list *in)
{
	for (uint32_t i = 0; i < in->n; i++) {
		struct snap_special sp;

		SNAP_AT(struct snap_special, *in, i, &sp);
		if (sp.stream >= l->streams.n)
			return false;
		conn_put_special(c,
		    &(struct special){ .stream = l->streams.v[sp.stream],
			.revoke = sp.revoke,
			.regained = sp.regained,
			.rev = sp.rev,
			.why = (enum reset_why)sp.why });
	}
	return true;
}

static bool
load_pasts(const struct loader *l, struct conn *c, const struct snap_list *in)
{
	for (uint32_t i = 0; i < in->n; i++) {
		struct snap_past past;

		SNAP_AT(struct snap_past, *in, i, &past);
		if (past.stream >= l->streams.n || !conn_reads(c, l->streams.v[past.stream]))
			return false;
		conn_set_past(c, l->streams.v[past.stream], past.seq);
	}
	return true;
}

static bool
load_filter(struct extra *x, const struct snap_extra *in)
{
	if (in->channels.p == NULL && in->types.p == NULL)
		return true;
	x->filter = filter_new();
	return filter_add_channels(x->filter, in->channels) &&
	    filter_add_types(x->filter, in->types);
}

static void *
bytes_copy(const void *p, size_t n)
{
	return n == 0 ? NULL : memcpy(heap_alloc(n), p, n);
}

/* False without memory. */
static bool
load_bytes(struct conn *c, const struct snap_extra *in)
{
	struct extra *x = c->extra;

	if (in->in.p != NULL) {
		buf_init(&x->in, 2 * HTTP_HEAD_MAX);
		buf_add_str(&x->in, in->in);
	}
	if (in->resets.p != NULL) {
		x->resets = heap_alloc(in->resets.len + 1);
		memcpy(x->resets, in->resets.p, in->resets.len);
	}
	if (in->part.p != NULL && in->part.len > 0) {
		x->part = part_new(in->part.len);
		if (x->part == NULL)
			return false;
		memcpy(x->part->bytes, in->part.p, in->part.len);
	}
	x->reader = bytes_copy(in->reader.p, in->reader.p == NULL ? 0 : sizeof(*x->reader));
	x->typing = bytes_copy(in->typing.p, in->typing.n * sizeof(*x->typing));
	x->cursor = bytes_copy(in->cursor.p, in->cursor.n * sizeof(*x->cursor));
	x->n_cursor = in->cursor.n;
	return buf_ok(&x->in);
}

static void
load_extra_fields(struct extra *to, const struct snap_extra *from)
{
	SNAP_EXTRA_FIELDS(SNAP_COPY)
}

static bool
load_extra(struct loader *l, struct conn *c, const struct snap_extra *in)
{
	struct extra *x = conn_extra(c);

	load_extra_fields(x, in);
	memcpy(x->hash, in->hash, sizeof(x->hash));
	memcpy(x->accept, in->accept, sizeof(x->accept));
	if (!load_bytes(c, in) || !load_specials(l, c, &in->specials) ||
	    !load_pasts(l, c, &in->pasts) || !load_filter(x, in))
		return false;
	watch_restore(l->push, c, in);
	return true;
}

static void
load_conn_fields(struct conn *to, const struct snap_conn *from)
{
	SNAP_CONN_FIELDS(SNAP_COPY)
	to->bye = from->bye & CONN_BYE_MAX;
}

static const char *
load_conn(struct loader *l, struct str payload)
{
	struct push *p = l->push;
	struct snap_conn in;
	struct conn *c;
	int fd;

	if (!snap_conn_get(payload, &in) || l->n_conns == l->n_fds ||
	    (in.account != SLAB_NONE && in.account >= l->accounts.n))
		return "a connection";
	fd = l->next(l->ctx);
	if (fd < 0)
		return "a connection that did not come";
	l->n_conns++;
	c = conn_restore(p, fd, (enum conn_state)in.state, (enum frame_format)in.format);
	load_conn_fields(c, &in);
	if (in.account != SLAB_NONE)
		account_add_conn(p, c, l->accounts.v[in.account]);
	if (!load_subs(l, c, &in.subs) || (in.has_extra && !load_extra(l, c, &in.x)))
		return "what a connection reads";
	if (c->state == CONN_HANDSHAKE)
		account_want(p, c->account);
	wheel_again(p, c);
	if (conn_has_news(p, c))
		conn_mark(p, c, HINT_ALL);
	return NULL;
}

/* ---- all of it */

static const char *
load_global(struct loader *l, struct str payload)
{
	struct push *p = l->push;
	struct snap_global in;

	if (!snap_global_get(payload, &in) || !nodes_is_name(in.node))
		return "the end";
	if (in.epoch != p->epoch)
		return "another epoch";
	if (in.n_streams != l->streams.n || in.n_accounts != l->accounts.n ||
	    in.n_leavers != l->n_leavers || in.n_conns != l->n_conns || l->n_conns != l->n_fds ||
	    l->frames_left > 0)
		return "not all of it";
	resume_restore(p, in.max_event, in.seen_ids);
	p->untold = in.untold;
	memset(p->node, 0, sizeof(p->node));
	memcpy(p->node, in.node.p, in.node.len);
	for (uint32_t i = 0; i < in.nodes.n; i++) {
		struct snap_node node;

		SNAP_AT(struct snap_node, in.nodes, i, &node);
		nodes_known(p, str_of(node.name));
	}
	l->ended = true;
	return NULL;
}

static const char *
load_record(struct loader *l, enum snap_kind kind, struct str payload)
{
	if (l->ended)
		return "something behind the end";
	switch (kind) {
	case SNAP_STREAM:
		return load_stream(l, payload);
	case SNAP_FRAME:
		return load_frame(l, payload);
	case SNAP_ACCOUNT:
		return load_account(l, payload);
	case SNAP_LEAVER:
		return load_leaver(l, payload);
	case SNAP_CONN:
		return load_conn(l, payload);
	case SNAP_GLOBAL:
		return load_global(l, payload);
	case SNAP__MAX:
		break;
	}
	return "an unknown record";
}

const char *
state_load(struct push *p, struct str bytes, uint32_t n, int (*next)(void *ctx), void *ctx)
{
	struct loader l = { .push = p, .next = next, .ctx = ctx, .n_fds = n };
	const char *wrong = NULL;
	enum snap_kind kind;
	struct str payload;

	while (wrong == NULL && snap_next(&bytes, &kind, &payload))
		wrong = load_record(&l, kind, payload);
	if (wrong == NULL && (!l.ended || bytes.len > 0))
		wrong = "not whole";
	for (uint32_t i = 0; wrong == NULL && i < l.barriers.n; i++)
		access_barrier(p, l.barriers.v[i]);
	list_release(&l.streams);
	list_release(&l.accounts);
	list_release(&l.barriers);
	return wrong;
}

void
state_go_on(struct push *p)
{
	/* What the bus has brought since the other one stopped listening to it. */
	for (uint32_t i = SLAB_NONE; slab_next(&p->streams, &i);)
		if (stream_at(p, i)->head >= 0)
			apply_unblock(p, i);
	for (uint32_t i = SLAB_NONE; slab_next(&p->accounts, &i);)
		presence_look(p, i);
	if (p->bus != NULL && p->untold)
		presence_say_all(p);
	if (p->bus != NULL)
		nodes_refresh(p);
	resume_again(p);
	accounts_ask(p);
}
