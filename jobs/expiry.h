/*
 * expiry - ends memberships that have had their time, every EXPIRY_EVERY_MS. (What they allow ends
 * by itself at that moment; this tells everybody.)
 */
#ifndef MOOT_JOBS_EXPIRY_H
#define MOOT_JOBS_EXPIRY_H

#include "base/arena.h"
#include "domain/world.h"

#define EXPIRY_EVERY_MS 10000

/* Ends one when it is time; *did: there may be more to do at once. ERR_UNAVAILABLE: Postgres is
 * away. Anything else is logged, and tried again next time. */
enum err expiry_keep(struct world *w, struct arena *a, int64_t *due_ms, bool *did);

#endif
