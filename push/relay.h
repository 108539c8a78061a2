/*
 * relay - the daemon's ties to the bus and the database: what comes in, what is noticed when they
 * go and come back, and the canary that goes through the whole bus once a second.
 *
 * Clients are never closed because either is away; after DEAF_MS they are told state live:false.
 */
#ifndef MOOT_PUSH_RELAY_H
#define MOOT_PUSH_RELAY_H

#include "push/push.h"

/* Starts connecting. */
void relay_init(struct push *p);
void relay_release(struct push *p);
/* Asks whether all has been read that was on the bus until now. */
void relay_catch_up(struct push *p);
/* The answer to the last relay_catch_up() has come, or there is no bus: what anybody had read
 * before that call has been read here. */
bool relay_has_caught_up(const struct push *p);
/* Once a second. */
void relay_tick(struct push *p);

#endif
