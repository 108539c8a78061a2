#include "jobs/worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"

#define RETRY_FIRST_S 5
#define RETRY_MAX_S 3600

int64_t
worker_retry_s(int64_t failures)
{
	int64_t s = RETRY_FIRST_S;

	if (failures >= JOB_ATTEMPTS)
		return 0;
	for (int64_t i = 1; i < failures && s < RETRY_MAX_S; i++)
		s *= 2;
	return s < RETRY_MAX_S ? s : RETRY_MAX_S;
}

/* Took longer than its lease: another worker has the row, and what it finds counts. */
static void
note_lost(const struct job *job)
{
	log_warn("the lease ran out before the job ended", lf_int("job", job->id),
	    lf_strn("kind", job->kind), lf_int("attempts", job->attempts));
}

/* kind NULL: one that nobody knows. */
static int64_t
retry_of(const struct kind *kind, const struct job *job)
{
	return kind != NULL && kind->retry_s != NULL ? kind->retry_s(job)
						     : worker_retry_s(job->failures);
}

static enum err
fail(struct world *w, struct arena *a, const struct job *job, int64_t retry, const char *why)
{
	bool lost;

	metric_add(METRIC_jobs_failed, 1);
	log_at(retry > 0 ? LVL_WARN : LVL_ERROR, retry > 0 ? "job failed" : "job given up",
	    lf_int("job", job->id), lf_strn("kind", job->kind), lf_int("attempts", job->attempts),
	    lf_int("retry_s", retry), lf_str("error", why));
	TRY(job_fail(w, a, job, why, retry, &lost));
	if (lost)
		note_lost(job);
	return ERR_OK;
}

/* What Postgres said when that was the cause; else the error's own word. */
static const char *
reason(struct world *w, struct arena *a, enum err e)
{
	const struct pg_fault *f = pg_fault(w->pg);

	if (f->sqlstate[0] != '\0')
		return arena_printf(
		    a, "%s: %s (SQLSTATE %s)", err_info(e)->code, f->message, f->sqlstate);
	return arena_strdup(a, err_info(e)->code);
}

static enum err
finish(struct world *w, struct arena *a, const struct job *job, int64_t began)
{
	bool lost;

	TRY(job_done(w, a, job, &lost));
	if (lost)
		note_lost(job);
	metric_add(METRIC_jobs_done, 1);
	log_info("job done", lf_int("job", job->id), lf_strn("kind", job->kind),
	    lf_int("attempts", job->attempts), lf_int("ms", clock_mono_ms() - began));
	return ERR_OK;
}

static enum err
give_back(struct world *w, struct arena *a, const struct job *job)
{
	bool lost;

	TRY(job_give_back(w, a, job, &lost));
	if (lost)
		note_lost(job);
	log_debug("job goes on later", lf_int("job", job->id), lf_strn("kind", job->kind));
	return ERR_OK;
}

static enum err
put_off(struct world *w, struct arena *a, const struct job *job, int64_t s)
{
	bool lost;

	TRY(job_put_off(w, a, job, s, &lost));
	if (lost)
		note_lost(job);
	log_debug("job waits", lf_int("job", job->id), lf_strn("kind", job->kind),
	    lf_int("s", s));
	return ERR_OK;
}

static enum err
work(struct world *w, struct arena *a, const struct job *job, bool (*goes_on)(void *ctx), void *ctx)
{
	int64_t began = clock_mono_ms();
	const struct kind *kind = kind_find(job->kind);
	int64_t retry = retry_of(kind, job);
	bool more = false;

	if (job->failures > JOB_ATTEMPTS && (kind == NULL || kind->retry_s == NULL))
		return fail(w, a, job, 0, "its worker died or lost its lease every time");
	if (kind == NULL)
		return fail(w, a, job, retry, "this version knows no such kind of job");
	if (kind->rest_s != NULL && kind->rest_s() > 0)
		return put_off(w, a, job, kind->rest_s());
	enum err e = kind_run(kind, w, job, goes_on, ctx, &more);
	if (e == ERR_OK)
		return more ? give_back(w, a, job) : finish(w, a, job, began);
	if (e == ERR_UNAVAILABLE && !pg_is_up(w->pg))
		return e;
	if (e == ERR_CONFLICT) {
		note_lost(job);
		return ERR_OK;
	}
	return fail(w, a, job, retry, reason(w, a, e));
}

enum err
worker_step(struct world *w, struct arena *a, bool (*goes_on)(void *ctx), void *ctx, bool *did)
{
	struct job job;
	bool got;

	TRY(job_take(w, a, &job, &got));
	if (got)
		TRY(work(w, a, &job, goes_on, ctx));
	*did = got;
	return ERR_OK;
}
