/*
 * walk - what comes next for one reader of one stream: the rules of delivery, which stand here
 * only.
 *
 *   a reset waits for it              it goes on from the reset's rev, without what lies before
 *   it has lost the stream            events up to that, then the revoke and nothing more
 *   an event is not in the ring       it is fetched first; where that is too much, or it is nowhere
 *                                     any more: a reset, or at once the revoke that waits
 *   it may not read that message       message.withheld in the place of its edit
 *   an event took the stream from it  and it was let in again: a reset, see struct walk
 *
 * Batches (compose.h), answers to long polls (poll.h) and the bytes for many readers (run.h) are
 * made of it. A walk writes to nobody and moves no position. But it asks for what is missing
 * (resume_history()), and a reset that it finds out about is put among the specials of the
 * connection, where it stays until it was told: so looking twice finds the same.
 */
#ifndef MOOT_PUSH_WALK_H
#define MOOT_PUSH_WALK_H

#include "push/conn.h"

enum walk_step {
	WALK_END,	/* it has got everything */
	WALK_EVENT,	/* w->frame, which passes or only takes its place in the order */
	WALK_RESET,	/* tell w->why, and that it goes on from w->rev */
	WALK_REVOKE,	/* tell that nothing above w->rev was, or will be, sent */
	WALK_WAIT,	/* what follows is being fetched */
	WALK_DIFFERS	/* without a connection: what follows depends on who reads */
};

/*
 * Valid until the stream or the connection changes.
 *
 * Met while catching up, an event that took the stream from this very client: he was let in again
 * later, and what lies between is not his. So he goes on from the head, in the channels below too:
 * each gets a reset, but where a revoke waits, which was not given back to him.
 */
struct walk {
	struct push *push;
	struct conn *conn;
	const struct stream *stream;
	enum walk_step end;	/* what comes when events have come up to upto */
	enum reset_why why;
	bool passes;		/* the frame has bytes that the connection wants */
	struct frame *frame;	/* borrowed from the ring */
	int64_t at, upto;	/* revs: of the last event given, and to be given */
	int64_t rev;
};

/* It has got everything and nothing is to be told: most streams of most connections are so. */
static inline bool
walk_is_idle(const struct push *p, const struct conn *c, const struct sub *sub)
{
	return sub_is_at_head(p, sub) && (c->extra == NULL || c->extra->n_specials == 0);
}

/* c: NULL for whoever stands there and wants everything; then nothing is noted. */
void walk_begin(struct walk *w, struct push *p, struct conn *c, const struct sub *sub);
/* After anything but WALK_EVENT it is over, and says the same again. */
enum walk_step walk_next(struct walk *w);
/* Nothing can be said before a fetch has ended. */
bool walk_must_wait(const struct walk *w);

#endif
