/*
 * worker - takes due rows of job and does them, one after the other, a slice of time of each.
 *
 * A row is leased for JOB_LEASE_S while it is worked on, so that another worker takes it over when
 * this one dies. One that takes longer than JOB_SLICE_MS is given back, to be gone on with when
 * whoever has waited longer has had his turn. A failed one is tried again after 5, 10, 20 …
 * seconds, at most an hour; after JOB_ATTEMPTS without a slice that went well it is put aside with
 * its error (failed_at), unless its kind says when else. A kind this version does not know counts
 * as a failure too: a newer version may be on its way.
 */
#ifndef MOOT_JOBS_WORKER_H
#define MOOT_JOBS_WORKER_H

#include <stdbool.h>

#include "jobs/kind.h"

#define JOB_ATTEMPTS 10

/* Does a slice of one due job; *did is false when there was none. ERR_UNAVAILABLE: Postgres is away
 * (what was begun comes again); other errors are failures to keep the books, not of the job.
 * goes_on() as kind_run() has it. */
enum err worker_step(struct world *w, struct arena *a, bool (*goes_on)(void *ctx), void *ctx,
    bool *did);

/* Seconds until the next try after this many failures; 0 when there is none. */
int64_t worker_retry_s(int64_t failures);

#endif
