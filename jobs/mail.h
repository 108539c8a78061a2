/*
 * mail - sends one letter. Twice at most when the server takes it and its answer is lost: under the
 * same Message-ID then.
 *
 * Nothing else is done while a letter is on its way, so a server that takes its time waits in turn:
 * one that did not answer is left alone for MAIL_REST_MS, twice as long each time, at most
 * MAIL_REST_MAX_MS; one that is slow for three times as long as it took. Letters that wait for that
 * have not failed. A letter is tried until what it leads to has ended, or for a day.
 */
#ifndef MOOT_JOBS_MAIL_H
#define MOOT_JOBS_MAIL_H

#include "domain/job.h"

#define MAIL_REST_MS 30000
#define MAIL_REST_MAX_MS 600000
#define MAIL_SLOW_MS 2000
#define MAIL_RETRY_MAX_S 600

/* job->data as letter_make() takes it. ERR_UNAVAILABLE: not sent. What nobody will ever take (the
 * address is refused, the letter is too old, no mail is sent here) is done. */
enum err mail_step(struct world *w, struct arena *a, const struct job *job, bool *more);
/* Seconds the server is left alone for yet. */
int64_t mail_rest_s(void);
/* Seconds until a letter that was not sent is tried again: 5, 10, 20 …, at most MAIL_RETRY_MAX_S;
 * 0 when it is older than any is sent. */
int64_t mail_retry_s(const struct job *job);

#endif
