/*
 * params - the parameters that most statements of an actor have. In the arena of the call.
 */
#ifndef MOOT_DOMAIN_PARAMS_H
#define MOOT_DOMAIN_PARAMS_H

#include "domain/call.h"

/* Who asks. */
#define ACTOR(c) pg_int((c)->arena, (c)->actor.account)
#define ID(c, id) pg_int((c)->arena, (id))
/* An id that may be absent, as 0: NULL then. */
#define ID_OR_NULL(c, id) ((id) > 0 ? pg_int((c)->arena, (id)) : NULL)

#endif
