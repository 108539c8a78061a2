#include "push/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "base/metric.h"
#include "push/access.h"
#include "push/admit.h"
#include "push/core/order.h"
#include "push/ends.h"
#include "push/handshake.h"
#include "push/presence.h"
#include "push/wheel.h"

struct pictures {
	struct list wanted;	/* accounts */
	int in_flight;
	struct loop_timer timer;
};

/* One question for a picture. */
struct picture_query {
	struct push *push;
	uint64_t seq;
	int64_t asked_ms;	/* of the monotonic clock */
	uint32_t n;
	uint32_t n_claims;
	uint32_t accounts[FEED_ACCOUNTS];
	int64_t ids[FEED_ACCOUNTS];
	struct { uint32_t conn; uint32_t serial; } *owners;	/* of the claims */
	struct feed_claim *claims;
};

static void on_access_timer(void *ctx);

void
accounts_init(struct push *p)
{
	struct pictures *h = heap_alloc(sizeof(*h));

	p->pictures = h;
	h->timer.fire = on_access_timer;
	h->timer.ctx = p;
	push_trims(p, &h->wanted);
	slab_init(&p->accounts, sizeof(struct account));
	idmap_init(&p->account_ids, &p->accounts);
}

void
accounts_release(struct push *p)
{
	loop_timer_stop(&p->pictures->timer);
	list_release(&p->pictures->wanted);
	heap_free(p->pictures);
	/* Those that wait for a picture are still there, without a connection. */
	for (uint32_t i = SLAB_NONE; slab_next(&p->accounts, &i);)
		heap_free(account_at(p, i)->gains);
	idmap_release(&p->account_ids);
	slab_release(&p->accounts);
}

void
account_keep_newest(struct push *p, uint32_t i)
{
	uint32_t n = 0, k, next;

	for (k = account_at(p, i)->first; k != SLAB_NONE; k = next) {
		struct conn *c = conn_at(p, k);
		bool answered = conn_is_being_answered(c);

		next = c->next;
		if ((c->state != CONN_LIVE && !answered) ||
		    ++n <= (uint32_t)p->config.push_connections_per_user)
			continue;
		if (answered)
			conn_kill(p, c, "too many answers are not read");
		else
			conn_bye(p, c, ERR_TOO_MANY_STREAMS);
	}
}

struct account *
account_new(struct push *p, int64_t id, uint32_t *i)
{
	struct account *a;

	*i = slab_take(&p->accounts);
	a = account_at(p, *i);
	a->id = id;
	a->first = SLAB_NONE;
	idmap_put(&p->account_ids, id, *i);
	return a;
}

void
account_add_conn(struct push *p, struct conn *c, uint32_t i)
{
	struct account *a = account_at(p, i);

	a->n_conns++;
	c->account = i;
	c->next = a->first;
	c->prev = SLAB_NONE;
	if (a->first != SLAB_NONE)
		conn_at(p, a->first)->prev = c->id;
	a->first = c->id;
}

void
account_join(struct push *p, struct conn *c, int64_t id)
{
	uint32_t i = idmap_get(&p->account_ids, id);

	if (i == SLAB_NONE)
		presence_begin(account_new(p, id, &i));
	account_add_conn(p, c, i);
}

/* No connection, and no list or question names it any more. */
static void
forget_unused(struct push *p, uint32_t i)
{
	struct account *a = account_at(p, i);

	if (a->n_conns > 0 || a->wanted || a->in_flight)
		return;
	ends_forget(p, i);
	heap_free(a->gains);
	idmap_remove(&p->account_ids, a->id);
	slab_give(&p->accounts, i);
}

static bool
has_live(const struct push *p, const struct account *a)
{
	uint32_t i = a->first;

	while (i != SLAB_NONE && conn_at(p, i)->state != CONN_LIVE)
		i = conn_at(p, i)->next;
	return i != SLAB_NONE;
}

void
account_leave(struct push *p, struct conn *c)
{
	struct account *a;
	uint32_t i = c->account;

	if (i == SLAB_NONE)
		return;
	a = account_at(p, i);
	if (c->prev != SLAB_NONE)
		conn_at(p, c->prev)->next = c->next;
	else
		a->first = c->next;
	if (c->next != SLAB_NONE)
		conn_at(p, c->next)->prev = c->prev;
	c->account = c->next = c->prev = SLAB_NONE;
	a->n_conns--;
	if (!has_live(p, a))
		presence_left(p, a, c->format == FRAME_POLL);
	else
		presence_look(p, i);
	forget_unused(p, i);
}

