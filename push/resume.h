/*
 * resume - fetches what the bus did not bring: gaps above a stream's head, history for readers that
 * come back, heads of new streams, and once a second the newest events of the whole installation.
 *
 * One question for many streams, and for one stream one question at a time, however many readers
 * want it. A question that fails is asked again when the database is back.
 */
#ifndef MOOT_PUSH_RESUME_H
#define MOOT_PUSH_RESUME_H

#include "push/push.h"

#define FETCH_STREAMS 64	/* of one question */
#define FETCH_IN_FLIGHT 2
#define HEADS_STREAMS 1000	/* likewise, of a question for heads */
#define SWEEP_MOST 5000		/* events of one sweep */
#define SWEEP_BUSY 2000		/* in SWEEP_WINDOW_S: above it heads may be cheaper than the tail */
#define HEADS_ALL_S 60		/* between two looks at the heads of all streams, at most */
#define SWEEP_GRACE_MS 100	/* how long the bus may still be first with what the sweep found */
#define HEAD_GRACE_MS 25	/* and with what a head tells of, read when the bus was there */

void resume_init(struct push *p);
void resume_release(struct push *p);
/* Events above head are missing: fetch them. */
void resume_want(struct push *p, uint32_t stream);
/* A reader wants the events above rev that are no longer in the ring. */
void resume_history(struct push *p, uint32_t stream, int64_t rev);
void resume_want_head(struct push *p, uint32_t stream);
/* The stream's head is known to be at least that. */
void resume_head(struct push *p, uint32_t stream, int64_t rev);
/* An event was processed: the sweep begins above the newest, some seconds back. */
void resume_saw(struct push *p, int64_t event_id);
/* The newest event id that was seen. */
int64_t resume_newest(const struct push *p);
/* For and from another daemon: the newest event id, and what it was in the last seconds. */
void resume_save(const struct push *p, int64_t *newest, int64_t seen[SWEEP_WINDOW_S]);
void resume_restore(struct push *p, int64_t newest, const int64_t seen[SWEEP_WINDOW_S]);
/* Once a second: the tail sweep, and old frames go. */
void resume_tick(struct push *p);
/* Drops frames that are too old or too many; at the end of a turn. */
void resume_trim(struct push *p);
/* The database came back. */
void resume_again(struct push *p);

#endif
