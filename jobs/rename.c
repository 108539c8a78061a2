#include "jobs/kind.h"

#define STEP_ARENA (4u << 20)

/* Somebody may be in any number of conversations: each step has memory of its own. */
static enum err
step(struct world *w, const struct job *job, bool *more)
{
	struct arena a;

	arena_init(&a, STEP_ARENA);
	enum err e = job_rename(w, &a, job, more);
	arena_release(&a);
	return e;
}

enum err
kind_rename(struct world *w, struct arena *a, const struct job *job)
{
	bool more = true;

	(void)a;
	while (more)
		TRY(step(w, job, &more));
	return ERR_OK;
}
