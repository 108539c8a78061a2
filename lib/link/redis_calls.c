#include "base/heap.h"
#include "link/redis_calls.h"


static struct redis_call *
at(const struct redis_calls *q, uint32_t i)
{
	return &q->ring[(q->start + i) & (q->cap - 1)];
}

static void
grow(struct redis_calls *q)
{
	struct redis_calls old = *q;

	q->cap = old.cap == 0 ? 16 : old.cap * 2;
	q->ring = heap_grow(NULL, q->cap, sizeof(*q->ring));
	q->start = 0;
	for (uint32_t i = 0; i < old.n; i++)
		q->ring[i] = *at(&old, i);
	heap_free(old.ring);
}

bool
redis_calls_add(struct redis_calls *q, void (*done)(void *ctx, const struct redis_value *v), void *ctx)
{
	if (done == NULL) {
		q->unawaited++;
		return true;
	}
	if (q->n == REDIS_CALLS)
		return false;
	if (q->n == q->cap)
		grow(q);
	*at(q, q->n) = (struct redis_call){ q->unawaited, done, ctx };
	q->n++;
	q->unawaited = 0;
	return true;
}

bool
redis_calls_next(struct redis_calls *q, struct redis_call *out)
{
	struct redis_call *first;

	if (q->n == 0) {
		q->unawaited -= q->unawaited > 0;
		return false;
	}
	first = at(q, 0);
	if (first->before > 0) {
		first->before--;
		return false;
	}
	*out = *first;
	q->start = (q->start + 1) & (q->cap - 1);
	q->n--;
	return true;
}

bool
redis_calls_take(struct redis_calls *q, struct arena *a, const void *reply)
{
	struct redis_value v = redis_value_of(a, reply);
	struct redis_call call;
	bool waited = redis_calls_next(q, &call);

	if (waited)
		call.done(call.ctx, &v);
	arena_reset(a);
	return waited || v.kind != REDIS_REFUSED;
}

void
redis_calls_fail(struct redis_calls *q)
{
	struct redis_calls was = *q;

	*q = (struct redis_calls){ 0 };
	for (uint32_t i = 0; i < was.n; i++)
		at(&was, i)->done(at(&was, i)->ctx, NULL);
	heap_free(was.ring);
}

void
redis_bulk(struct buf *out, struct str s)
{
	buf_printf(out, "$%zu\r\n", s.len);
	buf_add_str(out, s);
	buf_add_cstr(out, "\r\n");
}