void
account_want(struct push *p, uint32_t i)
{
	struct account *a = account_at(p, i);

	if (a->in_flight)
		a->again = true;
	if (a->in_flight || a->wanted)
		return;
	a->wanted = true;
	list_add(&p->pictures->wanted, i);
	if (!loop_timer_is_active(&p->pictures->timer))
		loop_timer_once(&p->pictures->timer, ACCESS_BATCH_MS);
}

/* Adds what has to be checked of one account's connections. */
static void
add_claims(struct picture_query *q, const struct account *a)
{
	struct push *p = q->push;

	for (uint32_t i = a->first; i != SLAB_NONE; i = conn_at(p, i)->next) {
		struct conn *c = conn_at(p, i);
		struct feed_claim *claim;

		if (c->state != CONN_HANDSHAKE && (c->extra == NULL || !c->extra->recheck))
			continue;
		q->claims = heap_grow(q->claims, q->n_claims + 1, sizeof(*q->claims));
		q->owners = heap_grow(q->owners, q->n_claims + 1, sizeof(*q->owners));
		claim = &q->claims[q->n_claims];
		*claim = (struct feed_claim){ .credential = c->credential, .account = a->id };
		if (c->extra != NULL && c->extra->is_token) {
			claim->is_token = true;
			memcpy(claim->hash, c->extra->hash, sizeof(claim->hash));
		}
		q->owners[q->n_claims].conn = i;
		q->owners[q->n_claims++].serial = c->serial;
	}
}

static void
query_free(struct picture_query *q)
{
	heap_free(q->claims);
	heap_free(q->owners);
	heap_free(q);
}

/* The account is not in flight any more; asked again when that is wanted and anybody is there. */
static void
take_back(struct push *p, uint32_t i, bool again)
{
	struct account *a = account_at(p, i);

	again = again || a->again;
	a->in_flight = a->again = false;
	if (again && a->n_conns > 0)
		account_want(p, i);
	forget_unused(p, i);
}

/* Those who wait for their first picture are refused; others keep what they have. */
static void
refuse_waiting(struct push *p, uint32_t account)
{
	uint32_t i, next;

	for (i = account_at(p, account)->first; i != SLAB_NONE; i = next) {
		next = conn_at(p, i)->next;
		if (conn_at(p, i)->state == CONN_HANDSHAKE)
			handshake_refuse(p, conn_at(p, i), ERR_UNAVAILABLE);
	}
}

static void
query_failed(struct picture_query *q, enum err e)
{
	struct push *p = q->push;

	for (uint32_t k = 0; k < q->n; k++)
		refuse_waiting(p, q->accounts[k]);
	loop_timer_once(&p->pictures->timer, FEED_PAUSE_MS);
	for (uint32_t k = 0; k < q->n; k++)
		take_back(p, q->accounts[k], true);
	log_warn("access could not be read", lf_str("error", err_info(e)->name));
}

/* A personal token that stands: what it covers, and when it ends. */
static void
take_token(struct push *p, struct conn *c, const struct feed_claim *claim)
{
	struct extra *x = conn_extra(c);

	if (!claim->may_read) {
		conn_bye(p, c, ERR_SCOPE);
		return;
	}
	c->claimed = true;
	x->may_write = claim->may_write;
	/* Rather a second late: the client takes the end as final. */
	x->exp_s = wheel_second_of(p, claim->expires_s == 0 ? 0 : claim->expires_s + 1);
}

/* Nothing refreshes a personal token: bye is final, as an open stream ends. A status says what REST
 * says. */
static enum err
refusal_of(const struct conn *c, const struct feed_claim *claim)
{
	bool bye = c->state == CONN_LIVE || frame_is_sse((enum frame_format)c->format);

	if (bye && claim->is_token && claim->refusal == ERR_TOKEN_EXPIRED)
		return ERR_SESSION_ENDED;
	return claim->refusal;
}

