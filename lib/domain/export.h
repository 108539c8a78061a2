/*
 * export - copies of one's own data: asked for by their owner, written by a job into
 * files_dir/EXPORT_FOLDER, kept for 7 days.
 */
#ifndef MOOT_DOMAIN_EXPORT_H
#define MOOT_DOMAIN_EXPORT_H

#include "domain/call.h"
#include "domain/job.h"

#define EXPORT_FOLDER "export"
#define EXPORT_PAGE 500	/* messages looked at by one step */

/* JSON: state, requested_at, expires_at, size, url. ERR_UNAVAILABLE without files_dir. */
enum err export_start(struct call *c, struct answer *out);
enum err export_read(struct call *c, struct answer *out);
/* The path of the actor's copy that is ready, in the arena; ERR_NOT_FOUND. */
enum err export_path(struct call *c, const char **path);

/* For the job. */
struct export_step {
	int64_t account;
	const char *file;	/* its name in the end: 32 hexadecimal digits */
	bool wanted;		/* the account is there, and has asked for no other copy */
	/* how far the file has come */
	int64_t begun;		/* times anew */
	int64_t size;
	int64_t crc;		/* of the messages in it */
	/* how far these lines come */
	int64_t channel;	/* 0: there are no more */
	int64_t below;
	struct str lines;	/* without the last line feed; absent for none */
};
/* The next step, all of it in the arena; renews the lease. ERR_CONFLICT: another worker has taken
 * the job over. */
enum err export_next(
    struct world *w, struct arena *a, const struct job *job, struct export_step *out);
/* Notes how far the file, which is on the disk, and these lines come. ERR_CONFLICT as above. */
enum err export_note(struct world *w, struct arena *a, const struct job *job,
    const struct export_step *at);
struct export_profile {
	struct str json;	/* absent for an account that is none any more */
	struct str picture;	/* as picture_path() takes it; absent: none */
};
enum err export_profile(struct world *w, struct arena *a, int64_t account,
    struct export_profile *out);
/* *wanted: the account is there, and has asked for no other copy meanwhile. ERR_CONFLICT as above.
 */
enum err export_ready(struct world *w, struct arena *a, const struct job *job, int64_t account,
    const char *file, int64_t size, bool *wanted);
enum err export_failed(struct world *w, struct arena *a, int64_t account, const char *file);
/* Forgets those that have had their time, gives up those whose job was given up, and names the
 * files of the rest, in the order of their bytes. */
enum err export_files(struct world *w, struct arena *a, struct str **names, size_t *n);

#endif
