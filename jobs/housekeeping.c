#include "jobs/housekeeping.h"

#include "base/log.h"
#include "jobs/export.h"
#include "jobs/pictures.h"

enum err
housekeeping_step(struct world *w, struct arena *a, const struct job *job, bool *more)
{
	int64_t removed, files, pictures;

	(void)job;
	TRY(job_housekeeping(w, a, &removed));
	TRY(export_sweep(w, a, &files));
	TRY(pictures_sweep(w, a, &pictures));
	log_info("housekeeping", lf_int("removed", removed), lf_int("files", files + pictures));
	*more = false;
	return ERR_OK;
}