static void
check_claims(const struct picture_query *q, const struct feed_picture *pic)
{
	for (size_t k = 0; k < pic->n_claims; k++) {
		struct push *p = q->push;
		struct conn *c = conn_at(p, q->owners[k].conn);

		if (c->serial != q->owners[k].serial || c->state >= CONN_DRAINING)
			continue;
		if (c->extra != NULL)
			c->extra->recheck = false;
		if (pic->claims[k].refusal != ERR_OK)
			conn_bye(p, c, refusal_of(c, &pic->claims[k]));
		else if (pic->claims[k].is_token)
			take_token(p, c, &pic->claims[k]);
		else
			c->claimed = true;
	}
}

static void
unmark_claims(const struct picture_query *q)
{
	for (uint32_t k = 0; k < q->n_claims; k++)
		conn_at(q->push, q->owners[k].conn)->claimed = false;
}

static void
apply_picture(struct picture_query *q, const struct feed_picture *pic)
{
	struct push *p = q->push;
	size_t at = 0;

	for (uint32_t k = 0; k < q->n; k++) {
		uint32_t i = q->accounts[k];
		const struct feed_access *rows;
		size_t n = 0;

		while (at < pic->n_access && pic->access[at].account < q->ids[k])
			at++;
		rows = pic->access + at;
		while (at + n < pic->n_access && rows[n].account == q->ids[k])
			n++;
		/* In flight until here, so that it stays when its last connection goes. */
		if (n > FEED_STREAMS)
			n = FEED_STREAMS;
		take_back(p, i, !admit_account(p, i, rows, n, q->seq, q->asked_ms));
	}
}

static void
on_picture(void *ctx, enum err e, const struct feed_picture *pic)
{
	struct picture_query *q = ctx;
	struct push *p = q->push;

	p->pictures->in_flight--;
	if (e != ERR_OK) {
		query_failed(q, e);
	} else {
		check_claims(q, pic);
		apply_picture(q, pic);
		unmark_claims(q);
		barriers_check(p);
	}
	query_free(q);
	accounts_ask(p);
}

/* False: no more is taken now. */
static bool
ask_picture(struct push *p)
{
	struct picture_query *q = heap_alloc(sizeof(*q));
	struct list *l = &p->pictures->wanted;
	uint32_t i;
	enum err e;

	q->push = p;
	q->seq = ++p->seq;
	q->asked_ms = clock_mono_ms();
	for (i = 0; i < l->n && q->n < FEED_ACCOUNTS && q->n_claims < FEED_CLAIMS; i++) {
		struct account *a = account_at(p, l->v[i]);

		a->wanted = false;
		if (a->n_conns == 0 && !presence_is_leaving(p, a)) {
			forget_unused(p, l->v[i]);
			continue;
		}
		a->in_flight = true;
		q->ids[q->n++] = a->id;
		add_claims(q, a);
	}
	l->n -= i;
	memmove(l->v, l->v + i, l->n * sizeof(*l->v));
	/* The picture's rows come ascending by account. */
	qsort(q->ids, q->n, sizeof(q->ids[0]), order_by_i64);
	for (i = 0; i < q->n; i++)
		q->accounts[i] = idmap_get(&p->account_ids, q->ids[i]);
	if (q->n == 0) {
		query_free(q);
		return true;
	}
	p->pictures->in_flight++;
	e = feed_picture(p->feed, q->ids, q->n, q->claims, q->n_claims, on_picture, q);
	metric_add(METRIC_push_access_queries, 1);
	if (e != ERR_OK) {
		p->pictures->in_flight--;
		query_failed(q, e);
		query_free(q);
	}
	return e == ERR_OK;
}

static void
on_access_timer(void *ctx)
{
	struct push *p = ctx;

	while (p->pictures->wanted.n > 0 && p->pictures->in_flight < ACCESS_IN_FLIGHT &&
	    feed_is_up(p->feed) && ask_picture(p))
		;
	/* Who has gone was not asked about; perhaps he was the last one that was waited for. */
	barriers_check(p);
}

void
accounts_ask(struct push *p)
{
	struct pictures *h = p->pictures;

	if (h->wanted.n > 0 && feed_is_up(p->feed) && !loop_timer_is_active(&h->timer))
		loop_timer_once(&h->timer, h->in_flight == 0 ? 0 : ACCESS_BATCH_MS);
}

bool
accounts_are_asked(const struct push *p)
{
	return p->pictures->in_flight > 0 || p->pictures->wanted.n > 0;
}

void
accounts_refuse(struct push *p)
{
	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);)
		if (conn_at(p, i)->state == CONN_HANDSHAKE)
			handshake_refuse(p, conn_at(p, i), ERR_UNAVAILABLE);
}
