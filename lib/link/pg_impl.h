/*
 * pg_impl - what the files behind pg.h share. Nobody else includes this or libpq-fe.h.
 */
#ifndef MOOT_LINK_PG_IMPL_H
#define MOOT_LINK_PG_IMPL_H

#include <libpq-fe.h>

#include "link/pg.h"
#include "link/pg_site.h"

/* What the server has no longer as this process remembers it. */
enum pg_forgot {
	PG_REMEMBERS = 0,
	PG_FORGOT_NAME, /* 26000 no such statement, 42P05 one exists: a pooler stands between */
	PG_FORGOT_PLAN, /* 0A000 the result type changed, as by a migration */
};

struct pg {
	PGconn *conn;			/* NULL when there is none */
	struct pg_options o;
	struct pg_fault fault;
	int64_t deadline;		/* 0 or of clock_mono_ms() */
	int64_t spent_us;
	int trips;
	enum pg_forgot forgot;		/* what the last failed call ran into */
	bool was_up;			/* a connection existed once: the next one is a reconnect */
	bool in_transaction;		/* PG_BEGIN succeeded and nothing ended it */
	bool unnamed;			/* behind a pooler: no named statements */
	bool prepared[STMT__MAX];
};

/* Fills *f (but for `sent`) from a failed result, names the error and logs what is the server's
 * fault or ours. Without a SQLSTATE, as libpq makes it for a lost connection: ERR_UNAVAILABLE. */
enum err pg_classify(const PGresult *res, struct pg_fault *f);
/* Such a statement may be sent anew, in another way. */
enum pg_forgot pg_forgot(const PGresult *res);

/* Forgets the last fault. */
void pg_fault_clear(struct pg *pg);
/* Records a failed result and names the error. */
enum err pg_fault_result(struct pg *pg, const PGresult *res);
/* Records that no answer came; sent as in struct pg_fault. Always ERR_UNAVAILABLE. */
enum err pg_fault_lost(struct pg *pg, const char *why, bool sent);

/* A result as rows, view into res; or, with the arena, which takes res. */
struct pg_rows pg_rows_of(const PGresult *res);
struct pg_rows pg_rows_take(struct arena *a, PGresult *res);

/* The moment a call begun now must have ended; INT64_MAX for never. */
int64_t pg_until(const struct pg *pg);
/* Sends all that is queued, reading meanwhile. False when the connection or the time is gone. */
bool pg_flush(struct pg *pg, int64_t until);
/* The next result, NULL between statements. False when the connection or the time is gone. */
bool pg_next(struct pg *pg, int64_t until, PGresult **res);

#endif
