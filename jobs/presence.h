/*
 * presence - stores what was chosen on streams, and who was seen when, every PRESENCE_EVERY_MS.
 */
#ifndef MOOT_JOBS_PRESENCE_H
#define MOOT_JOBS_PRESENCE_H

#include "base/arena.h"
#include "domain/world.h"

#define PRESENCE_EVERY_MS 10000

/* When it is time. ERR_UNAVAILABLE: Postgres is away. Anything else is logged, and tried again next
 * time: nothing is lost by that. */
enum err presence_keep(struct world *w, struct arena *a, int64_t *due_ms);

#endif
