/*
 * health - GET /health on the daemon's own socket: is events' way through Redis and Postgres open;
 * and GET /metrics there.
 */
#ifndef MOOT_PUSH_HEALTH_H
#define MOOT_PUSH_HEALTH_H

#include "push/push.h"

#define HEALTH_MAX (64 * 1024)	/* bytes of an answer */

/*
 * {"status":"ok"|"degraded","node","bus":bool,"database":bool,"connections":n,"streams":n,
 *  "accounts":n,"frames_bytes":n,"blocked":n}; 503 when degraded.
 */
void health_answer(const struct push *p, struct buf *out);
/* The counters of this node, or of all processes that share its run_dir, as Prometheus reads them.
 */
void health_metrics(struct buf *out);
/* The gauges of metric.def; once a second. */
void health_tick(const struct push *p);

#endif
