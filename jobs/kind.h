/*
 * kind - what can stand in column kind of a row of job, and what does it.
 *
 * A kind may be run again for the same row: after a failure, and after the worker died anywhere
 * within. So what it does must come out the same when done twice.
 */
#ifndef MOOT_JOBS_KIND_H
#define MOOT_JOBS_KIND_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/job.h"

#define JOB_SLICE_MS 2000

struct kind {
	const char *name;
	/* A part of it; *more: there is another. Anything but ERR_OK is a failure: the row is tried
	 * again later. */
	enum err (*step)(struct world *w, struct arena *a, const struct job *job, bool *more);
	/* Seconds for which none of this kind is begun: it waits, and has not failed. NULL: 0. */
	int64_t (*rest_s)(void);
	/* Seconds until a failed one is tried again, 0: never. NULL: worker_retry_s(failures). */
	int64_t (*retry_s)(const struct job *job);
};

/* Ends with a row without a name. */
extern const struct kind kind_table[];

/* NULL when this version knows no such kind. */
const struct kind *kind_find(struct str name);
/* Step after step, each with memory of its own, until there is no more or JOB_SLICE_MS are over:
 * what there is to do has no bound, and others wait. *more: it is to be given back. goes_on(ctx) is
 * asked after each step; false ends the slice. */
enum err kind_run(const struct kind *k, struct world *w, const struct job *job,
    bool (*goes_on)(void *ctx), void *ctx, bool *more);

#endif
