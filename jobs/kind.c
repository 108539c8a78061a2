#include "jobs/kind.h"

#include "base/clock.h"
#include "jobs/export.h"
#include "jobs/housekeeping.h"
#include "jobs/mail.h"
#include "jobs/pictures.h"

#define STEP_ARENA (64u << 20)	/* EXPORT_PAGE of the longest messages, each character escaped */

const struct kind kind_table[] = {
	{ "delete_messages", job_delete_messages },
	{ "export", export_write },
	{ "housekeeping", housekeeping_step },
	{ "mail", mail_step },
	{ "pictures", pictures_step },
	{ "purge", job_purge },
	{ "rename", job_rename },
	{ "retention", job_retention },
	{ "return", job_return },
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
kind_run(const struct kind *k, struct world *w, const struct job *job, bool (*goes_on)(void *ctx),
    void *ctx, bool *more)
{
	int64_t until = clock_mono_ms() + JOB_SLICE_MS;
	enum err e;

	do {
		struct arena a;

		arena_init(&a, STEP_ARENA);
		e = k->step(w, &a, job, more);
		arena_release(&a);
	} while (goes_on(ctx) && e == ERR_OK && *more && clock_mono_ms() < until);
	return e;
}
