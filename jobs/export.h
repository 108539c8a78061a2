/*
 * export - writes copies of people's own data, and takes away those that have had their time.
 */
#ifndef MOOT_JOBS_EXPORT_H
#define MOOT_JOBS_EXPORT_H

#include "domain/job.h"

/* The next step of one copy. */
enum err export_write(struct world *w, struct arena *a, const struct job *job, bool *more);
/* *removed files. */
enum err export_sweep(struct world *w, struct arena *a, int64_t *removed);

#endif
