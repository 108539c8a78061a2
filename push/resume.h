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
#define HEADS_STREAMS 1000
#define SWEEP_MOST 5000
#define SWEEP_BUSY \
	2000 /* events in SWEEP_WINDOW_S above which heads may be cheaper than the tail */
#define HEADS_ALL_S 60

void resume_init(struct push *p);
void resume_release(struct push *p);
/* Events above head are missing: fetch them. */
void resume_want(struct push *p, uint32_t stream);
/* A reader wants the events above rev that are no longer in the ring. */
void resume_history(struct push *p, uint32_t stream, int64_t rev);
void resume_want_head(struct push *p, uint32_t stream);
/* The stream's head is known to be at least that. */
void resume_head(struct push *p, uint32_t stream, int64_t rev);
/* Once a second: the tail sweep, and old frames go. */
void resume_tick(struct push *p);
/* Drops frames that are too old or too many; at the end of a turn. */
void resume_trim(struct push *p);
/* The database came back. */
void resume_again(struct push *p);

#endif
