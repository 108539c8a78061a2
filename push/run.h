/*
 * run - the events that all readers at one place of a stream get, once as bytes for each format.
 *
 * Most readers stand at the same place: they get one send() of the same bytes, without a batch
 * being composed for each. What is not so plain (a loss of access, a filter, more than one write
 * holds) is left to compose.
 */
#ifndef MOOT_PUSH_RUN_H
#define MOOT_PUSH_RUN_H

#include "push/conn.h"

struct run {
	uint32_t stream;
	uint32_t sent;		/* low half of the rev before it */
	uint32_t upto;		/* low half of the rev of its last one, the stream's head */
	uint16_t n;		/* events, also those that cannot be sent */
	uint16_t delivered;	/* those that are */
	bool is_plain;		/* false: it has to be composed */
	struct buf bytes;
};

void runs_init(struct push *p);
void runs_release(struct push *p);
/* Streams may have changed: nothing made before counts. */
void runs_reset(struct push *p);
/* The newest of each format: readers of a stream are written to one after the other. */
struct runs {
	struct run of[FRAME__MAX];
};

/* Makes it anew for who stands at sub->sent. */
void run_make(struct run *r, struct push *p, const struct sub *sub, enum frame_format format);

/* What a reader without filter gets behind sub->sent; NULL: compose it. Borrowed until
 * runs_reset(). */
static inline const struct run *
run_get(struct push *p, const struct sub *sub, enum frame_format format)
{
	struct run *r = &p->runs->of[format];

	if (r->stream != sub->stream || r->sent != sub->sent)
		run_make(r, p, sub, format);
	return r->is_plain ? r : NULL;
}

#endif
