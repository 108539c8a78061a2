#include "push/ends.h"

#include <string.h>

#include "base/heap.h"
#include "base/log.h"
#include "push/account.h"
#include "push/admit.h"
#include "push/core/order.h"
#include "push/snapshot.h"
#include "push/stream.h"
#include "push/watch.h"

#define LONGEST_MS (60 * 60 * 1000)	/* that the timer waits in one go */

/* push.ends_ms is the earliest of all due_ms, or before it: what is given up is not looked for. */
struct end {
	uint32_t account;	/* first, for order.h */
	int64_t server;
	int64_t due_ms;
};

struct ends {
	struct end *v;		/* ascending by account */
	uint32_t n, cap;
	struct loop_timer timer;
};

static void
on_ends_timer(void *ctx)
{
	ends_now(ctx);
}

void
ends_init(struct push *p)
{
	p->ends = heap_alloc(sizeof(*p->ends));
	p->ends->timer.fire = on_ends_timer;
	p->ends->timer.ctx = p;
	p->ends_ms = INT64_MAX;
}

void
ends_release(struct push *p)
{
	loop_timer_stop(&p->ends->timer);
	heap_free(p->ends->v);
	heap_free(p->ends);
}

static void
set_timer(struct push *p, int64_t due_ms)
{
	struct loop_timer *timer = &p->ends->timer;
	int64_t left = due_ms - clock_mono_ms();

	p->ends_ms = due_ms;
	loop_timer_stop(timer);
	if (due_ms != INT64_MAX)
		loop_timer_once(timer, left < 0 ? 0 : left < LONGEST_MS ? left : LONGEST_MS);
}

/* All others stand: who has thousands of guests does not look at each for each. */
static void
put(struct push *p, struct end *to, const struct end *e)
{
	*to = *e;
	if (e->due_ms < p->ends_ms)
		set_timer(p, e->due_ms);
}

/* Those of the account, and where they are, or would be. */
static uint32_t
find(const struct ends *h, uint32_t account, uint32_t *first)
{
	uint32_t n = 0;

	if (order_find_u32(h->v, h->n, sizeof(*h->v), account, first))
		while (*first > 0 && h->v[*first - 1].account == account)
			--*first;
	while (*first + n < h->n && h->v[*first + n].account == account)
		n++;
	return n;
}

/* Room for n of the account, which are the caller's to fill in; what there was is gone. */
static struct end *
replace(struct ends *h, uint32_t account, uint32_t n)
{
	uint32_t first, old = find(h, account, &first);

	while (h->n - old + n > h->cap) {
		h->cap = h->cap == 0 ? 16 : h->cap * 2;
		h->v = heap_grow(h->v, h->cap, sizeof(*h->v));
	}
	if (h->v != NULL && n != old)
		memmove(h->v + first + n, h->v + first + old,
		    (h->n - first - old) * sizeof(*h->v));
	h->n += n - old;
	return h->v == NULL ? NULL : h->v + first;
}

int64_t
ends_at(const struct feed_access *row, int64_t asked_ms)
{
	return row->left_ms > INT64_MAX - asked_ms ? INT64_MAX : asked_ms + row->left_ms;
}

/* The servers of the rows that end, each once, as entries of the account. Rows of one server say
 * the same of it. */
static uint32_t
collect(struct end out[FEED_STREAMS], uint32_t account, const struct feed_access *rows, size_t n,
    int64_t asked_ms)
{
	uint32_t there = 0, k;

	for (size_t i = 0; i < n; i++) {
		int64_t server = rows[i].parent != 0 ? rows[i].parent : rows[i].stream;

		if (rows[i].left_ms == INT64_MAX)
			continue;
		for (k = 0; k < there && out[k].server != server; k++)
			;
		if (k == there && there < FEED_STREAMS)
			out[there++] = (struct end){ account, server, ends_at(&rows[i], asked_ms) };
	}
	return there;
}

void
ends_take(struct push *p, uint32_t account, const struct feed_access *rows, size_t n,
    int64_t asked_ms)
{
	struct end found[FEED_STREAMS], *v;
	uint32_t there = collect(found, account, rows, n, asked_ms);

	v = replace(p->ends, account, there);
	for (uint32_t i = 0; i < there; i++)
		put(p, &v[i], &found[i]);
}

void
ends_forget(struct push *p, uint32_t account)
{
	replace(p->ends, account, 0);
}

uint32_t
ends_save(const struct push *p, uint32_t account, struct snap_end *out)
{
	uint32_t first, n = find(p->ends, account, &first);

	for (uint32_t i = 0; i < n; i++)
		out[i] = (struct snap_end){ p->ends->v[first + i].server,
			p->ends->v[first + i].due_ms };
	return n;
}

void
ends_restore(struct push *p, uint32_t account, const struct snap_list *ends)
{
	struct end *v;

	v = replace(p->ends, account, ends->n);
	for (uint32_t i = 0; i < ends->n; i++) {
		struct snap_end in;

		SNAP_AT(struct snap_end, *ends, i, &in);
		put(p, &v[i], &(struct end){ account, in.server, in.due_ms });
	}
}

/* All that it reads of that server. */
static void
conn_end(struct push *p, struct conn *c, int64_t server)
{
	uint32_t of = stream_find(p, server);

	for (uint16_t k = 0; of != SLAB_NONE && k < c->n_subs; k++) {
		uint32_t i = c->subs[k].stream;

		if (i == of || stream_at(p, i)->parent == of)
			admit_revoke(p, c, i, stream_at(p, i)->head);
	}
	watch_conn_lost(p, c);
}

void
ends_now(struct push *p)
{
	struct ends *h = p->ends;
	int64_t now = clock_mono_ms(), next = INT64_MAX;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < h->n; i++) {
		struct end at = h->v[i];
		const struct account *a = account_at(p, at.account);

		if (at.due_ms > now) {
			next = at.due_ms < next ? at.due_ms : next;
			h->v[kept++] = at;
			continue;
		}
		log_debug("a membership ends", lf_int("account", a->id),
		    lf_int("server", at.server));
		for (uint32_t k = a->first; k != SLAB_NONE; k = conn_at(p, k)->next)
			if (conn_at(p, k)->state == CONN_LIVE)
				conn_end(p, conn_at(p, k), at.server);
		watch_person_lost(p, a->id);
		account_want(p, at.account);
	}
	h->n = kept;
	set_timer(p, next);
}
