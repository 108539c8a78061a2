/*
 * poll - the long poll: one answer {"items":[…],"cursor":"…"[,"reset":[…]]}, then the end.
 */
#ifndef MOOT_PUSH_POLL_H
#define MOOT_PUSH_POLL_H

#include "push/conn.h"

#define POLL_ITEMS 500		/* events of an answer */
#define POLL_BYTES (1024 * 1024)	/* of an answer, after which it is full */
#define POLL_LATE_S 5		/* beyond its time an answer waits for what is being fetched */

/* Answers when there is something, or no more time. True when the connection has something to
 * write. */
bool poll_ready(struct push *p, struct conn *c);

#endif
