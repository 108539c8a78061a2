/* The connection: making it, losing it, waiting for it. */
#include "link/pg.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "link/pg_impl.h"

#define CONNECT_MS 2000
#define MARGIN_MS 1000	/* what a call may take beyond statement_timeout */

struct pg_options
pg_options_handler(const char *conninfo, const char *application)
{
	return (struct pg_options){ .conninfo = conninfo, .application = application,
		.connect_ms = 800, .statement_ms = 5000, .lock_ms = 2000, .idle_ms = 10000 };
}

struct pg *
pg_new(const struct pg_options *o)
{
	struct pg *pg = calloc(1, sizeof(*pg));

	if (pg == NULL)
		return NULL;
	pg->o = *o;
	return pg;
}

void
pg_free(struct pg *pg)
{
	if (pg == NULL)
		return;
	pg_close(pg);
	free(pg);
}

void
pg_close(struct pg *pg)
{
	if (pg->conn != NULL)
		PQfinish(pg->conn);
	pg->conn = NULL;
	pg->in_transaction = false;
	memset(pg->prepared, 0, sizeof(pg->prepared));
}

bool
pg_is_up(const struct pg *pg)
{
	return pg->conn != NULL;
}

const struct pg_fault *
pg_fault(const struct pg *pg)
{
	return &pg->fault;
}

void
pg_deadline(struct pg *pg, int64_t mono_ms)
{
	pg->deadline = mono_ms;
}

int64_t
pg_spent_us(const struct pg *pg)
{
	return pg->spent_us;
}

int
pg_trips(const struct pg *pg)
{
	return pg->trips;
}

void
pg_spent_reset(struct pg *pg)
{
	pg->spent_us = 0;
	pg->trips = 0;
}

int64_t
pg_until(const struct pg *pg)
{
	int64_t until = INT64_MAX;

	if (pg->o.statement_ms > 0)
		until = clock_mono_ms() + pg->o.statement_ms + MARGIN_MS;
	if (pg->deadline != 0 && pg->deadline < until)
		until = pg->deadline;
	return until;
}

/* Waits for `events` of poll(2) on the connection. False at the deadline or on failure. */
static bool
wait_for(PGconn *conn, short events, int64_t until)
{
	struct pollfd pfd = { PQsocket(conn), events, 0 };

	for (;;) {
		int timeout = -1;

		if (until != INT64_MAX) {
			int64_t left = until - clock_mono_ms();
			if (left <= 0)
				return false;
			timeout = left > 60000 ? 60000 : (int)left;
		}
		int n = poll(&pfd, 1, timeout);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}

bool
pg_flush(struct pg *pg, int64_t until)
{
	for (;;) {
		int left = PQflush(pg->conn);

		if (left == 0)
			return true;
		if (left < 0 || !wait_for(pg->conn, POLLIN | POLLOUT, until))
			return false;
		if (!PQconsumeInput(pg->conn))
			return false;
	}
}

bool
pg_next(struct pg *pg, int64_t until, PGresult **res)
{
	while (PQisBusy(pg->conn)) {
		if (!wait_for(pg->conn, POLLIN, until) || !PQconsumeInput(pg->conn))
			return false;
	}
	*res = PQgetResult(pg->conn);
	return true;
}

/* libpq writes notices to stderr unless told otherwise; ours are all in results. */
static void
drop_notice(void *arg, const PGresult *res)
{
	(void)arg;
	(void)res;
}

static PGconn *
connect_start(const struct pg *pg)
{
	char settings[2400], tcp[16];
	const char *keys[] = { "dbname", "application_name", "client_encoding", "options",
		"tcp_user_timeout", "keepalives_idle", NULL };
	const char *values[] = { pg->o.conninfo, pg->o.application, "UTF8", settings, tcp, "30",
		NULL };

	snprintf(settings, sizeof(settings), "%s -c statement_timeout=%d -c lock_timeout=%d "
	    "-c idle_in_transaction_session_timeout=%d -c timezone=UTC -c jit=off",
	    pg_site_options(), pg->o.statement_ms, pg->o.lock_ms, pg->o.idle_ms);
	snprintf(tcp, sizeof(tcp), "%d", pg->o.statement_ms + MARGIN_MS);
	return PQconnectStartParams(keys, values, 1);
}

/* PQconnectPoll() until it is done. True when connected. */
static bool
connect_finish(PGconn *conn, int64_t until)
{
	for (;;) {
		switch (PQconnectPoll(conn)) {
		case PGRES_POLLING_OK:
			return true;
		case PGRES_POLLING_READING:
			if (!wait_for(conn, POLLIN, until))
				return false;
			break;
		case PGRES_POLLING_WRITING:
			if (!wait_for(conn, POLLOUT, until))
				return false;
			break;
		case PGRES_POLLING_FAILED:
		default:
			return false;
		}
	}
}

static enum err
connect_now(struct pg *pg)
{
	int64_t until = clock_mono_ms() + (pg->o.connect_ms > 0 ? pg->o.connect_ms : CONNECT_MS);

	if (pg->deadline != 0 && pg->deadline < until)
		until = pg->deadline;
	pg->conn = connect_start(pg);
	if (pg->conn == NULL)
		return pg_fault_lost(pg, "no memory", false);
	if (PQstatus(pg->conn) == CONNECTION_BAD || !connect_finish(pg->conn, until) ||
	    PQsetnonblocking(pg->conn, 1) != 0) {
		char why[256];
		const char *said = PQerrorMessage(pg->conn);
		snprintf(why, sizeof(why), "%s", *said != '\0' ? said : "timeout");
		pg_close(pg);
		return pg_fault_lost(pg, why, false);
	}
	PQsetNoticeReceiver(pg->conn, drop_notice, NULL);
	if (pg->was_up)
		metric_add(METRIC_db_reconnects, 1);
	pg->was_up = true;
	return ERR_OK;
}

/* An idle connection says nothing of itself; when it does, the server is taking leave. */
static bool
has_gone(const struct pg *pg)
{
	struct pollfd pfd = { PQsocket(pg->conn), POLLIN, 0 };

	return PQstatus(pg->conn) != CONNECTION_OK || poll(&pfd, 1, 0) != 0;
}

enum err
pg_connect(struct pg *pg)
{
	int64_t began = clock_mono_us();

	if (pg->conn != NULL && !pg->in_transaction && has_gone(pg))
		pg_close(pg);
	if (pg->conn != NULL)
		return ERR_OK;
	enum err e = connect_now(pg);
	pg->spent_us += clock_mono_us() - began;
	return e;
}
