/*
 * metric - counters shared by all Moot processes of an installation: one file in run_dir, mapped
 * by each process, fixed slots, atomic adds. Without a run_dir they are private to the process.
 */
#ifndef MOOT_BASE_METRIC_H
#define MOOT_BASE_METRIC_H

#include <stdint.h>

#include "base/buf.h"

enum metric {
#define X(name, kind, help) METRIC_##name,
#define H(name, help)
#include "base/metric.def"
#undef X
#undef H
	METRIC__MAX
};

enum metric_histogram {
#define X(name, kind, help)
#define H(name, help) METRIC_H_##name,
#include "base/metric.def"
#undef X
#undef H
	METRIC_H__MAX
};

/* Maps <run_dir>/metrics, made when missing, made anew when it has another layout. run_dir may be
 * NULL. Never fails: falls back to private memory and logs. */
void metric_init(const char *run_dir);
void metric_add(enum metric m, int64_t n);
void metric_set(enum metric m, int64_t v);
void metric_observe(enum metric_histogram h, int64_t us);
int64_t metric_get(enum metric m);
/* Prometheus text format 0.0.4, names prefixed "moot_". */
void metric_render(struct buf *out);

#endif
