#include <stdio.h>

#include "base/log.h"
#include "jobs/kind.h"

enum err
kind_housekeeping(struct world *w, struct arena *a, const struct job *job)
{
	struct pg_rows rows;
	int64_t n, removed = 0;

	(void)job;
	TRY(pg_run(w->pg, a, STMT_PARTITIONS_ENSURE, PG_NONE, NULL));
	TRY(pg_run(w->pg, a, STMT_HOUSEKEEPING, PG_NONE, &rows));
	for (int i = 0; i < rows.n; i++) {
		if (pg_get_int(&rows, i, 1, &n))
			removed += n;
	}
	log_info("housekeeping", lf_int("removed", removed));
	return ERR_OK;
}
