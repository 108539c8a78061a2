/*
 * engine - takes one request through its route's guards to its handler and answers it.
 */
#ifndef MOOT_CGI_ENGINE_H
#define MOOT_CGI_ENGINE_H

#include "base/arena.h"
#include "domain/world.h"

/* Answers the request fcgi_accept() returned; whatever happens, exactly one answer is sent. The
 * arena is empty before and after. */
void engine_serve(struct world *w, struct arena *a);

#endif
