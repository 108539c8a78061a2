/*
 * job - rows of job: taking them, what becomes of them, and what they do to the database.
 *
 * A row is leased for JOB_LEASE_S while it is worked on, so that another worker takes it over when
 * this one dies. Whoever reports the end of an attempt names it; when the row has gone to another
 * attempt meanwhile, nothing is changed and *lost says so.
 */
#ifndef MOOT_DOMAIN_JOB_H
#define MOOT_DOMAIN_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/world.h"

#define JOB_LEASE_S 60
#define JOB_TALKS 100	/* conversations told of a new name by one transaction */
#define JOB_ERASE 100	/* messages looked at by one transaction */
#define JOB_PURGE 500	/* rows taken away by one transaction */
#define JOB_RETENTION 500	/* messages looked at by one transaction */
#define JOB_RETURN 100	/* members told by one transaction */

struct job {
	int64_t id;
	struct str kind;
	struct str data;	/* JSON object */
	int64_t attempts;	/* this one included */
};

/* A row that is due, in the arena; *got is false when there is none. */
enum err job_take(struct world *w, struct arena *a, struct job *job, bool *got);
/* It is done: the row goes. */
enum err job_done(struct world *w, struct arena *a, const struct job *job, bool *lost);
/* It failed, borrowed why: due again in retry_s, or put aside for good when that is 0. */
enum err job_fail(struct world *w, struct arena *a, const struct job *job, const char *why, int64_t retry_s,
    bool *lost);

/* Makes the partitions of the coming weeks and throws away what has had its time; *removed rows. */
enum err job_housekeeping(struct world *w, struct arena *a, int64_t *removed);
/* Tells the next JOB_TALKS conversations of a job of kind rename, and renews its lease; *more: call
 * again. How far it came stands in the row. Events are published after commit. */
enum err job_rename(struct world *w, struct arena *a, const struct job *job, bool *more);
/* Looks at the next JOB_ERASE messages of a job of kind erase; else as job_rename(). */
enum err job_erase(struct world *w, struct arena *a, const struct job *job, bool *more);
/* Takes away the next JOB_PURGE rows of a job of kind purge; else as job_rename(). */
enum err job_purge(struct world *w, struct arena *a, const struct job *job, bool *more);
/* Tells the next JOB_RETURN members of a job of kind return; else as job_rename(). */
enum err job_return(struct world *w, struct arena *a, const struct job *job, bool *more);
/* Deletes what somebody has said anywhere, among the next JOB_ERASE messages of a job of kind wipe;
 * else as job_rename(). */
enum err job_wipe(struct world *w, struct arena *a, const struct job *job, bool *more);
/* Takes away what has had its time of the next JOB_RETENTION messages of a job of kind retention; else as
 * job_rename(). */
enum err job_retention(struct world *w, struct arena *a, const struct job *job, bool *more);
/* Ends one membership that has had its time; *more: there was one. */
enum err job_expire(struct world *w, struct arena *a, bool *more);

#endif
