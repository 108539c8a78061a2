#include "jobs/marks.h"

#include "base/clock.h"
#include "base/log.h"
#include "domain/mark.h"

enum err
marks_keep(struct world *w, struct arena *a, int64_t *due_ms, bool *did)
{
	int64_t now = clock_mono_ms();
	size_t n = 0;
	enum err e;

	if (!redis_is_used(w->redis) || now < *due_ms)
		return ERR_OK;
	e = marks_flush(w, a, &n);
	if (e == ERR_OK && n == MARKS_BATCH) {
		*did = true;
		return ERR_OK;
	}
	if (e == ERR_UNAVAILABLE && !pg_is_up(w->pg))
		return e;
	*due_ms = now + MARKS_EVERY_MS;
	if (e == ERR_OK && n > 0)
		log_info("marks stored", lf_int("marks", (int64_t)n));
	else if (e != ERR_OK)
		log_warn("marks wait", lf_str("error", err_info(e)->code),
		    lf_str("said", e == ERR_UNAVAILABLE ? "Redis is away"
		    : pg_fault(w->pg)->message));
	return ERR_OK;
}
