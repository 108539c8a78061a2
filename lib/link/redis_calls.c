#include "link/redis_calls.h"

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "base/metric.h"


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
redis_calls_add(
    struct redis_calls *q, void (*done)(void *ctx, const struct redis_value *v), void *ctx)
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

static void
refused(struct redis_calls *q, struct str why)
{
	int64_t now = clock_mono_ms();

	q->refusals++;
	metric_add(METRIC_redis_errors, 1);
	if (q->said_ms != 0 && now - q->said_ms < REDIS_CALLS_SAY_MS)
		return;
	q->said_ms = now;
	log_warn("redis refuses", lf_strn("said", why), lf_int("refusals", (int64_t)q->refusals));
}

void
redis_calls_take(struct redis_calls *q, struct arena *a, const void *reply)
{
	bool fits = redis_value_size(reply) <= a->max;
	struct redis_value v =
	    fits ? redis_value_of(a, reply) : (struct redis_value){ .kind = REDIS_NIL };
	struct redis_call call;

	if (redis_calls_next(q, &call))
		call.done(call.ctx, fits ? &v : NULL);
	else if (v.kind == REDIS_REFUSED)
		refused(q, v.text);
	arena_reset(a);
}

void
redis_calls_fail(struct redis_calls *q)
{
	struct redis_calls was = *q;

	*q = (struct redis_calls){ .refusals = was.refusals, .said_ms = was.said_ms };
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
