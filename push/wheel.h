/*
 * wheel - one timer a connection, in slots of a second: deadlines, expiry, heartbeats, stalls.
 *
 * A connection is looked at when its slot comes; whatever made it move later in the meantime only
 * changed the connection, so ordinary traffic never touches the wheel.
 */
#ifndef MOOT_PUSH_WHEEL_H
#define MOOT_PUSH_WHEEL_H

#include "push/conn.h"

#define WHEEL_SLOTS 64	/* seconds; who is due later is looked at in between */

void wheel_init(struct push *p);
void wheel_release(struct push *p);
/* Looks at c at that second (of push.now_s) or earlier. */
void wheel_put(struct push *p, struct conn *c, uint32_t due_s);
/* When it is looked at; UINT32_MAX: never. */
uint32_t wheel_due(const struct push *p, const struct conn *c);
void wheel_remove(struct push *p, struct conn *c);
/* When that Unix second comes: the second of push.now_s, now when it has passed already, 0 (never)
 * for 0 or what is more than EXPIRY_MAX_S ahead, which is not in the life of a connection. */
uint32_t wheel_second_of(const struct push *p, int64_t unix_s);
/* Goes on to that second, and through each that passed. */
void wheel_tick(struct push *p, uint32_t now_s);
/* Each connection that is to be looked at stands in the slot that it says, and in no other. */
bool wheel_is_sane(const struct push *p);
/* The connection went LIVE: its first heartbeat, and its end. extra is still there. */
void wheel_live(struct push *p, struct conn *c);
/* It was put in its state by another daemon: goes on as it was there. */
void wheel_again(struct push *p, struct conn *c);

#endif
