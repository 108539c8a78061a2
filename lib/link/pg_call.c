/* Calls: statements in a pipeline, results into the arena. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "link/pg_impl.h"

/* What was queued, in order; each brings one result. */
enum sent_kind { SENT_FRAME, SENT_PREPARE, SENT_STEP };

struct sent {
	enum sent_kind kind;
	int step;
};

#define SENT_MAX (2 * PG_STEPS + 2)

struct pipeline {
	struct pg *pg;
	struct arena *arena;
	enum pg_transaction how;
	struct pg_step *steps;
	int nsteps;
	struct sent sent[SENT_MAX];
	int nsent;
};

static bool
note_sent(struct pipeline *c, int ok, enum sent_kind kind, int step)
{
	if (!ok)
		return false;
	c->sent[c->nsent++] = (struct sent){ kind, step };
	return true;
}

static bool
send_frame(struct pipeline *c, const char *sql)
{
	int ok = PQsendQueryParams(c->pg->conn, sql, 0, NULL, NULL, NULL, NULL, 0);

	return note_sent(c, ok, SENT_FRAME, -1);
}

static bool
is_queued(const struct pipeline *c, enum stmt stmt)
{
	for (int i = 0; i < c->nsent; i++) {
		if (c->sent[i].kind == SENT_PREPARE && c->steps[c->sent[i].step].stmt == stmt)
			return true;
	}
	return false;
}

static bool
send_step(struct pipeline *c, int i)
{
	struct pg *pg = c->pg;
	const struct pg_step *s = &c->steps[i];
	const struct stmt_def *def = &stmt_table[s->stmt];

	if (s->args.n != def->nparams)
		log_fatal(
		    EX_SOFTWARE, "statement called with a wrong number of parameters", def->name);
	if (pg->unnamed)
		return note_sent(c,
		    PQsendQueryParams(
			pg->conn, def->sql, s->args.n, NULL, s->args.v, NULL, NULL, 0),
		    SENT_STEP, i);
	if (!pg->prepared[s->stmt] && !is_queued(c, s->stmt) &&
	    !note_sent(c, PQsendPrepare(pg->conn, def->name, def->sql, 0, NULL), SENT_PREPARE, i))
		return false;
	return note_sent(c,
	    PQsendQueryPrepared(pg->conn, def->name, s->args.n, s->args.v, NULL, NULL, 0),
	    SENT_STEP, i);
}

static bool
send_all(struct pipeline *c)
{
	if (c->how == PG_BEGIN && !send_frame(c, "BEGIN"))
		return false;
	for (int i = 0; i < c->nsteps; i++) {
		if (!send_step(c, i))
			return false;
	}
	if (c->how == PG_COMMIT && !send_frame(c, "COMMIT"))
		return false;
	return PQpipelineSync(c->pg->conn) == 1;
}

/* Takes res. */
static enum err
take(struct pipeline *c, const struct sent *s, PGresult *res)
{
	ExecStatusType status = PQresultStatus(res);
	enum err e = ERR_OK;

	if (status == PGRES_FATAL_ERROR || status == PGRES_NONFATAL_ERROR ||
	    status == PGRES_BAD_RESPONSE) {
		e = pg_fault_result(c->pg, res);
	} else if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
		if (s->kind == SENT_PREPARE)
			c->pg->prepared[c->steps[s->step].stmt] = true;
		if (s->kind == SENT_STEP && c->arena != NULL) {
			c->steps[s->step].rows = pg_rows_take(c->arena, res);
			return ERR_OK;
		}
	}
	PQclear(res);
	return e;
}

