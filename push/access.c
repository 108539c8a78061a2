#include "push/access.h"

#include "base/heap.h"
#include "push/account.h"
#include "push/admit.h"
#include "push/apply.h"
#include "push/stream.h"
#include "push/watch.h"

/* Streams (and those below) wait until these accounts were read anew. */
struct barrier {
	uint32_t stream;
	uint64_t seq;
	uint32_t *accounts;
	uint32_t n;
};

struct access {
	struct barrier *barriers;
	uint32_t n;
};

static struct account *
subject_of(struct push *p, const struct frame *f, uint32_t *i)
{
	*i = idmap_get(&p->account_ids, f->subject);
	return *i == SLAB_NONE ? NULL : account_at(p, *i);
}

static void
access_gained(struct push *p, uint32_t stream, const struct frame *f)
{
	uint32_t i;
	struct account *a = subject_of(p, f, &i);

	if (a == NULL)
		return;
	/* What was forgotten begins at its head, with a reset. */
	if (a->n_gains == GAINS_MAX)
		a->n_gains = 0;
	a->gains = heap_grow(a->gains, a->n_gains + 1u, sizeof(*a->gains));
	a->gains[a->n_gains++] = (struct gain){ stream_at(p, stream)->id, f->rev };
	account_want(p, i);
}

/* With a server go its channels, at once, also those of a guest, who does not read the server's
 * stream; the server's own events up to this one still come. */
static void
conn_lose(struct push *p, struct conn *c, uint32_t stream, int64_t rev)
{
	const struct sub *sub = conn_sub(c, stream);

	/* A picture newer than this event has let him in again. */
	if (sub != NULL && sub_sent(stream_at(p, stream), sub) >= rev)
		return;
	for (uint16_t k = 0; k < c->n_subs; k++) {
		uint32_t below = c->subs[k].stream;

		if (stream_at(p, below)->parent == stream)
			admit_revoke(p, c, below, sub_sent(stream_at(p, below), &c->subs[k]));
	}
	admit_revoke(p, c, stream, rev);
}

/* The next stream with people to whom that one is something: itself, then what lies below it, which
 * alone a guest reads. *i: SLAB_NONE before the first. */
static bool
next_concerned(const struct push *p, uint32_t stream, uint32_t *i)
{
	if (*i == SLAB_NONE) {
		*i = stream;
		return true;
	}
	if (stream_at(p, stream)->refs == 0)
		return false;
	if (*i == stream)
		*i = SLAB_NONE;
	while (slab_next(&p->streams, i))
		if (stream_at(p, *i)->parent == stream)
			return true;
	return false;
}

/* It is no more, for nobody. */
static void
lost_by_all(struct push *p, uint32_t stream, const struct frame *f)
{
	uint32_t i;

	for (uint32_t of = SLAB_NONE; next_concerned(p, stream, &of);) {
		struct reader_at at = readers_first(&stream_at(p, of)->readers);

		while (readers_next(&at, &i))
			if (conn_at(p, i)->state == CONN_LIVE)
				conn_lose(p, conn_at(p, i), stream, f->rev);
	}
}

/* What he was given before this loss says nothing about where he may begin after it. */
static void
forget_gains(struct push *p, struct account *a, uint32_t stream)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < a->n_gains; i++) {
		uint32_t at = stream_find(p, a->gains[i].stream);

		if (at == stream || (at != SLAB_NONE && stream_at(p, at)->parent == stream))
			continue;
		a->gains[n++] = a->gains[i];
	}
	a->n_gains = (uint8_t)n;
}

static void
access_lost(struct push *p, uint32_t stream, const struct frame *f)
{
	uint32_t i;
	struct account *a = subject_of(p, f, &i);

	if (f->subject != 0)
		watch_person_lost(p, f->subject);
	if (f->subject == 0)
		lost_by_all(p, stream, f);
	if (a == NULL)
		return;
	forget_gains(p, a, stream);
	for (uint32_t k = a->first; k != SLAB_NONE; k = conn_at(p, k)->next)
		if (conn_at(p, k)->state == CONN_LIVE)
			conn_lose(p, conn_at(p, k), stream, f->rev);
	/* Another conversation may be his by another way, and pictures in flight are too old. */
	account_want(p, i);
}

static void
credential_ended(struct push *p, uint32_t stream, int64_t credential)
{
	uint32_t i = idmap_get(&p->account_ids, stream_at(p, stream)->id), k, next;

	if (i == SLAB_NONE)
		return;
	account_want(p, i);
	for (k = account_at(p, i)->first; k != SLAB_NONE; k = next) {
		struct conn *c = conn_at(p, k);

		next = c->next;
		if (c->credential == credential)
			conn_bye(p, c, ERR_SESSION_ENDED);
	}
}

/* Every session ended. Whether a personal token still opens the account, the database says. */
static void
account_ended(struct push *p, const struct frame *f)
{
	uint32_t i, k, next;
	struct account *a = subject_of(p, f, &i);

	if (a == NULL)
		return;
	account_want(p, i);
	for (k = a->first; k != SLAB_NONE; k = next) {
		struct conn *c = conn_at(p, k);

		next = c->next;
		if (c->extra != NULL && c->extra->is_token)
			c->extra->recheck = true;
		else
			conn_bye(p, c, ERR_SESSION_ENDED);
	}
}

/* After user.updated the account may hide its own receipts: it is sent none until the new picture
 * says that it may. Receipts have no rev, so this leaves no gap. Who hides when he was seen last is
 * not told it of others either. */
