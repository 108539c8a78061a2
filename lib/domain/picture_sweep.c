/* Pictures that are nobody's any more, and files that never were anybody's. */
#include <string.h>

#include "domain/picture.h"
#include "link/file.h"
#include "wire/picture.h"

#define DROP 100	/* pictures removed by one transaction */
#define ADOPT 500	/* names told to the database at once */
#define PART_S 3600	/* a file that is still being written is younger */

/* The one that is written first goes last. */
static enum err
remove_files(struct world *w, struct arena *a, struct str hash, int64_t *files)
{
	const char *dir = arena_printf(a, "%s/" PICTURE_FOLDER, w->config->files_dir);

	for (size_t k = PICTURE_SIDES; k-- > 0;) {
		TRY(file_remove(dir, picture_file(a, hash, k)));
		(*files)++;
	}
	return ERR_OK;
}

/* One whose files cannot be removed gets its row back, and another hour. */
static enum err
remove_all(struct world *w, struct arena *a, const struct pg_rows *rows, int64_t *files)
{
	for (int i = 0; i < rows->n; i++) {
		struct str hash = pg_get(rows, i, 0);
		struct pg_step stays = { .stmt = STMT_PICTURE_CLAIM,
			.args = PG_ARGS(pg_text(a, hash)) };

		if (remove_files(w, a, hash, files) != ERR_OK)
			TRY(pg_batch(w->pg, a, PG_INSIDE, &stays, 1));
	}
	return ERR_OK;
}

enum err
picture_drop(struct world *w, struct arena *a, int64_t *files, bool *more)
{
	struct pg_step step = { .stmt = STMT_PICTURE_DROP, .args = PG_ARGS(pg_int(a, DROP)) };

	*files = 0;
	*more = false;
	if (w->config->files_dir[0] == '\0')
		return ERR_OK;
	TRY(pg_batch(w->pg, a, PG_BEGIN, &step, 1));
	enum err e = remove_all(w, a, &step.rows, files);
	if (e == ERR_OK)
		e = pg_batch(w->pg, a, PG_COMMIT, NULL, 0);
	else
		pg_rollback(w->pg);
	*more = e == ERR_OK && step.rows.n == DROP;
	return e;
}

struct sweep {
	struct world *w;
	struct arena arena;	/* of what is not told yet */
	struct str hashes[ADOPT];
	size_t n;
	enum err e;
};

static void
tell(struct sweep *s)
{
	if (s->e == ERR_OK && s->n > 0)
		s->e = pg_run(s->w->pg, &s->arena, STMT_PICTURE_ADOPT,
		    PG_ARGS(pg_text_array(&s->arena, s->hashes, s->n)), NULL);
	s->n = 0;
	arena_reset(&s->arena);
}

/* For file_sweep(): files of pictures stay. Of each picture one tells the database of it. */
static bool
note_picture(void *ctx, struct str name)
{
	struct sweep *s = ctx;
	const char *path;

	if (picture_path(&s->arena, s->w->config, name, &path) != ERR_OK)
		return false;
	struct str hash = { arena_strndup(&s->arena, name.p, PICTURE_HASH), PICTURE_HASH };
	if (!str_eq(name, str_of(picture_file(&s->arena, hash, 0))))
		return true;
	s->hashes[s->n++] = hash;
	if (s->n == ADOPT)
		tell(s);
	return true;
}

enum err
picture_sweep(struct world *w, struct arena *a, int64_t *files)
{
	struct sweep *s = arena_new(a, struct sweep);

	*files = 0;
	if (w->config->files_dir[0] == '\0')
		return ERR_OK;
	s->w = w;
	arena_init(&s->arena, 1 << 20);
	enum err e = file_sweep(arena_printf(a, "%s/" PICTURE_FOLDER, w->config->files_dir), PART_S,
	    note_picture, s, files);
	tell(s);
	arena_release(&s->arena);
	return e != ERR_OK ? e : s->e;
}
