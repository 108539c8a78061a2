/*
 * access - what an event says about access, in the order of its stream; and barriers: a stream, and
 * those below it, deliver nothing more until the access of everybody who reads one of them was read
 * anew.
 */
#ifndef MOOT_PUSH_ACCESS_H
#define MOOT_PUSH_ACCESS_H

#include "push/push.h"

void access_init(struct push *p);
void access_release(struct push *p);
/* The stream's head is at the event already, so that its subject still gets the event itself. */
void access_event(struct push *p, uint32_t stream, const struct frame *f);
/* Everybody who reads the stream is read anew, and it waits for that. */
void access_barrier(struct push *p, uint32_t stream);
/* A picture came: barriers that waited for nothing else end. */
void barriers_check(struct push *p);

#endif
