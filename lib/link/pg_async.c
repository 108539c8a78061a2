#include "link/pg_async.h"

#include <stdio.h>
#include <string.h>

#include "base/crypt.h"
#include "base/heap.h"
#include "base/log.h"
#include "base/metric.h"
#include "link/loop.h"
#include "link/pg_impl.h"

#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 2000

struct ask {
	struct ask *next;
	struct pg_asker asker;
	enum stmt stmt;
	bool retried;
	int n;
	const char *args[PG_ASK_ARGS];	/* into the bytes behind the struct */
};

enum link_state { DOWN, CONNECTING, IDLE, FORGETTING, PREPARING, RUNNING };

struct pg_link {
	struct pg_pool *pool;
	PGconn *conn;
	enum link_state state;
	struct loop_io io;
	struct loop_timer timer;	/* DOWN: next try; else: deadline of what is going on */
	struct ask *ask;		/* FORGETTING, PREPARING, RUNNING */
	PGresult *res;			/* the first result of what runs, until it is over */
	int64_t pause_ms;
	bool was_up;
	bool unnamed;
	bool prepared[STMT__MAX];
};

struct pg_pool {
	char *conninfo;
	const char *application;
	void (*state)(void *ctx, bool up);
	void *ctx;
	struct ask *first, **last;
	size_t waiting;
	struct loop_timer begin;	/* gives what waits to links that are idle */
	int up, size;			/* links that have a connection, and all */
	bool closing;
	struct pg_link links[PG_POOL_MAX];
};

static void on_ready(void *ctx, int events);
static void take_next(struct pg_link *l);

static void
answer(struct ask *a, enum err e, const struct pg_rows *rows)
{
	a->asker.done(a->asker.ctx, e, rows);
	heap_free(a);
}

static struct ask *
pop(struct pg_pool *p)
{
	struct ask *a = p->first;

	if (a == NULL)
		return NULL;
	p->first = a->next;
	if (p->first == NULL)
		p->last = &p->first;
	p->waiting--;
	return a;
}

static void
fail_waiting(struct pg_pool *p)
{
	struct ask *a, *list = p->first;

	p->first = NULL;
	p->last = &p->first;
	p->waiting = 0;
	while ((a = list) != NULL) {
		list = a->next;
		answer(a, ERR_UNAVAILABLE, NULL);
	}
}

static int64_t
jitter(int64_t ms)
{
	uint16_t r;

	crypt_random(&r, sizeof(r));
	return ms + ms * r / 4 / 65536;
}

/* Whatever state it is in: no connection from here on, the next try after a pause. */
static void
drop(struct pg_link *l, const char *why)
{
	struct pg_pool *p = l->pool;
	struct ask *a = l->ask;
	bool had = l->state >= IDLE;

	if (loop_io_is_active(&l->io))
		loop_io_stop(&l->io);
	if (why != NULL) {
		metric_add(METRIC_db_errors, 1);
		log_warn("database connection", lf_strn("said", str_trim(str_of(why))));
	}
	PQclear(l->res);
	l->res = NULL;
	PQfinish(l->conn);
	l->conn = NULL;
	l->ask = NULL;
	l->state = DOWN;
	memset(l->prepared, 0, sizeof(l->prepared));
	p->up -= had;
	if (a != NULL)
		answer(a, ERR_UNAVAILABLE, NULL);
	if (p->closing)
		return;
	loop_timer_once(&l->timer, jitter(l->pause_ms));
	l->pause_ms = l->pause_ms * 2 < PAUSE_MAX_MS ? l->pause_ms * 2 : PAUSE_MAX_MS;
	if (had && p->up == 0) {
		p->state(p->ctx, false);
		fail_waiting(p);
	}
}

static void
connect_start(struct pg_link *l)
{
	const char *const keys[] = { "dbname", "fallback_application_name", "client_encoding",
		"options", NULL };
	const char *const values[] = { l->pool->conninfo, l->pool->application, "UTF8",
		pg_site_options(), NULL };

	l->conn = PQconnectStartParams(keys, values, 1);
	l->state = CONNECTING;
	if (l->conn == NULL || PQstatus(l->conn) == CONNECTION_BAD ||
	    PQsetnonblocking(l->conn, 1) != 0) {
		drop(l, l->conn == NULL ? "out of memory" : PQerrorMessage(l->conn));
		return;
	}
	loop_timer_once(&l->timer, PG_CONNECT_MS);
	loop_io_start(&l->io, PQsocket(l->conn), LOOP_WRITE, on_ready, l);
}

