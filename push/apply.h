/*
 * apply - puts events in order. A stream takes only head + 1, and an event of a channel only when
 * its server has been processed up to the rev it was committed under: so nothing is delivered
 * before what it depends on, whatever order the bus has.
 */
#ifndef MOOT_PUSH_APPLY_H
#define MOOT_PUSH_APPLY_H

#include "push/push.h"

enum apply_source { FROM_BUS, FROM_FETCH, FROM_SWEEP };

void apply_init(struct push *p);
void apply_release(struct push *p);
/*
 * An event of the stream; ev is borrowed. In its turn it goes into the ring and to the readers, and
 * what it says of access takes effect; above head + 1 it waits, at or below head it is dropped. rev
 * 0: it has no place in the order and goes to those who can take it now. ev->broken: it only takes
 * its place. Of more than HOLD_MAX that wait the newest are left to a fetch.
 */
void apply_event(
    struct push *p, uint32_t stream, const struct feed_event *ev, enum apply_source from);
/* A barrier of this stream ended, or its head moved: it and those below it go on. */
void apply_unblock(struct push *p, uint32_t stream);
/* Something above head exists; when it has not come by then it is fetched. */
void apply_missing(struct push *p, uint32_t stream, int64_t rev, int64_t wait_ms);
/* Events up to rev cannot be had: everybody goes on above it with a reset. */
void apply_jump(struct push *p, uint32_t stream, int64_t rev);

/* Nothing known of the stream's history is true any more; its head is to be learned again. */
void apply_forget(struct push *p, uint32_t stream);

#endif
