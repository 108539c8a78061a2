/*
 * handover - a planned restart that no client notices: the daemon that runs gives its connections
 * to one that takes over. What they say to each other stands in ctl.h, what goes over in state.h.
 * Whatever fails on the way, exactly one of them has the clients then.
 */
#ifndef MOOT_PUSH_HANDOVER_H
#define MOOT_PUSH_HANDOVER_H

#include "push/push.h"

#define HANDOVER_MS 3000
#define HANDOVER_CONNS 100
#define HANDOVER_LAST_MS 2000

/*
 * The end that has the clients. drain(p): takes leave of all. False with a line in msg: it cannot.
 *
 * Once everything is prepared the loop stands still, for some 30 ms of 10,000 connections. If READY
 * has not come after HANDOVER_MS, and a millisecond more for HANDOVER_CONNS connections, it goes on
 * alone; the end of the other one's first turn is waited for HANDOVER_LAST_MS, without clients.
 */
bool handover_start(struct push *p, void (*drain)(void *ctx), char *msg, size_t msg_len);
/* Before the daemon takes leave or ends. */
void handover_stop(struct push *p);

/*
 * The end that takes over. begin: false when nobody is there to take over from. Then done(p) is
 * called from the loop once this process serves, or the process ends with 1; the clients stay where
 * they are. From GO on it blocks: ANSWER_MS for each message, and for COMMIT until it comes or the
 * other process has died (takeover.c).
 */
bool takeover_begin(struct push *p, void (*done)(struct push *p));
/* Before the process ends, whether or not it was begun or is done. */
void takeover_stop(struct push *p);

#endif
