/*
 * housekeeping - makes the partitions of the coming weeks and throws away what has had its time.
 */
#ifndef MOOT_JOBS_HOUSEKEEPING_H
#define MOOT_JOBS_HOUSEKEEPING_H

#include "domain/job.h"

/* All of it at once. job is not looked at and may be NULL. */
enum err housekeeping_step(
    struct world *w, struct arena *a, const struct job *job, bool *more);

#endif
