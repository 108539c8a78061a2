/*
 * deliver - writes to connections what lies between their positions and the heads of their streams.
 *
 * Composes a batch, writes it with one system call, and only then moves the positions by what the
 * kernel took. Nothing is queued: what did not fit is composed again when the socket takes more.
 * Of a frame taken in part a reference and an offset remain.
 */
#ifndef MOOT_PUSH_DELIVER_H
#define MOOT_PUSH_DELIVER_H

#include "push/conn.h"

#define DELIVER_ITEMS 64	/* events of one write */
#define DELIVER_BATCH (64 * 1024)	/* bytes of one write, or one event */
#define DELIVER_TURN (256 * 1024)	/* bytes to one connection in one turn */
#define CHECKPOINT_EVENTS 64		/* after so many events a cursor is sent */
#define EPHEMERALS 256			/* of one turn; more are dropped */

void deliver_init(struct push *p);
void deliver_release(struct push *p);
/* The stream has news: its readers are written to by the next flush. */
void deliver_mark_stream(struct push *p, uint32_t stream);
/* An event without a position: to those who can take it now. Takes f. */
void deliver_ephemeral(struct push *p, uint32_t stream, struct frame *f);
/* Those of this turn, and how many. Borrowed. */
uint32_t deliver_ephemerals(const struct push *p, struct frame *const **list);
/* A channel.updated event may bring a new name for the text format. */
void deliver_rename(struct push *p, uint32_t stream, const struct frame *f);
/* At the end of each turn of the loop: writes to all that are marked, or after some milliseconds by
 * a timer, when the last flush wrote to many. */
void deliver_flush(struct push *p);
/* The same at once, however many the last flush wrote to. */
void deliver_flush_now(struct push *p);
/* Writes what the socket takes of *bytes and moves them on. False: the peer is gone. */
bool deliver_now(struct push *p, struct conn *c, struct str *bytes);
/* The socket takes bytes again. */
void deliver_writable(struct push *p, struct conn *c);
/* What remains of a frame that was written in part, in one piece; borrowed until the next call.
 * False: no memory. */
bool deliver_frame_rest(
    const struct push *p, const struct conn *c, const struct part *part, struct str *out);

#endif
