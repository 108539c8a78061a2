#include "jobs/pictures.h"

#include "base/log.h"
#include "domain/picture.h"

enum err
pictures_step(struct world *w, struct arena *a, const struct job *job, bool *more)
{
	int64_t files;

	(void)job;
	TRY(picture_drop(w, a, &files, more));
	if (files > 0)
		log_info("pictures", lf_int("files", files));
	return ERR_OK;
}

enum err
pictures_sweep(struct world *w, struct arena *a, int64_t *files)
{
	bool more = true;

	TRY(picture_sweep(w, a, files));
	while (more) {
		int64_t n;
		TRY(picture_drop(w, a, &n, &more));
		*files += n;
	}
	return ERR_OK;
}
