/*
 * publish - hands committed events to the bus. Best effort: what is lost is found in the database.
 */
#ifndef MOOT_DOMAIN_PUBLISH_H
#define MOOT_DOMAIN_PUBLISH_H

#include "domain/world.h"

/* Publishes every row (kind 'event', ref, data) of a mutation's result on the topic s:<ref>. */
void publish_rows(struct world *w, const struct pg_rows *rows);
void publish_one(struct world *w, struct str stream, struct str payload);

#endif
