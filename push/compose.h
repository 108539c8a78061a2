/*
 * compose - the batch being put together for one connection: pieces in order, each with what it
 * does to the connection once the kernel has taken its first byte.
 */
#ifndef MOOT_PUSH_COMPOSE_H
#define MOOT_PUSH_COMPOSE_H

#include <sys/uio.h>

#include "push/deliver.h"

#define ITEMS_BEYOND 8	/* the rest of an earlier write, and what is said behind the last event */
#define BATCH_ITEMS (DELIVER_ITEMS + ITEMS_BEYOND)
#define BATCH_PIECES (2 * BATCH_ITEMS + 2)	/* an event in two, a chunk around all */

#define BATCH_TEXT_MAX (512 * 1024)	/* bytes of the control messages of one */

enum item_kind {
	ITEM_PART,	/* the rest of an earlier write */
	ITEM_FRAME,	/* an event; of no bytes when a filter drops it */
	ITEM_EPHEMERAL,
	ITEM_RESET,
	ITEM_REVOKE,
	ITEM_STATE,
	ITEM_HB,
	ITEM_PING,
	ITEM_BYE
};

struct item {
	enum item_kind kind;
	uint32_t stream;
	int64_t rev;
	struct frame *frame;	/* borrowed from a ring */
	uint32_t text;		/* offset of a control message in the batch's text */
	uint32_t len;
};

struct batch {
	struct push *push;
	struct conn *conn;
	struct item items[BATCH_ITEMS];
	size_t n;
	size_t bytes;
	uint32_t delivered;
	struct buf text;
	struct iovec iov[BATCH_PIECES];	/* room for the call that writes it, not cleared for each */
	bool full;		/* no more room */
	bool more;		/* something is left for the next batch */
	bool waits;		/* some stream waits for a fetch */
};

/* Bytes after which a batch is full, and above which none grows by a second event. */
size_t compose_full(enum frame_format format);
size_t compose_max(enum frame_format format);
/* What the format makes of an event: up to two pieces (a WebSocket header stands apart). */
size_t compose_pieces(enum frame_format format, struct frame *f, struct str pieces[2]);
/* Starts the batch with everything that there is to say now. */
void compose(struct batch *b, struct push *p, struct conn *c);
/* The kernel took n bytes: moves the connection on. False when it is to be closed. */
bool compose_commit(struct batch *b, size_t n);
size_t compose_iov(const struct batch *b, struct iovec *iov, size_t max);

#endif
