#include "base/log.h"
#include "jobs/kind.h"

enum err
kind_housekeeping(struct world *w, struct arena *a, const struct job *job)
{
	int64_t removed;

	(void)job;
	TRY(job_housekeeping(w, a, &removed));
	log_info("housekeeping", lf_int("removed", removed));
	return ERR_OK;
}
