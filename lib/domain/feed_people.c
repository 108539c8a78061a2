/* Who may watch whom. */
#include <stdlib.h>

#include "domain/feed.h"
#include "domain/feed_pool.h"
#include "base/heap.h"

struct people_call {
	void (*done)(void *ctx, enum err e, const struct feed_person *people, size_t n);
	void *ctx;
};

static int
by_pair(const void *a, const void *b)
{
	const struct feed_person *x = a, *y = b;

	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* Columns of feed_people. */
enum { PERSON_ACCOUNT, PERSON_ID, PERSON_STATUS, PERSON_SEEN, PERSON_SHOWS,
	PERSON_APART, PERSON_BY_CHANNEL };

static void
on_people(void *ctx, enum err e, const struct pg_rows *rows)
{
	struct people_call *c = ctx;
	size_t n = e == ERR_OK ? (size_t)rows->n : 0;
	struct feed_person *people = heap_grow(NULL, n, sizeof(*people));

	for (size_t i = 0; i < n; i++) {
		int row = (int)i;

		people[i] = (struct feed_person){ .account = column(rows, row, PERSON_ACCOUNT),
			.id = column(rows, row, PERSON_ID),
			.seen_s = column(rows, row, PERSON_SEEN),
			.shows = pg_get_bool(rows, row, PERSON_SHOWS),
			.apart = pg_get_bool(rows, row, PERSON_APART),
			.by_channel = pg_get_bool(rows, row, PERSON_BY_CHANNEL) };
		presence_parse(pg_get(rows, row, PERSON_STATUS), &people[i].status);
	}
	qsort(people, n, sizeof(*people), by_pair);
	c->done(c->ctx, e, people, n);
	heap_free(people);
	heap_free(c);
}

enum err
feed_people(struct feed *f, const int64_t *accounts, const int64_t *ids, size_t n,
    void (*done)(void *ctx, enum err e, const struct feed_person *people, size_t n), void *ctx)
{
	struct people_call *c = heap_alloc(sizeof(*c));
	struct arena a;
	enum err e;

	*c = (struct people_call){ done, ctx };
	arena_init(&a, SCRATCH_MAX);
	e = pg_pool_ask(f->pool, STMT_FEED_PEOPLE,
	    PG_ARGS(pg_int_array(&a, accounts, n), pg_int_array(&a, ids, n)),
	    (struct pg_asker){ on_people, c });
	arena_release(&a);
	if (e != ERR_OK)
		heap_free(c);
	return e;
}
