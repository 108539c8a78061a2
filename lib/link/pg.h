/*
 * pg - the one door to libpq for processes that may wait: one connection, named statements,
 * pipelines, one mapping from SQLSTATE to enum err.
 *
 * Invariants: a connection is made at first use and again at the first use after it was lost; every
 * wait has a deadline, after which the connection is closed and the outcome is unknown. Nothing is
 * retried whose outcome is unknown. A failed call leaves no open transaction behind.
 *
 * Parameters are NUL-terminated text (NULL is SQL NULL); results are text. Statements stand in
 * stmt_table (generated from sql/query) and are prepared once per connection, when first used, in
 * the same round trip. When the server has lost one (26000) or has it already (42P05), as behind a
 * pooler, the call is repeated once and this process sends statements unnamed from then on.
 *
 * Errors of every call that talks to the server:
 *   ERR_UNAVAILABLE  no connection, or lost, or a deadline (08*, 57P0x, 53*, 55P03, 57014, no
 *                    SQLSTATE at all); fault->sent tells whether the statement may have run
 *   UEnnn            raised by our own functions: the error whose code word is the message
 *   unique violations of a known constraint: ERR_USERNAME_TAKEN …, of others ERR_CONFLICT
 *   40001, 40P01     ERR_SERIALIZATION, after PG_TRIES tries where the whole transaction is one
 * call 22021, 22P05     ERR_UNREADABLE everything else  ERR_INTERNAL, logged here with its SQLSTATE
 */
#ifndef MOOT_LINK_PG_H
#define MOOT_LINK_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "link/statements.h"

#define PG_TRIES 3
#define PG_STEPS 8

struct pg;
struct pg_result;

struct pg_options {
	const char *conninfo;		/* borrowed for as long as the connection lives */
	const char *application;	/* application_name; borrowed */
	int connect_ms;			/* for making a connection; 0: 2,000 */
	int statement_ms;		/* statement_timeout; 0: none */
	int lock_ms;			/* lock_timeout; 0: none */
	int idle_ms;			/* idle_in_transaction_session_timeout; 0: none */
};

/* 800 ms, 5 s, 2 s, 10 s: what a request handler uses. */
struct pg_options pg_options_handler(const char *conninfo, const char *application);

/* What went wrong, for those who have to say more than the error. Empty strings when unknown. */
struct pg_fault {
	char sqlstate[6];	/* "" when the connection failed */
	char constraint[64];
	char message[256];	/* the server's; for logs and the command line, never for clients */
	char detail[512];	/* only of our own class UE */
	bool sent;		/* it may have been carried out although it failed */
};

struct pg_args {
	int n;
	const char *const *v;
};

/* PG_ARGS("1", text) and PG_NONE; live as long as the enclosing block. */
#define PG_ARGS(...) ((struct pg_args){ \
	(int)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)), \
	(const char *const[]){ __VA_ARGS__ } })
#define PG_NONE ((struct pg_args){ 0, NULL })

/* A result; in the arena. */
struct pg_rows {
	const struct pg_result *res;
	int n;		/* rows */
	int cols;
	int64_t affected;	/* of INSERT, UPDATE, DELETE; 0 otherwise */
};

struct pg_step {
	enum stmt stmt;
	struct pg_args args;
	struct pg_rows rows;	/* filled on success */
};

enum pg_transaction {
	PG_WHOLE = 0,  /* the steps are one transaction of their own; tried again on 40001, 40P01 */
	PG_BEGIN = 1,  /* BEGIN before the first step */
	PG_INSIDE = 2, /* between a PG_BEGIN and a PG_COMMIT call */
	PG_COMMIT = 3, /* COMMIT after the last step */
};

/* Does not connect yet. Strings in o are borrowed. NULL without memory. */
struct pg *pg_new(const struct pg_options *o);
void pg_free(struct pg *pg);	/* closes; NULL is fine */

/* Connects when there is no connection. ERR_UNAVAILABLE. */
enum err pg_connect(struct pg *pg);
/* The connection is there, as far as is known without asking. */
bool pg_is_up(const struct pg *pg);
/* Closes now; the next call connects again. */
void pg_close(struct pg *pg);
/* What the last failed call left; borrowed, valid until the next call. */
const struct pg_fault *pg_fault(const struct pg *pg);
/* No call waits beyond this moment of clock_mono_ms(); 0: only each call's own limits. */
void pg_deadline(struct pg *pg, int64_t mono_ms);
/* Microseconds spent in calls since the last pg_spent_reset(), and the number of round trips. */
int64_t pg_spent_us(const struct pg *pg);
int pg_trips(const struct pg *pg);
void pg_spent_reset(struct pg *pg);

/* One statement as one transaction. *rows is in the arena; rows may be NULL. */
enum err pg_run(
    struct pg *pg, struct arena *a, enum stmt stmt, struct pg_args args, struct pg_rows *rows);
/* 1 … PG_STEPS statements in one round trip; the first failure fails all and undoes all (also what
 * PG_BEGIN began). n may be 0 with PG_COMMIT and PG_BEGIN. */
enum err pg_batch(
    struct pg *pg, struct arena *a, enum pg_transaction how, struct pg_step *steps, int n);
/* Rolls back what PG_BEGIN began; nothing when there is none. */
void pg_rollback(struct pg *pg);
/* SQL of one's own, for migrations and the command line: one statement with parameters … */
enum err pg_query(
    struct pg *pg, struct arena *a, const char *sql, struct pg_args args, struct pg_rows *rows);
/* … or any number of statements in one implicit transaction; results are dropped. */
enum err pg_script(struct pg *pg, const char *sql);

/* Field as a view into the result; absent for SQL NULL. */
struct str pg_get(const struct pg_rows *r, int row, int col);
/* False for NULL and for what is no integer. */
bool pg_get_int(const struct pg_rows *r, int row, int col, int64_t *out);
/* 't' is true; NULL is false. */
bool pg_get_bool(const struct pg_rows *r, int row, int col);

/* Parameters in the arena. */
const char *pg_int(struct arena *a, int64_t v);
const char *pg_double(struct arena *a, double v);	/* finite; nothing of it is lost */
const char *pg_text(struct arena *a, struct str s);	/* NULL when absent */
const char *pg_bool(bool v);
const char *pg_bytea(struct arena *a, const void *p, size_t n);
const char *pg_int_array(struct arena *a, const int64_t *v, size_t n);
/* An absent view is NULL. */
const char *pg_text_array(struct arena *a, const struct str *v, size_t n);

#endif
