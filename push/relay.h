/*
 * relay - the daemon's ties to the bus and the database: what comes in, what is noticed when they
 * go and come back, and the canary that goes through the whole bus once a second.
 *
 * Clients are never closed because either is away; after DEAF_MS they are told state live:false.
 */
#ifndef MOOT_PUSH_RELAY_H
#define MOOT_PUSH_RELAY_H

#include "push/push.h"

#define DEAF_MS 3000	/* without bus or database: then the clients are told */

/* Starts connecting. */
void relay_init(struct push *p);
/* What was asked of either is answered with an error. */
void relay_release(struct push *p);
/* Asks whether all has been read that was on the bus until now. */
void relay_catch_up(struct push *p);
/* The answer to the last relay_catch_up() has come, or there is no bus: what anybody had read
 * before that call has been read here. */
bool relay_has_caught_up(const struct push *p);
/* The bus is heard: its last canary has come back. True as well where none is configured. */
bool relay_has_bus(const struct push *p);
/* The database is there and has said its epoch. */
bool relay_has_feed(const struct push *p);
/* While taking over: how many streams are on the bus. */
uint32_t relay_subscribed(const struct push *p);
/* Once a second. */
void relay_tick(struct push *p);

#endif
