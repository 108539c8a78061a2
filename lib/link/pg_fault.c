/* One mapping from what Postgres says to enum err, for both doors. */
#include <stdio.h>

#include "base/log.h"
#include "base/metric.h"
#include "link/pg_impl.h"

/* First match wins; a pattern matches as a prefix. */
static const struct {
	const char *sqlstate;
	enum err e;
} sqlstates[] = {
	{ "40001", ERR_SERIALIZATION },
	{ "40P01", ERR_SERIALIZATION },
	{ "08", ERR_UNAVAILABLE },	/* connection */
	{ "57P0", ERR_UNAVAILABLE },	/* shutdown, starting up */
	{ "53", ERR_UNAVAILABLE },	/* out of disk, memory, connections */
	{ "55P03", ERR_UNAVAILABLE },	/* lock_timeout */
	{ "57014", ERR_UNAVAILABLE },	/* statement_timeout */
	{ "25P03", ERR_UNAVAILABLE },	/* idle in transaction */
	{ "25006", ERR_UNAVAILABLE },	/* read-only: a standby before its promotion */
	{ "22021", ERR_UNREADABLE },	/* not in repertoire */
	{ "22P05", ERR_UNREADABLE },	/* untranslatable */
	{ "23505", ERR_CONFLICT },
};

static const struct {
	const char *name;
	enum err e;
} constraints[] = {
	{ "account_username_key", ERR_USERNAME_TAKEN },
	{ "account_email_key", ERR_EMAIL_TAKEN },
};

static void
copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from == NULL ? "" : from);
}

/* Raised by our own functions: class UE, the status in the digits, the code word as message. */
static enum err
own_error(const struct pg_fault *f)
{
	enum err e = err_by_code(str_of(f->message));

	if (e == ERR__MAX || e == ERR_OK) {
		log_error("unknown error word", lf_str("sqlstate", f->sqlstate),
		    lf_str("word", f->message));
		return ERR_INTERNAL;
	}
	return e;
}

static enum err
classify(const struct pg_fault *f)
{
	if (f->sqlstate[0] == '\0')
		return ERR_UNAVAILABLE;
	if (strncmp(f->sqlstate, "UE", 2) == 0)
		return own_error(f);
	for (size_t i = 0; i < sizeof(constraints) / sizeof(constraints[0]); i++) {
		if (strncmp(f->sqlstate, "23", 2) == 0 &&
		    strcmp(constraints[i].name, f->constraint) == 0)
			return constraints[i].e;
	}
	for (size_t i = 0; i < sizeof(sqlstates) / sizeof(sqlstates[0]); i++) {
		if (strncmp(f->sqlstate, sqlstates[i].sqlstate, strlen(sqlstates[i].sqlstate)) == 0)
			return sqlstates[i].e;
	}
	return ERR_INTERNAL;
}

enum err
pg_classify(const PGresult *res, struct pg_fault *f)
{
	enum err e;

	*f = (struct pg_fault){ 0 };
	copy(f->sqlstate, sizeof(f->sqlstate), PQresultErrorField(res, PG_DIAG_SQLSTATE));
	copy(
	    f->constraint, sizeof(f->constraint), PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME));
	copy(f->message, sizeof(f->message), PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY));
	if (f->sqlstate[0] == '\0')
		copy(f->message, sizeof(f->message), PQresultErrorMessage(res));
	if (strncmp(f->sqlstate, "UE", 2) == 0)
		copy(f->detail, sizeof(f->detail), PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL));
	e = classify(f);
	if (pg_forgot(res) != PG_REMEMBERS) {
		log_info("database forgot a statement", lf_str("sqlstate", f->sqlstate));
	} else if (e == ERR_INTERNAL || e == ERR_UNAVAILABLE) {
		metric_add(METRIC_db_errors, 1);
		log_at(e == ERR_INTERNAL ? LVL_ERROR : LVL_WARN, "database",
		    lf_str("sqlstate", f->sqlstate), lf_str("constraint", f->constraint),
		    lf_str("said", f->message),
		    lf_str("where", PQresultErrorField(res, PG_DIAG_CONTEXT)));
	}
	return e;
}

/* The message is translated, the name of the function that raised it is not. */
static bool
is_stale_plan(const PGresult *res)
{
	const char *raised_by = PQresultErrorField(res, PG_DIAG_SOURCE_FUNCTION);

	return raised_by != NULL && strcmp(raised_by, "RevalidateCachedQuery") == 0;
}

enum pg_forgot
pg_forgot(const PGresult *res)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	if (state == NULL)
		return PG_REMEMBERS;
	if (strcmp(state, "26000") == 0 || strcmp(state, "42P05") == 0)
		return PG_FORGOT_NAME;
	return strcmp(state, "0A000") == 0 && is_stale_plan(res) ? PG_FORGOT_PLAN : PG_REMEMBERS;
}

void
pg_fault_clear(struct pg *pg)
{
	memset(&pg->fault, 0, sizeof(pg->fault));
	pg->forgot = PG_REMEMBERS;
}

enum err
pg_fault_result(struct pg *pg, const PGresult *res)
{
	if (PQresultErrorField(res, PG_DIAG_SQLSTATE) == NULL)
		return pg_fault_lost(pg, PQerrorMessage(pg->conn), true);
	pg->forgot = pg_forgot(res);
	return pg_classify(res, &pg->fault);
}

enum err
pg_fault_lost(struct pg *pg, const char *why, bool sent)
{
	struct pg_fault *f = &pg->fault;

	f->sqlstate[0] = '\0';
	copy(f->message, sizeof(f->message), why);
	f->sent = sent;
	metric_add(METRIC_db_errors, 1);
	log_warn("database connection", lf_str("said", f->message), lf_bool("sent", sent));
	return ERR_UNAVAILABLE;
}
