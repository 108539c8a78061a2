/*
 * job - rows of job: taking them, what becomes of them, and what they do to the database.
 *
 * A row is leased for JOB_LEASE_S while it is worked on, so that another worker takes it over when
 * this one dies. Whoever does a step of an attempt or reports its end names it; when the row has
 * gone to another attempt meanwhile, nothing is changed: a step fails with ERR_CONFLICT, *lost says
 * so of the others.
 *
 * Each row has an owner. The next one taken is of whoever has waited longest for his turn, so what
 * takes long must be given back now and then.
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
#define JOB_DELETE 100	/* messages looked at by one transaction */
#define JOB_PURGE 500	/* rows taken away by one transaction */
#define JOB_RETENTION 500	/* messages looked at by one transaction */
#define JOB_RETURN 100	/* members told by one transaction */

struct job {
	int64_t id;
	struct str kind;
	struct str data;	/* JSON object */
	int64_t attempts;	/* takes, this one included: what tells them apart */
	int64_t failures;	/* of these, since it was last given back in order; this one included */
};

/* A row that is due, in the arena; *got is false when there is none. */
enum err job_take(struct world *w, struct arena *a, struct job *job, bool *got);
/* It is done: the row goes. */
enum err job_done(struct world *w, struct arena *a, const struct job *job, bool *lost);
/* There is more to do, but others come first: due again at once. */
enum err job_give_back(struct world *w, struct arena *a, const struct job *job, bool *lost);
/* Nothing was done, and it is no failure: due again in s seconds. */
enum err job_put_off(
    struct world *w, struct arena *a, const struct job *job, int64_t s, bool *lost);
/* It failed, borrowed why: due again in retry_s, or put aside for good when that is 0. */
enum err job_fail(struct world *w, struct arena *a, const struct job *job, const char *why, int64_t retry_s,
    bool *lost);

/* Makes the partitions of the coming weeks and throws away what has had its time; *removed rows. */
enum err job_housekeeping(struct world *w, struct arena *a, int64_t *removed);
/* The next step of a job, of the kind that the name says: one transaction, which notes in the row
 * how far it came and renews the lease; *more: there may be another step. Events are published after
 * commit. ERR_CONFLICT: another worker has taken it over. */
enum err job_delete_messages(struct world *w, struct arena *a, const struct job *job, bool *more);
enum err job_purge(struct world *w, struct arena *a, const struct job *job, bool *more);
enum err job_rename(struct world *w, struct arena *a, const struct job *job, bool *more);
enum err job_retention(struct world *w, struct arena *a, const struct job *job, bool *more);
enum err job_return(struct world *w, struct arena *a, const struct job *job, bool *more);
/* Ends one membership that has had its time; *more: there was one. */
enum err job_expire(struct world *w, struct arena *a, bool *more);

#endif
