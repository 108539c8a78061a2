#include "domain/publish.h"

#include "base/id.h"
#include "base/metric.h"
#include "wire/bus.h"

static enum err
queue(struct world *w, struct str stream, struct str payload)
{
	char topic[BUS_TOPIC_MAX];
	int64_t id;

	if (!id_parse(stream, &id))
		return ERR_INTERNAL;
	bus_topic(id, topic);
	return redis_publish(w->redis, str_of(topic), payload);
}

void
publish_rows(struct world *w, const struct pg_rows *rows)
{
	enum err e = ERR_OK;
	int lost = 0, queued = 0;

	if (!redis_is_used(w->redis))
		return;
	for (int i = 0; i < rows->n; i++) {
		if (!str_eq(pg_get(rows, i, 0), STR("event")))
			continue;
		e = queue(w, pg_get(rows, i, 1), pg_get(rows, i, 2));
		if (e == ERR_OK)
			queued++;
		else
			lost++;
	}
	if (queued > 0 && redis_flush(w->redis) != ERR_OK)
		lost += queued;
	if (lost > 0)
		metric_add(METRIC_publish_failed, lost);
}

void
publish_one(struct world *w, struct str stream, struct str payload)
{
	if (!redis_is_used(w->redis))
		return;
	if (queue(w, stream, payload) != ERR_OK || redis_flush(w->redis) != ERR_OK)
		metric_add(METRIC_publish_failed, 1);
}
