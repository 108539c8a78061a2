#include "jobs/kind.h"

enum err
kind_rename(struct world *w, struct arena *a, const struct job *job)
{
	(void)a;
	return kind_steps(w, job, job_rename);
}