static void
connected(struct pg_link *l)
{
	struct pg_pool *p = l->pool;

	loop_timer_stop(&l->timer);
	l->state = IDLE;
	l->pause_ms = PAUSE_MIN_MS;
	if (l->was_up)
		metric_add(METRIC_db_reconnects, 1);
	l->was_up = true;
	loop_io_start(&l->io, PQsocket(l->conn), LOOP_READ, on_ready, l);
	if (p->up++ == 0)
		p->state(p->ctx, true);
	take_next(l);
}

/* libpq may change its socket between steps, so the watcher starts anew each time. */
static void
connect_step(struct pg_link *l)
{
	PostgresPollingStatusType status = PQconnectPoll(l->conn);

	loop_io_stop(&l->io);
	if (status == PGRES_POLLING_OK)
		connected(l);
	else if (status == PGRES_POLLING_FAILED)
		drop(l, PQerrorMessage(l->conn));
	else
		loop_io_start(&l->io, PQsocket(l->conn),
		    status == PGRES_POLLING_READING ? LOOP_READ : LOOP_WRITE, on_ready, l);
}

static int
send_forget(struct pg_link *l)
{
	char sql[128];

	l->state = FORGETTING;
	l->prepared[l->ask->stmt] = false;
	snprintf(sql, sizeof(sql), "DEALLOCATE \"%s\"", stmt_table[l->ask->stmt].name);
	return PQsendQuery(l->conn, sql);
}

/* What l->ask needs next. */
static int
send_ask(struct pg_link *l)
{
	struct ask *a = l->ask;
	const struct stmt_def *s = &stmt_table[a->stmt];

	if (!l->unnamed && !l->prepared[a->stmt]) {
		l->state = PREPARING;
		return PQsendPrepare(l->conn, s->name, s->sql, s->nparams, NULL);
	}
	l->state = RUNNING;
	return l->unnamed
	    ? PQsendQueryParams(l->conn, s->sql, a->n, NULL, a->args, NULL, NULL, 0)
	    : PQsendQueryPrepared(l->conn, s->name, a->n, a->args, NULL, NULL, 0);
}

