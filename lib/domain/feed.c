#include "domain/feed.h"

#include "base/heap.h"
#include "base/log.h"
#include "domain/feed_pool.h"
#include "link/pg_site.h"

#define CONNECTIONS 2

struct feed *
feed_new(const char *conninfo, const char *path, void (*state)(void *ctx, bool up), void *ctx)
{
	struct feed *f = heap_alloc(sizeof(*f));

	pg_site_path(path);
	f->pool = pg_pool_new(conninfo, "moot-push", CONNECTIONS, state, ctx);
	return f;
}

void
feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	pg_pool_free(f->pool);
	heap_free(f);
}

bool
feed_is_up(const struct feed *f)
{
	return pg_pool_is_up(f->pool);
}

/* ---- epoch */

struct epoch_call {
	void (*done)(void *ctx, enum err e, int64_t epoch);
	void *ctx;
};

static void
on_epoch(void *ctx, enum err e, const struct pg_rows *rows)
{
	struct epoch_call *c = ctx;
	int64_t epoch = 0;

	if (e == ERR_OK && !pg_get_int(rows, 0, 0, &epoch))
		e = ERR_INTERNAL;
	c->done(c->ctx, e, epoch);
	heap_free(c);
}

enum err
feed_epoch(struct feed *f, void (*done)(void *ctx, enum err e, int64_t epoch), void *ctx)
{
	struct epoch_call *c = heap_alloc(sizeof(*c));
	enum err e;

	*c = (struct epoch_call){ done, ctx };
	e = pg_pool_ask(f->pool, STMT_FEED_EPOCH, PG_NONE, (struct pg_asker){ on_epoch, c });
	if (e != ERR_OK)
		heap_free(c);
	return e;
}

/* ---- events and heads */

struct rows_call {
	void (*events)(void *ctx, enum err e, const struct feed_event *events, size_t n);
	void (*heads)(void *ctx, enum err e, const struct feed_want *heads, size_t n);
	void *ctx;
};

/* Columns of feed_events and feed_tail, and of feed_heads. */
enum { EVENT_ID, EVENT_STREAM, EVENT_REV, EVENT_KIND, EVENT_PARENT, EVENT_PARENT_REV, EVENT_ACCESS,
	EVENT_SUBJECT, EVENT_TYPE, EVENT_AT_MS /* in the id already */, EVENT_BODY };
enum { HEAD_STREAM, HEAD_REV };

static void
read_event(const struct pg_rows *rows, int row, struct feed_event *ev)
{
	int64_t access = column(rows, row, EVENT_ACCESS);
	struct str kind = pg_get(rows, row, EVENT_KIND);

	/* Who is not handed it stands on the bus only. */
	*ev = (struct feed_event){ 0 };
	ev->stream = column(rows, row, EVENT_STREAM);
	ev->kind = kind.len == 1 ? (enum feed_kind)kind.p[0] : FEED_CHANNEL;
	ev->e.event_id = column(rows, row, EVENT_ID);
	ev->e.rev = column(rows, row, EVENT_REV);
	ev->e.parent = column(rows, row, EVENT_PARENT);
	ev->e.parent_rev = column(rows, row, EVENT_PARENT_REV);
	ev->e.subject = column(rows, row, EVENT_SUBJECT);
	ev->e.type = pg_get(rows, row, EVENT_TYPE);
	ev->e.body = pg_get(rows, row, EVENT_BODY);
	ev->e.access = access > 0 && access < BUS_ACCESS__MAX ? (enum bus_access)access : BUS_NONE;
	ev->broken = !bus_type_is_valid(ev->e.type) || !bus_body_is_valid(ev->e.body);
	if (ev->broken)
		log_error("event cannot be sent", lf_int("event", ev->e.event_id),
		    lf_strn("type", ev->e.type));
}

static void
on_events(void *ctx, enum err e, const struct pg_rows *rows)
{
	struct rows_call *c = ctx;
	struct feed_event *events = NULL;
	size_t n = e == ERR_OK ? (size_t)rows->n : 0;

	if (n > 0)
		events = heap_grow(NULL, n, sizeof(*events));
	for (size_t i = 0; i < n; i++)
		read_event(rows, (int)i, &events[i]);
	c->events(c->ctx, e, events, n);
	heap_free(events);
	heap_free(c);
}

