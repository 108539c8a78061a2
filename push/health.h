/*
 * health - GET /health on the daemon's own socket: is events' way through Redis and Postgres open.
 */
#ifndef MOOT_PUSH_HEALTH_H
#define MOOT_PUSH_HEALTH_H

#include "push/push.h"

/*
 * {"status":"ok"|"degraded","node","bus":bool,"database":bool,"connections":n,"streams":n,
 *  "accounts":n,"frames_bytes":n,"blocked":n}; 503 when degraded.
 */
void health_answer(const struct push *p, struct buf *out);
/* The gauges of metric.def; once a second. */
void health_tick(const struct push *p);

#endif
