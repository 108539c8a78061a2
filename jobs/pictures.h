/*
 * pictures - takes away the pictures of people and servers that are nobody's any more.
 */
#ifndef MOOT_JOBS_PICTURES_H
#define MOOT_JOBS_PICTURES_H

#include "domain/job.h"

/* A job of kind pictures: what is due now. */
enum err pictures_step(struct world *w, struct arena *a, const struct job *job, bool *more);
/* That, and files that a process left behind which died; *files were removed. */
enum err pictures_sweep(struct world *w, struct arena *a, int64_t *files);

#endif