static void
on_heads(void *ctx, enum err e, const struct pg_rows *rows)
{
	struct rows_call *c = ctx;
	struct feed_want *heads = NULL;
	size_t n = e == ERR_OK ? (size_t)rows->n : 0;

	if (n > 0)
		heads = heap_grow(NULL, n, sizeof(*heads));
	for (size_t i = 0; i < n; i++)
		heads[i] = (struct feed_want){ column(rows, (int)i, HEAD_STREAM),
			column(rows, (int)i, HEAD_REV) };
	c->heads(c->ctx, e, heads, n);
	heap_free(heads);
	heap_free(c);
}

static enum err
ask_rows(struct feed *f, enum stmt stmt, struct pg_args args, const struct rows_call *call)
{
	struct rows_call *c = heap_alloc(sizeof(*c));
	enum err e;

	*c = *call;
	e = pg_pool_ask(f->pool, stmt, args,
	    (struct pg_asker){ c->heads != NULL ? on_heads : on_events, c });
	if (e != ERR_OK)
		heap_free(c);
	return e;
}

enum err
feed_events(struct feed *f, const struct feed_want *wants, size_t n, int limit,
    void (*done)(void *ctx, enum err e, const struct feed_event *events, size_t n), void *ctx)
{
	struct arena a;
	int64_t *streams, *revs;
	enum err e;

	arena_init(&a, SCRATCH_MAX);
	streams = arena_calloc(&a, n, sizeof(*streams));
	revs = arena_calloc(&a, n, sizeof(*revs));
	for (size_t i = 0; i < n; i++) {
		streams[i] = wants[i].stream;
		revs[i] = wants[i].rev;
	}
	e = ask_rows(f, STMT_FEED_EVENTS,
	    PG_ARGS(pg_int_array(&a, streams, n), pg_int_array(&a, revs, n), pg_int(&a, limit)),
	    &(struct rows_call){ done, NULL, ctx });
	arena_release(&a);
	return e;
}

enum err
feed_tail(struct feed *f, int64_t after_event, int most,
    void (*done)(void *ctx, enum err e, const struct feed_event *events, size_t n), void *ctx)
{
	struct arena a;
	enum err e;

	arena_init(&a, SCRATCH_MAX);
	e = ask_rows(f, STMT_FEED_TAIL, PG_ARGS(pg_int(&a, after_event), pg_int(&a, most)),
	    &(struct rows_call){ done, NULL, ctx });
	arena_release(&a);
	return e;
}

enum err
feed_heads(struct feed *f, const int64_t *streams, size_t n,
    void (*done)(void *ctx, enum err e, const struct feed_want *heads, size_t n), void *ctx)
{
	struct arena a;
	enum err e;

	arena_init(&a, SCRATCH_MAX);
	e = ask_rows(f, STMT_FEED_HEADS, PG_ARGS(pg_int_array(&a, streams, n)),
	    &(struct rows_call){ NULL, done, ctx });
	arena_release(&a);
	return e;
}

/* ---- typing */

struct typing_call {
	void (*done)(void *ctx, enum err e, struct str person, struct str hidden);
	void *ctx;
};

static void
on_typing(void *ctx, enum err e, const struct pg_rows *rows)
{
	struct typing_call *c = ctx;

	if (e == ERR_OK && rows->n == 0)
		e = ERR_FORBIDDEN;
	if (e == ERR_OK && pg_get_bool(rows, 0, 1))
		c->done(c->ctx, e, pg_get(rows, 0, 0), pg_get(rows, 0, 2));
	else
		c->done(c->ctx, e, STR_NULL, STR_NULL);
	heap_free(c);
}

enum err
feed_typing(struct feed *f, int64_t account, int64_t channel,
    void (*done)(void *ctx, enum err e, struct str person, struct str hidden), void *ctx)
{
	struct typing_call *c = heap_alloc(sizeof(*c));
	struct arena a;
	enum err e;

	*c = (struct typing_call){ done, ctx };
	arena_init(&a, SCRATCH_MAX);
	e = pg_pool_ask(f->pool, STMT_FEED_TYPING,
	    PG_ARGS(pg_int(&a, account), pg_int(&a, channel)), (struct pg_asker){ on_typing, c });
	arena_release(&a);
	if (e != ERR_OK)
		heap_free(c);
	return e;
}
