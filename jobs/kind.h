/*
 * kind - what can stand in column kind of a row of job, and what does it. One file each.
 *
 * A kind's run() may be called again for the same row: after a failure, and after the worker died
 * anywhere within. So what it does must come out the same when done twice.
 */
#ifndef MOOT_JOBS_KIND_H
#define MOOT_JOBS_KIND_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/job.h"

struct kind {
	const char *name;
	/* Anything but ERR_OK is a failure: the row is tried again later. */
	enum err (*run)(struct world *w, struct arena *a, const struct job *job);
};

/* Ends with a row without a name. */
extern const struct kind kind_table[];
/* Calls step until there is no more, each time with memory of its own: what there is to do has no bound. */
enum err kind_steps(struct world *w, const struct job *job,
    enum err (*step)(struct world *w, struct arena *a, const struct job *job, bool *more));

/* NULL when this version knows no such kind. */
const struct kind *kind_find(struct str name);

/* Deletes what somebody wrote in a server since a moment. data: {"server":ID,"account":ID,"since":ID,…}, how
 * far it came beside it. */
enum err kind_erase(struct world *w, struct arena *a, const struct job *job);
/* Makes the partitions of the coming weeks and throws away what has had its time. data: {} */
enum err kind_housekeeping(struct world *w, struct arena *a, const struct job *job);
/* Tells conversations the name somebody has now. data: {"account":ID,"after":ID}, the last one told. */
enum err kind_rename(struct world *w, struct arena *a, const struct job *job);

#endif
