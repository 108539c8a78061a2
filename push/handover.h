/*
 * handover - a planned restart that no client notices: the daemon that runs gives its connections
 * to one that takes over. What they say to each other stands in ctl.h, what goes over in state.h.
 * Whatever fails on the way, exactly one of them has the clients then.
 */
#ifndef MOOT_PUSH_HANDOVER_H
#define MOOT_PUSH_HANDOVER_H

#include "push/push.h"

/* The end that has the clients. drain(p): takes leave of all. False with a line in msg: it cannot.
 */
bool handover_start(struct push *p, void (*drain)(void *ctx), char *msg, size_t msg_len);
/* Before the daemon takes leave or ends. */
void handover_stop(struct push *p);

/*
 * The end that takes over. begin: false when nobody is there to take over from. Then done(p) is
 * called from the loop once this process serves, or the process ends with 1; the clients stay where
 * they are.
 */
bool takeover_begin(struct push *p, void (*done)(struct push *p));

#endif
