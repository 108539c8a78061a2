/* Positions that clients tell; see feed.h. */
#include <string.h>

#include "base/heap.h"
#include "domain/feed.h"
#include "domain/feed_pool.h"

struct mark_call {
	void (*done)(void *ctx, enum err e, const struct feed_mark *marks, size_t n);
	void *ctx;
	size_t n;
	struct feed_mark marks[];
};

/* Columns of feed_marks. */
enum { MARK_PLACE, MARK_SEQ, MARK_MOVED, MARK_MINE, MARK_SHOWN };

static void
on_marks(void *ctx, enum err e, const struct pg_rows *rows)
{
	struct mark_call *c = ctx;

	for (int row = 0; e == ERR_OK && row < rows->n; row++) {
		int64_t place = column(rows, row, MARK_PLACE);
		struct feed_mark *m;

		if (place < 1 || (uint64_t)place > c->n)
			continue;
		m = &c->marks[place - 1];
		m->seen = true;
		m->seq = column(rows, row, MARK_SEQ);
		m->moved = pg_get_bool(rows, row, MARK_MOVED);
		m->mine = pg_get(rows, row, MARK_MINE);
		m->shown = pg_get(rows, row, MARK_SHOWN);
	}
	c->done(c->ctx, e, c->marks, c->n);
	heap_free(c);
}

static enum err
ask(struct feed *f, struct mark_call *c, struct arena *a)
{
	int64_t *v[4];

	for (size_t k = 0; k < 4; k++)
		v[k] = arena_calloc(a, c->n, sizeof(*v[k]));
	for (size_t i = 0; i < c->n; i++) {
		struct feed_mark *m = &c->marks[i];

		m->seen = m->moved = false;
		m->mine = m->shown = STR_NULL;
		v[0][i] = m->account;
		v[1][i] = m->channel;
		v[2][i] = m->seq;
		v[3][i] = m->delivered;
	}
	return pg_pool_ask(f->pool, STMT_FEED_MARKS,
	    PG_ARGS(pg_int_array(a, v[0], c->n), pg_int_array(a, v[1], c->n),
		pg_int_array(a, v[2], c->n), pg_int_array(a, v[3], c->n)),
	    (struct pg_asker){ on_marks, c });
}

enum err
feed_marks(struct feed *f, const struct feed_mark *marks, size_t n,
    void (*done)(void *ctx, enum err e, const struct feed_mark *marks, size_t n), void *ctx)
{
	struct mark_call *c = heap_alloc(sizeof(*c) + n * sizeof(*marks));
	struct arena a;
	enum err e;

	c->done = done;
	c->ctx = ctx;
	c->n = n;
	memcpy(c->marks, marks, n * sizeof(*marks));
	arena_init(&a, SCRATCH_MAX);
	e = ask(f, c, &a);
	arena_release(&a);
	if (e != ERR_OK)
		heap_free(c);
	return e;
}