static void
hold_private(struct push *p, uint32_t stream)
{
	uint32_t i = stream_at(p, stream)->kind == FEED_USER
	    ? idmap_get(&p->account_ids, stream_at(p, stream)->id) : SLAB_NONE;

	for (uint32_t k = i == SLAB_NONE ? SLAB_NONE : account_at(p, i)->first; k != SLAB_NONE;
	     k = conn_at(p, k)->next) {
		conn_at(p, k)->no_receipts = true;
		if (conn_at(p, k)->state == CONN_LIVE)
			watch_conn_lost(p, conn_at(p, k));
	}
}

/* Who watches a guest, or is one, may do so by a channel that either sees no more, wherever that
 * one is connected. subject: whom the event names, or 0. */
static void
ask_watchers(struct push *p, uint32_t stream, int64_t subject)
{
	uint32_t i;

	if (subject != 0)
		watch_person_lost(p, subject);
	for (uint32_t of = SLAB_NONE; next_concerned(p, stream, &of);) {
		struct reader_at at = readers_first(&stream_at(p, of)->readers);

		while (readers_next(&at, &i))
			if (conn_at(p, i)->state == CONN_LIVE)
				watch_channel_lost(p, conn_at(p, i));
	}
}

void
access_event(struct push *p, uint32_t stream, const struct frame *f)
{
	struct stream *s = stream_at(p, stream);

	if (f->access == BUS_NONE)
		return;
	s->access_rev = f->rev;
	switch ((enum bus_access)f->access) {
	case BUS_GAINED:
		access_gained(p, stream, f);
		break;
	case BUS_LOST:
		access_lost(p, stream, f);
		break;
	case BUS_REREAD:
		hold_private(p, stream);
		ask_watchers(p, stream, f->subject);
		access_barrier(p, stream);
		break;
	case BUS_SESSION:
		credential_ended(p, stream, f->subject);
		break;
	case BUS_ACCOUNT:
		account_ended(p, f);
		break;
	case BUS_NONE:
	case BUS_ACCESS__MAX:
		break;
	}
}

/* Adds the accounts that read one stream; marks keep each from being added twice. */
static void
add_readers(struct push *p, struct barrier *b, uint32_t stream)
{
	struct reader_at at = readers_first(&stream_at(p, stream)->readers);
	uint32_t i;

	while (readers_next(&at, &i)) {
		struct conn *c = conn_at(p, i);

		if (c->state != CONN_LIVE || account_at(p, c->account)->read_seq == b->seq)
			continue;
		/* b->seq is newer than any picture applied: it can stand for "is in the list". */
		account_at(p, c->account)->read_seq = b->seq;
		b->accounts = heap_grow(b->accounts, b->n + 1, sizeof(*b->accounts));
		b->accounts[b->n++] = c->account;
	}
}

static void
barrier_end(struct push *p, struct barrier *b)
{
	stream_at(p, b->stream)->has_barrier = false;
	heap_free(b->accounts);
	*b = p->access->barriers[--p->access->n];
}

/* The stream's barrier, made when it has none: so there are never more of them than streams. */
static struct barrier *
barrier_of(struct push *p, uint32_t stream)
{
	struct access *h = p->access;

	for (uint32_t i = 0; stream_at(p, stream)->has_barrier && i < h->n; i++)
		if (h->barriers[i].stream == stream)
			return &h->barriers[i];
	h->barriers = heap_grow(h->barriers, h->n + 1, sizeof(*h->barriers));
	h->barriers[h->n] = (struct barrier){ .stream = stream };
	stream_at(p, stream)->has_barrier = true;
	return &h->barriers[h->n++];
}

void
access_barrier(struct push *p, uint32_t stream)
{
	struct stream *s = stream_at(p, stream);
	struct barrier *b = barrier_of(p, stream);

	b->seq = ++p->seq;
	b->n = 0;
	for (uint32_t i = SLAB_NONE; next_concerned(p, stream, &i);)
		add_readers(p, b, i);
	if (s->parent != SLAB_NONE)
		add_readers(p, b, s->parent);
	for (uint32_t i = 0; i < b->n; i++) {
		account_at(p, b->accounts[i])->read_seq = 0;
		account_want(p, b->accounts[i]);
	}
	if (b->n == 0)
		barrier_end(p, b);
}

static bool
barrier_is_over(struct push *p, struct barrier *b)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->n; i++) {
		const struct account *a = account_at(p, b->accounts[i]);

		/* A number that was given to somebody else is read anew before he sees anything. */
		if (a->n_conns > 0 && a->read_seq < b->seq)
			b->accounts[n++] = b->accounts[i];
	}
	b->n = n;
	return n == 0;
}

void
barriers_check(struct push *p)
{
	struct access *h = p->access;
	uint32_t i = 0;

	while (i < h->n) {
		uint32_t stream = h->barriers[i].stream;

		if (!barrier_is_over(p, &h->barriers[i])) {
			i++;
			continue;
		}
		barrier_end(p, &h->barriers[i]);
		apply_unblock(p, stream);
		/* That may have begun other barriers or ended connections. */
		i = 0;
	}
}

void
access_init(struct push *p)
{
	p->access = heap_alloc(sizeof(*p->access));
}

void
access_release(struct push *p)
{
	for (uint32_t i = 0; i < p->access->n; i++)
		heap_free(p->access->barriers[i].accounts);
	heap_free(p->access->barriers);
	heap_free(p->access);
}
