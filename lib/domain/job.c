#include "domain/job.h"

#include "domain/publish.h"

enum err
job_take(struct world *w, struct arena *a, struct job *job, bool *got)
{
	struct pg_rows rows;
	struct job j = { .id = 0 };

	TRY(pg_run(w->pg, a, STMT_JOB_TAKE, PG_ARGS(pg_int(a, JOB_LEASE_S)), &rows));
	if (rows.n > 0 && (!pg_get_int(&rows, 0, 0, &j.id) || !pg_get_int(&rows, 0, 3, &j.attempts) ||
	    !pg_get_int(&rows, 0, 4, &j.failures)))
		return ERR_INTERNAL;
	j.kind = pg_get(&rows, 0, 1);
	j.data = pg_get(&rows, 0, 2);
	*job = j;
	*got = rows.n > 0;
	return ERR_OK;
}

enum err
job_done(struct world *w, struct arena *a, const struct job *job, bool *lost)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_JOB_DONE, PG_ARGS(pg_int(a, job->id), pg_int(a, job->attempts)), &rows));
	*lost = rows.affected == 0;
	return ERR_OK;
}

enum err
job_give_back(struct world *w, struct arena *a, const struct job *job, bool *lost)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_JOB_GIVE_BACK, PG_ARGS(pg_int(a, job->id), pg_int(a, job->attempts)),
	    &rows));
	*lost = rows.affected == 0;
	return ERR_OK;
}

enum err
job_put_off(struct world *w, struct arena *a, const struct job *job, int64_t s, bool *lost)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_JOB_PUT_OFF, PG_ARGS(pg_int(a, job->id), pg_int(a, job->attempts),
	    pg_int(a, s)), &rows));
	*lost = rows.affected == 0;
	return ERR_OK;
}

enum err
job_fail(struct world *w, struct arena *a, const struct job *job, const char *why, int64_t retry_s, bool *lost)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_JOB_FAIL, PG_ARGS(pg_int(a, job->id), pg_int(a, job->attempts), why,
	    pg_int(a, retry_s)), &rows));
	*lost = rows.affected == 0;
	return ERR_OK;
}

enum err
job_housekeeping(struct world *w, struct arena *a, int64_t *removed)
{
	struct pg_rows rows;
	int64_t n, sum = 0;

	TRY(pg_run(w->pg, a, STMT_PARTITIONS_ENSURE, PG_NONE, NULL));
	TRY(pg_run(w->pg, a, STMT_HOUSEKEEPING, PG_NONE, &rows));
	for (int i = 0; i < rows.n; i++) {
		if (pg_get_int(&rows, i, 1, &n))
			sum += n;
	}
	*removed = sum;
	return ERR_OK;
}

/* One transaction of what takes many; the first row says whether there is more. */
static enum err
step(struct world *w, struct arena *a, enum stmt stmt, const struct job *job, int64_t most, bool *more)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, stmt, PG_ARGS(pg_int(a, job->id), pg_int(a, job->attempts),
	    pg_int(a, JOB_LEASE_S), pg_int(a, most)), &rows));
	publish_rows(w, &rows);
	*more = str_eq(pg_get(&rows, 0, 0), STR("body"));
	return ERR_OK;
}

enum err
job_rename(struct world *w, struct arena *a, const struct job *job, bool *more)
{
	return step(w, a, STMT_RENAME_TELL, job, JOB_TALKS, more);
}

enum err
job_delete_messages(struct world *w, struct arena *a, const struct job *job, bool *more)
{
	return step(w, a, STMT_MESSAGES_DELETE_NEXT, job, JOB_DELETE, more);
}

enum err
job_purge(struct world *w, struct arena *a, const struct job *job, bool *more)
{
	return step(w, a, STMT_PURGE_NEXT, job, JOB_PURGE, more);
}

enum err
job_return(struct world *w, struct arena *a, const struct job *job, bool *more)
{
	return step(w, a, STMT_RETURN_TELL, job, JOB_RETURN, more);
}

enum err
job_retention(struct world *w, struct arena *a, const struct job *job, bool *more)
{
	return step(w, a, STMT_RETENTION_NEXT, job, JOB_RETENTION, more);
}

enum err
job_expire(struct world *w, struct arena *a, bool *more)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_MEMBER_EXPIRE, PG_NONE, &rows));
	publish_rows(w, &rows);
	*more = str_eq(pg_get(&rows, 0, 0), STR("body"));
	return ERR_OK;
}
