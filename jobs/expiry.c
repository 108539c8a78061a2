#include "jobs/expiry.h"

#include "base/clock.h"
#include "base/log.h"
#include "domain/job.h"

enum err
expiry_keep(struct world *w, struct arena *a, int64_t *due_ms, bool *did)
{
	int64_t now = clock_mono_ms();
	bool more = false;
	enum err e;

	if (now < *due_ms)
		return ERR_OK;
	e = job_expire(w, a, &more);
	if (e == ERR_UNAVAILABLE && !pg_is_up(w->pg))
		return e;
	if (e == ERR_OK && more) {
		*did = true;
		return ERR_OK;
	}
	*due_ms = now + EXPIRY_EVERY_MS;
	if (e != ERR_OK)
		log_warn("a membership that has ended stays", lf_str("error", err_info(e)->code),
		    lf_str("said", pg_fault(w->pg)->message));
	return ERR_OK;
}
