/*
 * pg_async - Postgres for a process that never waits: a few connections behind one queue.
 *
 * Invariants: every accepted question is answered exactly once, from the loop and never from inside
 * pg_pool_ask(); a question runs on one connection and counts as lost when it has no answer within
 * PG_ASK_MS. Lost connections are made again for ever, with growing, jittered pauses. Nothing that
 * may have run is asked twice: who gets ERR_UNAVAILABLE decides. Statements and errors as in pg.h:
 * named, prepared when first used on a connection, unnamed from then on when a pooler loses them,
 * prepared anew when a migration changed what they return.
 */
#ifndef MOOT_LINK_PG_ASYNC_H
#define MOOT_LINK_PG_ASYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "link/pg.h"

#define PG_POOL_MAX 4
#define PG_POOL_QUEUE 4096
#define PG_ASK_MS 10000
#define PG_CONNECT_MS 5000
#define PG_ASK_ARGS 8

struct pg_pool;

/* rows: borrowed, until the function returns; NULL unless e is ERR_OK. */
struct pg_asker {
	void (*done)(void *ctx, enum err e, const struct pg_rows *rows);
	void *ctx;
};

/*
 * conninfo is copied. size: 1 … PG_POOL_MAX connections, opened at once. state(ctx, up) tells when
 * the first connection is there and when the last one is gone. A host name in conninfo that needs
 * DNS blocks while it is resolved; use addresses or a socket directory.
 */
struct pg_pool *pg_pool_new(const char *conninfo, const char *application, int size,
    void (*state)(void *ctx, bool up), void *ctx);
/* Answers everything open with ERR_UNAVAILABLE; state() is not called. */
void pg_pool_free(struct pg_pool *p);
bool pg_pool_is_up(const struct pg_pool *p);
/* Arguments are copied. ERR_UNAVAILABLE at once when no connection is up, ERR_OVERLOAD when
 * PG_POOL_QUEUE questions wait: then done() is not called. */
enum err pg_pool_ask(struct pg_pool *p, enum stmt stmt, struct pg_args args, struct pg_asker asker);

#endif