static void
flush(struct pg_link *l)
{
	int left = PQflush(l->conn);

	if (left < 0)
		drop(l, PQerrorMessage(l->conn));
	else
		loop_io_events(&l->io, left > 0 ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

/* sent: what PQsend…() returned. */
static void
flush_sent(struct pg_link *l, int sent)
{
	if (sent)
		flush(l);
	else
		drop(l, PQerrorMessage(l->conn));
}

static void
take_next(struct pg_link *l)
{
	if (l->state != IDLE || (l->ask = pop(l->pool)) == NULL)
		return;
	loop_timer_once(&l->timer, PG_ASK_MS);
	flush_sent(l, send_ask(l));
}

/* Takes res. */
static void
finish(struct pg_link *l, PGresult *res, bool ok)
{
	struct ask *a = l->ask;
	struct pg_fault fault;
	struct pg_rows rows = pg_rows_of(res);

	l->ask = NULL;
	l->state = IDLE;
	loop_timer_stop(&l->timer);
	answer(a, ok ? ERR_OK : pg_classify(res, &fault), ok ? &rows : NULL);
	PQclear(res);
	take_next(l);
}

/* The statement failed because the server remembers another one: once more, in another way. True
 * when that was sent. */
static bool
asked_anew(struct pg_link *l, const PGresult *res)
{
	enum pg_forgot forgot = pg_forgot(res);

	if (l->state != FORGETTING && (forgot == PG_REMEMBERS || l->ask->retried))
		return false;
	l->ask->retried = true;
	if (l->state == FORGETTING || forgot == PG_FORGOT_NAME)
		l->unnamed = true;
	flush_sent(
	    l, forgot == PG_FORGOT_PLAN && l->state != FORGETTING ? send_forget(l) : send_ask(l));
	return true;
}

/* What was sent is over. */
static void
step_over(struct pg_link *l)
{
	PGresult *res = l->res;
	ExecStatusType status = PQresultStatus(res);
	bool ok = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;

	l->res = NULL;
	if (ok ? l->state == RUNNING : !asked_anew(l, res)) {
		finish(l, res, ok);
		return;
	}
	PQclear(res);
	if (!ok)
		return;
	if (l->state == PREPARING)
		l->prepared[l->ask->stmt] = true;
	flush_sent(l, send_ask(l));
}

/* One result, or NULL behind the last one of a step. False: the connection was dropped. */
static bool
take_result(struct pg_link *l)
{
	PGresult *res = PQgetResult(l->conn);

	if (PQstatus(l->conn) == CONNECTION_BAD || (res == NULL && l->res == NULL)) {
		PQclear(res);
		drop(l, PQerrorMessage(l->conn));
		return false;
	}
	if (res == NULL)
		step_over(l);
	else if (l->res == NULL)
		l->res = res;
	else
		PQclear(res);
	return l->conn != NULL;
}

static void
on_ready(void *ctx, int events)
{
	struct pg_link *l = ctx;

	if (l->state == CONNECTING) {
		connect_step(l);
		return;
	}
	if ((events & LOOP_READ) != 0 && PQconsumeInput(l->conn) == 0) {
		drop(l, PQerrorMessage(l->conn));
		return;
	}
	while (l->ask != NULL && PQisBusy(l->conn) == 0) {
		if (!take_result(l))
			return;
	}
	if (PQstatus(l->conn) == CONNECTION_BAD)
		drop(l, PQerrorMessage(l->conn));
	else
		flush(l);
}

static void
on_timer(void *ctx)
{
	struct pg_link *l = ctx;

	if (l->state == DOWN)
		connect_start(l);
	else
		drop(l, l->state == CONNECTING ? "no connection in time" : "no answer in time");
}

static void
on_begin(void *ctx)
{
	struct pg_pool *p = ctx;

	for (int i = 0; i < p->size && p->first != NULL; i++)
		take_next(&p->links[i]);
}

struct pg_pool *
pg_pool_new(const char *conninfo, const char *application, int size,
    void (*state)(void *ctx, bool up), void *ctx)
{
	struct pg_pool *p = heap_alloc(sizeof(*p));
	size_t n = strlen(conninfo) + 1;

	p->conninfo = memcpy(heap_alloc(n), conninfo, n);
	p->application = application;
	p->state = state;
	p->ctx = ctx;
	p->last = &p->first;
	p->begin.fire = on_begin;
	p->begin.ctx = p;
	p->size = size < PG_POOL_MAX ? size : PG_POOL_MAX;
	for (int i = 0; i < p->size; i++) {
		p->links[i].pool = p;
		p->links[i].pause_ms = PAUSE_MIN_MS;
		p->links[i].timer.fire = on_timer;
		p->links[i].timer.ctx = &p->links[i];
		loop_timer_once(&p->links[i].timer, 0);
	}
	return p;
}

void
pg_pool_free(struct pg_pool *p)
{
	if (p == NULL)
		return;
	p->closing = true;
	loop_timer_stop(&p->begin);
	for (int i = 0; i < p->size; i++) {
		loop_timer_stop(&p->links[i].timer);
		if (p->links[i].conn != NULL)
			drop(&p->links[i], NULL);
	}
	fail_waiting(p);
	heap_free(p->conninfo);
	heap_free(p);
}

bool
pg_pool_is_up(const struct pg_pool *p)
{
	return p->up > 0;
}

static struct ask *
ask_new(enum stmt stmt, struct pg_args args, struct pg_asker asker)
{
	size_t lens[PG_ASK_ARGS], total = sizeof(struct ask);
	struct ask *a;
	char *to;

	for (int i = 0; i < args.n; i++) {
		lens[i] = args.v[i] == NULL ? 0 : strlen(args.v[i]) + 1;
		total += lens[i];
	}
	a = heap_alloc(total);
	a->asker = asker;
	a->stmt = stmt;
	a->n = args.n;
	to = (char *)(a + 1);
	for (int i = 0; i < args.n; i++) {
		a->args[i] = args.v[i] == NULL ? NULL : memcpy(to, args.v[i], lens[i]);
		to += lens[i];
	}
	return a;
}

enum err
pg_pool_ask(struct pg_pool *p, enum stmt stmt, struct pg_args args, struct pg_asker asker)
{
	struct ask *a;

	if (p->closing || p->up == 0)
		return ERR_UNAVAILABLE;
	if (p->waiting >= PG_POOL_QUEUE || args.n > PG_ASK_ARGS)
		return ERR_OVERLOAD;
	a = ask_new(stmt, args, asker);
	*p->last = a;
	p->last = &a->next;
	p->waiting++;
	/* Not here: a connection that breaks while a question is sent answers that one. */
	if (!loop_timer_is_active(&p->begin))
		loop_timer_once(&p->begin, 0);
	return ERR_OK;
}