/* The first error of all results; *alive false when the connection is lost. */
static enum err
receive(struct pipeline *c, int64_t until, bool *alive)
{
	enum err first = ERR_OK;
	PGresult *res = NULL;

	*alive = false;
	for (int i = 0; i < c->nsent; i++) {
		if (!pg_next(c->pg, until, &res) || res == NULL)
			return pg_fault_lost(c->pg, PQerrorMessage(c->pg->conn), true);
		enum err e = take(c, &c->sent[i], res);
		if (first == ERR_OK)
			first = e;
		while (pg_next(c->pg, until, &res) && res != NULL)
			PQclear(res);
		if (PQstatus(c->pg->conn) != CONNECTION_OK)
			return first != ERR_OK ? first
					       : pg_fault_lost(c->pg, "connection lost", true);
	}
	if (!pg_next(c->pg, until, &res) || res == NULL ||
	    PQresultStatus(res) != PGRES_PIPELINE_SYNC) {
		PQclear(res);
		return pg_fault_lost(c->pg, PQerrorMessage(c->pg->conn), true);
	}
	PQclear(res);
	*alive = PQexitPipelineMode(c->pg->conn) == 1;
	return first;
}

static enum err
call_once(struct pipeline *c)
{
	struct pg *pg = c->pg;
	bool alive;
	enum err e;

	pg_fault_clear(pg);
	if (pg->conn == NULL && (c->how == PG_INSIDE || c->how == PG_COMMIT))
		return pg_fault_lost(pg, "connection lost within a transaction", true);
	TRY(pg_connect(pg));
	c->nsent = 0;
	int64_t until = pg_until(pg);
	if (PQenterPipelineMode(pg->conn) != 1 || !send_all(c) || !pg_flush(pg, until)) {
		e = pg_fault_lost(pg, PQerrorMessage(pg->conn), true);
		pg_close(pg);
		return e;
	}
	pg->trips++;
	e = receive(c, until, &alive);
	if (!alive)
		pg_close(pg);
	else
		pg->in_transaction = PQtransactionStatus(pg->conn) != PQTRANS_IDLE;
	return e;
}

/* The statement is not what the server remembers: true when the call can be made anew. */
static bool
forgets(struct pg *pg)
{
	if (pg->forgot == PG_FORGOT_NAME)
		pg->unnamed = true;
	else if (pg->forgot == PG_FORGOT_PLAN)
		pg_close(pg);
	return pg->forgot != PG_REMEMBERS;
}

enum err
pg_batch(struct pg *pg, struct arena *a, enum pg_transaction how, struct pg_step *steps, int n)
{
	struct pipeline c = { .pg = pg, .arena = a, .how = how, .steps = steps, .nsteps = n };
	int64_t began = clock_mono_us();
	enum err e = ERR_INTERNAL;
	bool named = !pg->unnamed;

	if (n < 0 || n > PG_STEPS)
		log_fatal(EX_SOFTWARE, "too many statements in a batch", "pg_batch");
	for (int try = 0; try < PG_TRIES; try++) {
		e = call_once(&c);
		if (e == ERR_OK)
			break;
		pg_rollback(pg);
		if (how == PG_INSIDE || how == PG_COMMIT)
			break;
		if (forgets(pg) && named) {
			named = false;
			continue;
		}
		if (e != ERR_SERIALIZATION || how != PG_WHOLE)
			break;
	}
	pg->spent_us += clock_mono_us() - began;
	return e;
}

void
pg_rollback(struct pg *pg)
{
	struct pg_fault fault = pg->fault;
	PGresult *res;

	if (pg->conn == NULL || !pg->in_transaction)
		return;
	int64_t until = pg_until(pg);
	bool ok = PQsendQuery(pg->conn, "ROLLBACK") == 1 && pg_flush(pg, until);
	while (ok) {
		ok = pg_next(pg, until, &res);
		if (!ok || res == NULL)
			break;
		PQclear(res);
	}
	if (!ok || PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
		pg_close(pg);
	pg->in_transaction = false;
	pg->fault = fault;
}

enum err
pg_run(struct pg *pg, struct arena *a, enum stmt stmt, struct pg_args args, struct pg_rows *rows)
{
	struct pg_step step = { .stmt = stmt, .args = args };

	TRY(pg_batch(pg, a, PG_WHOLE, &step, 1));
	if (rows != NULL)
		*rows = step.rows;
	return ERR_OK;
}
