/*
 * mail - sends one letter. Twice at most when the server takes it and its answer is lost: under the
 * same Message-ID then.
 */
#ifndef MOOT_JOBS_MAIL_H
#define MOOT_JOBS_MAIL_H

#include "domain/job.h"

/* A server that did not answer, or took long for two letters in a row, is left alone for so long:
 * nothing else is done while one waits. */
#define MAIL_REST_MS 30000
#define MAIL_SLOW_MS 3000

/* job->data as letter_make() takes it. ERR_UNAVAILABLE: not sent. What nobody will ever take (the
 * address is refused, the link is too old, no mail is sent here) is done. */
enum err mail_step(struct world *w, struct arena *a, const struct job *job, bool *more);

#endif
