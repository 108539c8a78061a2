#include "push/health.h"

#include "base/metric.h"
#include "push/control.h"
#include "push/relay.h"

void
health_answer(const struct push *p, struct buf *out)
{
	bool bus = relay_has_bus(p), database = relay_has_feed(p);
	struct buf body;

	buf_init(&body, 1024);
	buf_printf(&body,
	    "{\"status\":\"%s\",\"node\":\"%s\",\"bus\":%s,\"database\":%s,"
	    "\"connections\":%u,\"streams\":%u,\"accounts\":%u,\"frames_bytes\":%zu,\"blocked\":%u}"
	    "\n",
	    bus && database ? "ok" : "degraded", p->node, bus ? "true" : "false",
	    database ? "true" : "false", p->n_stream_conns + p->n_ws_conns, p->streams.live,
	    p->accounts.live, p->rings.bytes, p->blocked_conns);
	if (buf_ok(&body))
		control_answer(
		    out, bus && database ? 200 : 503, "application/json", "", buf_str(&body));
	else
		buf_fail(out);
	buf_release(&body);
}

void
health_metrics(struct buf *out)
{
	struct buf body;

	buf_init(&body, HEALTH_MAX - 1024);
	metric_render(&body);
	if (buf_ok(&body))
		control_answer(out, 200, "text/plain; version=0.0.4", "", buf_str(&body));
	else
		buf_fail(out);
	buf_release(&body);
}

void
health_tick(const struct push *p)
{
	metric_set(METRIC_push_connections_sse, p->n_stream_conns);
	metric_set(METRIC_push_connections_ws, p->n_ws_conns);
	metric_set(METRIC_push_lagging, p->blocked_conns);
}
