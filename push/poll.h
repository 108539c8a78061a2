/*
 * poll - the long poll: one answer {"items":[…],"cursor":"…"[,"reset":[…]]}, then the end.
 */
#ifndef MOOT_PUSH_POLL_H
#define MOOT_PUSH_POLL_H

#include "push/conn.h"

#define POLL_ITEMS 500
#define POLL_BYTES (1024 * 1024)

/* Answers when there is something, or no more time. True when the connection has something to
 * write. */
bool poll_ready(struct push *p, struct conn *c);

#endif
