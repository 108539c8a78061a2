#include "jobs/kind.h"

#include "base/clock.h"
#include "jobs/export.h"
#include "jobs/housekeeping.h"
#include "jobs/mail.h"
#include "jobs/pictures.h"

#define STEP_ARENA (64u << 20)	/* EXPORT_PAGE of the longest messages, each character escaped */

const struct kind kind_table[] = {
	{ "delete_messages", job_delete_messages, NULL, NULL },
	{ "export", export_write, NULL, NULL },
	{ "housekeeping", housekeeping_step, NULL, NULL },
	{ "mail", mail_step, mail_rest_s, mail_retry_s },
	{ "pictures", pictures_step, NULL, NULL },
	{ "purge", job_purge, NULL, NULL },
	{ "rename", job_rename, NULL, NULL },
	{ "retention", job_retention, NULL, NULL },
	{ "return", job_return, NULL, NULL },
	{ NULL, NULL, NULL, NULL },
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
