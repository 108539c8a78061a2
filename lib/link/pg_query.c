/* SQL of one's own. */
#include "link/pg_impl.h"

/* One good result: the arena takes the rows of the last, others are dropped. */
static void
keep(PGresult *res, struct arena *a, struct pg_rows *rows)
{
	if (a != NULL)
		*rows = pg_rows_take(a, res);
	else
		PQclear(res);
}

/* All results of what was sent; the last good one into rows when none failed. a NULL: none is kept.
 */
static enum err
collect(struct pg *pg, struct arena *a, struct pg_rows *rows)
{
	int64_t until = pg_until(pg);
	struct pg_rows last = { 0 };
	enum err first = ERR_OK;
	PGresult *res;

	for (;;) {
		if (!pg_flush(pg, until) || !pg_next(pg, until, &res)) {
			first = pg_fault_lost(pg, PQerrorMessage(pg->conn), true);
			pg_close(pg);
			return first;
		}
		if (res == NULL)
			break;
		ExecStatusType status = PQresultStatus(res);
		if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
		    status == PGRES_EMPTY_QUERY) {
			keep(res, a, &last);
			continue;
		}
		enum err e = pg_fault_result(pg, res);
		first = first != ERR_OK ? first : e;
		PQclear(res);
	}
	pg->trips++;
	if (PQstatus(pg->conn) != CONNECTION_OK)
		pg_close(pg);
	else
		pg->in_transaction = PQtransactionStatus(pg->conn) != PQTRANS_IDLE;
	if (first == ERR_OK && rows != NULL)
		*rows = last;
	return first;
}

static enum err
send_failed(struct pg *pg)
{
	enum err e = pg_fault_lost(pg, PQerrorMessage(pg->conn), false);

	pg_close(pg);
	return e;
}

enum err
pg_query(struct pg *pg, struct arena *a, const char *sql, struct pg_args args, struct pg_rows *rows)
{
	pg_fault_clear(pg);
	TRY(pg_connect(pg));
	if (!PQsendQueryParams(pg->conn, sql, args.n, NULL, args.v, NULL, NULL, 0))
		return send_failed(pg);
	return collect(pg, rows == NULL ? NULL : a, rows);
}

enum err
pg_script(struct pg *pg, const char *sql)
{
	pg_fault_clear(pg);
	TRY(pg_connect(pg));
	if (!PQsendQuery(pg->conn, sql))
		return send_failed(pg);
	enum err e = collect(pg, NULL, NULL);
	if (e != ERR_OK)
		pg_rollback(pg);
	return e;
}
