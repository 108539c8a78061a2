/*
 * marks - stores the marks that wait in Redis, every MARKS_EVERY_MS.
 */
#ifndef MOOT_JOBS_MARKS_H
#define MOOT_JOBS_MARKS_H

#include "base/arena.h"
#include "domain/world.h"

#define MARKS_EVERY_MS 10000

/* Stores one batch when it is time; *did: there may be more to do at once. ERR_UNAVAILABLE:
 * Postgres is away. Anything else is logged, and tried again next time: nothing is lost by that. */
enum err marks_keep(struct world *w, struct arena *a, int64_t *due_ms, bool *did);

#endif
