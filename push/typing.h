/*
 * typing - of a channel where many type at most one group of frames a second goes out, with at most
 * TYPING_GROUP people in it; who types on is in the next one.
 */
#ifndef MOOT_PUSH_TYPING_H
#define MOOT_PUSH_TYPING_H

#include "push/ops.h"

#define TYPING_MS 3000		/* one frame of a client for a channel is passed on in this time */
#define TYPING_ASKS 64		/* permissions being read at once; more frames are dropped */
#define TYPING_GROUP 5
#define TYPING_GROUPS 1024	/* channels of the last second; typing in more is not told */
#define TYPING_GROUP_MS 1000

void typing_init(struct push *p);
void typing_release(struct push *p);
/* A typing.started frame of that stream: now, in a moment, or never. Takes f. */
void typing_take(struct push *p, uint32_t stream, struct frame *f);
/* message: a message.created frame of that stream. What waits of its author is dropped. */
void typing_end(struct push *p, uint32_t stream, const struct frame *message);
/* This connection has just said it itself. */
bool typing_is_own(const struct push *p, const struct conn *c, const struct frame *f);

/* {"op":"typing","channel_id"}: passed on if he may send there. */
enum err typing_op(struct push *p, struct conn *c, const struct op_frame *f);

#endif
