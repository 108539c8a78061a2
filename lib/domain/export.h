/*
 * export - copies of one's own data: asked for by their owner, written by a job into
 * files_dir/EXPORT_FOLDER, kept for 7 days.
 */
#ifndef MOOT_DOMAIN_EXPORT_H
#define MOOT_DOMAIN_EXPORT_H

#include "domain/call.h"
#include "domain/job.h"

#define EXPORT_FOLDER "export"
#define EXPORT_PAGE 200	/* messages looked at by one step */

/* JSON: state, requested_at, expires_at, size, url. ERR_UNAVAILABLE without files_dir. */
enum err export_start(struct call *c, struct answer *out);
enum err export_read(struct call *c, struct answer *out);
/* The path of the actor's copy that is ready, in the arena; ERR_NOT_FOUND. */
enum err export_path(struct call *c, const char **path);

/* For the job. */
struct export_place {	/* zeroed: the beginning */
	int64_t channel;
	int64_t below;
};
/* JSON; absent for an account that is none any more. */
enum err export_profile(struct world *w, struct arena *a, int64_t account, struct str *json);
/* The next messages as lines, without the last line feed, absent for none; renews the lease.
 * ERR_CONFLICT when another worker has taken the job over: what was written is not all. */
enum err export_step(struct world *w, struct arena *a, const struct job *job,
    struct export_place *at, struct str *lines, bool *more);
/* *wanted: the job is still this worker's, and nobody has asked for another copy meanwhile. */
enum err export_ready(struct world *w, struct arena *a, const struct job *job, int64_t account,
    const char *file, int64_t size, bool *wanted);
enum err export_failed(struct world *w, struct arena *a, int64_t account, const char *file);
/* Forgets those that have had their time, gives up those whose job was given up, and names the
 * files of the rest. */
enum err export_files(struct world *w, struct arena *a, struct str **names, size_t *n);

#endif
