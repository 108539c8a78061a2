#include "domain/feed.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "link/heap.h"
#include "link/pg_async.h"
#include "wire/json.h"

#define CONNECTIONS 2
#define SCRATCH_MAX ((size_t)256 * 1024 * 1024)

struct feed {
	struct pg_pool *pool;
};

struct feed *
feed_new(const char *conninfo, void (*state)(void *ctx, bool up), void *ctx)
{
	struct feed *f = heap_alloc(sizeof(*f));

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

static int64_t
column(const struct pg_rows *rows, int row, int col)
{
	int64_t v = 0;

	pg_get_int(rows, row, col, &v);
	return v;
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

/* ---- picture: three questions in a row; what they bring lives in the call's arena */

struct picture_call {
	struct feed *feed;
	struct arena arena;
	struct feed_access *access;
	size_t n_access;
	struct feed_claim *claims;
	size_t n_claims;
	void (*done)(void *ctx, enum err e, const struct feed_picture *p);
	void *ctx;
};

static void
picture_end(struct picture_call *c, enum err e)
{
	struct feed_picture p = { c->access, c->n_access, c->claims, c->n_claims };

	c->done(c->ctx, e, e == ERR_OK ? &p : NULL);
	arena_release(&c->arena);
	heap_free(c);
}

/* Fills ids, accounts and (for tokens) hashes of the claims of one kind. */
static size_t
claims_of_kind(struct picture_call *c, bool tokens, const char *args[3])
{
	int64_t *ids = arena_calloc(&c->arena, c->n_claims, sizeof(*ids));
	int64_t *accounts = arena_calloc(&c->arena, c->n_claims, sizeof(*accounts));
	struct str *hashes = arena_calloc(&c->arena, c->n_claims, sizeof(*hashes));
	size_t n = 0;

	for (size_t i = 0; i < c->n_claims; i++) {
		if (c->claims[i].is_token != tokens)
			continue;
		ids[n] = c->claims[i].credential;
		accounts[n] = c->claims[i].account;
		if (tokens)
			hashes[n] = str_of(pg_bytea(&c->arena, c->claims[i].hash, CRYPT_SHA256_LEN));
		n++;
	}
	args[0] = pg_int_array(&c->arena, ids, n);
	args[1] = pg_int_array(&c->arena, accounts, n);
	args[2] = pg_text_array(&c->arena, hashes, n);
	return n;
}

static void
mark_valid(struct picture_call *c, bool tokens, const struct pg_rows *rows)
{
	for (int row = 0; row < rows->n; row++)
		for (size_t i = 0; i < c->n_claims; i++)
			if (c->claims[i].is_token == tokens &&
			    c->claims[i].credential == column(rows, row, 0) &&
			    c->claims[i].account == column(rows, row, 1))
				c->claims[i].valid = true;
}

static void
on_tokens(void *ctx, enum err e, const struct pg_rows *rows)
{
	struct picture_call *c = ctx;

	if (e == ERR_OK)
		mark_valid(c, true, rows);
	picture_end(c, e);
}

static void
ask_tokens(struct picture_call *c)
{
	const char *args[3];
	enum err e = ERR_OK;

	if (claims_of_kind(c, true, args) > 0) {
		e = pg_pool_ask(c->feed->pool, STMT_FEED_TOKENS, (struct pg_args){ 3, args },
		    (struct pg_asker){ on_tokens, c });
		if (e == ERR_OK)
			return;
	}
	picture_end(c, e);
}

static void
on_sessions(void *ctx, enum err e, const struct pg_rows *rows)
{
	struct picture_call *c = ctx;

	if (e != ERR_OK) {
		picture_end(c, e);
		return;
	}
	mark_valid(c, false, rows);
	ask_tokens(c);
}

static void
ask_sessions(struct picture_call *c)
{
	const char *args[3];
	enum err e;

	if (claims_of_kind(c, false, args) == 0) {
		ask_tokens(c);
		return;
	}
	e = pg_pool_ask(c->feed->pool, STMT_FEED_CREDENTIALS, (struct pg_args){ 2, args },
	    (struct pg_asker){ on_sessions, c });
	if (e != ERR_OK)
		picture_end(c, e);
}

static int
by_account(const void *a, const void *b)
{
	const struct feed_access *x = a, *y = b;

	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	if ((x->kind == FEED_CHANNEL) != (y->kind == FEED_CHANNEL))
		return y->kind == FEED_CHANNEL ? -1 : 1;
	return x->stream < y->stream ? -1 : x->stream > y->stream;
}

static void
on_access(void *ctx, enum err e, const struct pg_rows *rows)
{
	struct picture_call *c = ctx;

	if (e != ERR_OK) {
		picture_end(c, e);
		return;
	}
	c->access = arena_calloc(&c->arena, (size_t)rows->n, sizeof(*c->access));
	for (int row = 0; row < rows->n; row++) {
		struct feed_access *a = &c->access[c->n_access];
		struct str kind = pg_get(rows, row, 2), name = pg_get(rows, row, 5);

		a->account = column(rows, row, 0);
		a->stream = column(rows, row, 1);
		a->parent = column(rows, row, 3);
		a->rev = column(rows, row, 4);
		if (kind.len != 1 || strchr("scu", kind.p[0]) == NULL)
			continue;
		a->kind = (enum feed_kind)kind.p[0];
		if (name.p != NULL)
			a->name = (struct str){ arena_strndup(&c->arena, name.p, name.len), name.len };
		c->n_access++;
	}
	qsort(c->access, c->n_access, sizeof(*c->access), by_account);
	ask_sessions(c);
}

enum err
feed_picture(struct feed *f, const int64_t *accounts, size_t n, const struct feed_claim *claims,
    size_t n_claims, void (*done)(void *ctx, enum err e, const struct feed_picture *p), void *ctx)
{
	struct picture_call *c = heap_alloc(sizeof(*c));
	enum err e;

	c->feed = f;
	c->done = done;
	c->ctx = ctx;
	c->n_claims = n_claims;
	arena_init(&c->arena, SCRATCH_MAX);
	c->claims = arena_calloc(&c->arena, n_claims, sizeof(*claims));
	if (n_claims > 0)
		memcpy(c->claims, claims, n_claims * sizeof(*claims));
	for (size_t i = 0; i < n_claims; i++)
		c->claims[i].valid = false;
	e = pg_pool_ask(f->pool, STMT_FEED_ACCESS, PG_ARGS(pg_int_array(&c->arena, accounts, n)),
	    (struct pg_asker){ on_access, c });
	if (e != ERR_OK) {
		arena_release(&c->arena);
		heap_free(c);
	}
	return e;
}

/* ---- events and heads */

struct rows_call {
	void (*events)(void *ctx, enum err e, const struct feed_event *events, size_t n);
	void (*heads)(void *ctx, enum err e, const struct feed_want *heads, size_t n);
	void *ctx;
};

static void
read_event(const struct pg_rows *rows, int row, struct feed_event *ev)
{
	int64_t access = column(rows, row, 6);
	struct str kind = pg_get(rows, row, 3);

	ev->stream = column(rows, row, 1);
	ev->kind = kind.len == 1 ? (enum feed_kind)kind.p[0] : FEED_CHANNEL;
	ev->e.event_id = column(rows, row, 0);
	ev->e.rev = column(rows, row, 2);
	ev->e.parent = column(rows, row, 4);
	ev->e.parent_rev = column(rows, row, 5);
	ev->e.subject = column(rows, row, 7);
	ev->e.type = pg_get(rows, row, 8);
	ev->e.body = pg_get(rows, row, 10);
	ev->e.access = access > 0 && access < BUS_ACCESS__MAX ? (enum bus_access)access : BUS_NONE;
	ev->broken = !bus_type_is_valid(ev->e.type) || !bus_body_is_valid(ev->e.body);
	if (ev->broken)
		log_error("event cannot be sent", lf_int("event", ev->e.event_id), lf_strn("type", ev->e.type));
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
		heads[i] = (struct feed_want){ column(rows, (int)i, 0), column(rows, (int)i, 1) };
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
