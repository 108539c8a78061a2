#include "jobs/kind.h"

#define STEP_ARENA (4u << 20)

const struct kind kind_table[] = {
	{ "erase", kind_erase },
	{ "housekeeping", kind_housekeeping },
	{ "rename", kind_rename },
	{ NULL, NULL },
};

const struct kind *
kind_find(struct str name)
{
	for (const struct kind *k = kind_table; k->name != NULL; k++) {
		if (str_eq(name, str_of(k->name)))
			return k;
	}
	return NULL;
}

enum err
kind_steps(struct world *w, const struct job *job,
    enum err (*step)(struct world *w, struct arena *a, const struct job *job, bool *more))
{
	bool more = true;
	enum err e = ERR_OK;

	while (more && e == ERR_OK) {
		struct arena a;

		arena_init(&a, STEP_ARENA);
		e = step(w, &a, job, &more);
		arena_release(&a);
	}
	return e;
}
