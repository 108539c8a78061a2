#include "jobs/housekeeping.h"

#include "base/log.h"

enum err
housekeeping_step(struct world *w, struct arena *a, const struct job *job, bool *more)
{
	int64_t removed;

	(void)job;
	TRY(job_housekeeping(w, a, &removed));
	log_info("housekeeping", lf_int("removed", removed));
	*more = false;
	return ERR_OK;
}
