#include "domain/export.h"

#include <string.h>

#include "domain/params.h"

/* Where the copy is fetched, as seen by a browser. */
static const char *
place(struct call *c)
{
	return arena_printf(
	    c->arena, "%.*s/api/v1/me/export/file", STR_FMT(c->world->site.path));
}

enum err
export_start(struct call *c, struct answer *out)
{
	if (c->world->config->files_dir[0] == '\0')
		return ERR_UNAVAILABLE;
	return call_mutate(c, 0, STMT_EXPORT_START, PG_ARGS(ACTOR(c), place(c)), out);
}

enum err
export_read(struct call *c, struct answer *out)
{
	return call_read(c, STMT_EXPORT_READ, PG_ARGS(ACTOR(c), place(c)), out);
}

enum err
export_path(struct call *c, const char **path)
{
	struct pg_rows rows;

	TRY(call_rows(c, STMT_EXPORT_FILE, PG_ARGS(ACTOR(c)), &rows));
	if (rows.n == 0)
		return ERR_NOT_FOUND;
	*path = arena_printf(c->arena, "%s/" EXPORT_FOLDER "/%.*s", c->world->config->files_dir,
	    STR_FMT(pg_get(&rows, 0, 0)));
	return ERR_OK;
}

enum err
export_profile(struct world *w, struct arena *a, int64_t account, struct export_profile *out)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_EXPORT_PROFILE, PG_ARGS(pg_int(a, account)), &rows));
	*out = (struct export_profile){ .json = pg_get(&rows, 0, 0) };
	struct str hash = pg_get(&rows, 0, 1);
	if (hash.p != NULL)
		out->picture = str_of(arena_printf(a, "%.*s-256.webp", STR_FMT(hash)));
	return ERR_OK;
}

#define NAME 32	/* hex digits */

enum err
export_next(struct world *w, struct arena *a, const struct job *job, struct export_step *out)
{
	struct export_step s = { .channel = 0 };
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_EXPORT_NEXT, PG_ARGS(pg_int(a, job->id), pg_int(a, job->attempts),
	    pg_int(a, JOB_LEASE_S), pg_int(a, EXPORT_PAGE)), &rows));
	struct str file = pg_get(&rows, 0, 1);
	if (!pg_get_int(&rows, 0, 0, &s.account) || !str_is_hex(file) ||
	    file.len != NAME ||
	    !pg_get_int(&rows, 0, 3, &s.begun) || !pg_get_int(&rows, 0, 4, &s.size) ||
	    !pg_get_int(&rows, 0, 5, &s.crc))
		return ERR_INTERNAL;
	s.file = arena_strndup(a, file.p, file.len);	/* it becomes a path */
	s.wanted = pg_get_bool(&rows, 0, 2);
	if (pg_get_int(&rows, 0, 6, &s.channel) && !pg_get_int(&rows, 0, 7, &s.below))
		return ERR_INTERNAL;
	s.lines = pg_get(&rows, 0, 8);
	*out = s;
	return ERR_OK;
}

enum err
export_note(struct world *w, struct arena *a, const struct job *job, const struct export_step *at)
{
	return pg_run(w->pg, a, STMT_EXPORT_NOTE,
	    PG_ARGS(pg_int(a, job->id), pg_int(a, job->attempts), pg_int(a, JOB_LEASE_S),
		pg_int(a, at->begun), pg_int(a, at->size), pg_int(a, at->crc),
		pg_int(a, at->channel), pg_int(a, at->below)), NULL);
}

enum err
export_ready(struct world *w, struct arena *a, const struct job *job, int64_t account,
    const char *file, int64_t size, bool *wanted)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_EXPORT_READY,
	    PG_ARGS(pg_int(a, job->id), pg_int(a, job->attempts), pg_int(a, account), file,
		pg_int(a, size)),
	    &rows));
	*wanted = pg_get_bool(&rows, 0, 0);
	return ERR_OK;
}

enum err
export_failed(struct world *w, struct arena *a, int64_t account, const char *file)
{
	return pg_run(w->pg, a, STMT_EXPORT_FAILED, PG_ARGS(pg_int(a, account), file), NULL);
}

enum err
export_files(struct world *w, struct arena *a, struct str **names, size_t *n)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_EXPORT_FILES, PG_NONE, &rows));
	*names = arena_calloc(a, (size_t)rows.n + 1, sizeof(**names));
	for (int i = 0; i < rows.n; i++)
		(*names)[i] = pg_get(&rows, i, 0);
	*n = (size_t)rows.n;
	return ERR_OK;
}
