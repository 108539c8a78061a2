/*
 * A ZIP of what somebody has: messages.ndjson of what he has said, profile.json, and avatar.webp
 * where he has one. It grows step by step in a file named after the one it becomes; whoever goes on
 * with the job goes on with that.
 */
#include "jobs/export.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "domain/export.h"
#include "domain/picture.h"
#include "jobs/worker.h"
#include "link/file.h"
#include "wire/zip.h"

#define LEFT_S 3600	/* a file nobody wants is not being written any more */
#define BEGUN_MAX 10	/* after that something takes the file away each time */
#define PART ".part"
#define PICTURE_BYTES (1 << 20)

enum { MESSAGES, PROFILE, PICTURE, MEMBERS };

struct writer {
	struct world *w;
	struct arena *a;
	const struct job *job;
	struct export_step at;
	struct file *f;
	struct zip_member members[MEMBERS];
};

static const char *
folder(const struct world *w, struct arena *a)
{
	return arena_printf(a, "%s/" EXPORT_FOLDER, w->config->files_dir);
}

static const char *
part(const struct writer *x)
{
	return arena_printf(x->a, "%s" PART, x->at.file);
}

static enum err
add(struct writer *x, struct zip_member *m, struct str bytes)
{
	if ((uint64_t)file_size(x->f) + bytes.len > ZIP_BYTES - 1024)
		return ERR_TOO_LARGE;
	TRY(file_write(x->f, bytes));
	m->crc = zip_crc(m->crc, bytes);
	m->size += (uint32_t)bytes.len;
	return ERR_OK;
}

static struct str
head_of(struct writer *x, const struct zip_member *m)
{
	struct buf *b = buf_new(x->a, 256);

	zip_add_head(b, m);
	return buf_str(b);
}

static enum err
begin(struct writer *x, struct zip_member *m)
{
	m->at = (uint32_t)file_size(x->f);
	return file_write(x->f, head_of(x, m));
}

/* Its size and its CRC are known. */
static enum err
complete(struct writer *x, const struct zip_member *m)
{
	return file_write_at(x->f, m->at, head_of(x, m));
}

/* The messages come first, so that all that has to be kept of them is how far they come. */
static enum err
begin_messages(struct writer *x)
{
	struct zip_member *m = &x->members[MESSAGES];

	*m = (struct zip_member){ .name = "messages.ndjson", .wall_ms = clock_wall_ms() };
	struct str head = head_of(x, m);
	if (x->at.size == 0)
		return begin(x, m);
	m->crc = (uint32_t)x->at.crc;
	m->size = (uint32_t)x->at.size - (uint32_t)head.len;
	return ERR_OK;
}

static enum err
add_lines(struct writer *x)
{
	struct zip_member *m = &x->members[MESSAGES];

	if (x->at.lines.p == NULL)
		return ERR_OK;
	TRY(add(x, m, x->at.lines));
	return add(x, m, STR("\n"));
}

static enum err
add_profile(struct writer *x, struct str json)
{
	struct zip_member *m = &x->members[PROFILE];

	*m = (struct zip_member){ .name = "profile.json", .wall_ms = clock_wall_ms() };
	TRY(begin(x, m));
	TRY(add(x, m, json));
	return complete(x, m);
}

/* As it is shown to others. *n: how many members there are then. */
static enum err
add_picture(struct writer *x, struct str name, size_t *n)
{
	struct zip_member *m = &x->members[PICTURE];
	const char *path;
	struct file *f;
	int64_t size;

	*n = PICTURE;
	if (name.p == NULL || picture_path(x->a, x->w->config, name, &path) != ERR_OK ||
	    file_open(x->a, path, &f, &size) != ERR_OK || size > PICTURE_BYTES)
		return ERR_OK;
	char *bytes = arena_alloc(x->a, (size_t)size);
	if (file_read(f, bytes, (size_t)size) != (size_t)size)
		return ERR_OK;
	*m = (struct zip_member){ .name = "avatar.webp", .wall_ms = clock_wall_ms() };
	TRY(begin(x, m));
	TRY(add(x, m, (struct str){ bytes, (size_t)size }));
	*n = MEMBERS;
	return complete(x, m);
}

/* Nobody wants it: the account is gone, or has asked for another one. name: as it is called now. */
static enum err
drop(struct writer *x, const char *name)
{
	log_info("nobody wants this copy any more", lf_int("uid", x->at.account));
	(void)file_remove(folder(x->w, x->a), name);
	return ERR_OK;
}

static enum err
finish(struct writer *x)
{
	struct buf *end = buf_new(x->a, 1024);
	struct export_profile profile;
	size_t n;
	bool wanted;

	TRY(complete(x, &x->members[MESSAGES]));
	TRY(export_profile(x->w, x->a, x->at.account, &profile));
	if (profile.json.p == NULL)
		return drop(x, part(x));
	TRY(add_profile(x, profile.json));
	TRY(add_picture(x, profile.picture, &n));
	zip_add_directory(end, x->members, n, (uint32_t)file_size(x->f));
	TRY(file_write(x->f, buf_str(end)));
	TRY(file_keep(x->f, x->at.file));
	TRY(export_ready(x->w, x->a, x->job, x->at.account, x->at.file, file_size(x->f), &wanted));
	return wanted ? ERR_OK : drop(x, x->at.file);
}

/* What was written is not there: another machine, or this one came down too early. */
static enum err
begin_anew(struct writer *x)
{
	if (x->at.begun >= BEGUN_MAX)
		return ERR_NOT_FOUND;
	log_warn("a copy that was begun is not there", lf_int("uid", x->at.account),
	    lf_int("begun", x->at.begun + 1));
	x->at = (struct export_step){ .begun = x->at.begun + 1 };
	return export_note(x->w, x->a, x->job, &x->at);
}

static enum err
write_step(struct writer *x, bool *more)
{
	*more = x->at.channel != 0;
	enum err e = file_continue(x->a, folder(x->w, x->a), part(x), x->at.size, &x->f);
	if (e == ERR_NOT_FOUND) {
		*more = true;
		return begin_anew(x);
	}
	TRY(e);
	TRY(begin_messages(x));
	TRY(add_lines(x));
	if (!*more)
		return finish(x);
	TRY(file_sync(x->f));
	x->at.size = file_size(x->f);
	x->at.crc = x->members[MESSAGES].crc;
	return export_note(x->w, x->a, x->job, &x->at);
}

static enum err
step(struct writer *x, bool *more)
{
	TRY(export_next(x->w, x->a, x->job, &x->at));
	*more = false;
	if (x->w->config->files_dir[0] == '\0')
		return ERR_NOT_FOUND;
	if (!x->at.wanted)
		return drop(x, part(x));
	if (x->at.channel == 0 || x->at.lines.p != NULL || x->at.size == 0)
		return write_step(x, more);
	*more = true;
	return export_note(x->w, x->a, x->job, &x->at);
}

/* Where that fails too, export_sweep() finds that there is no job any more. */
static void
note_failed(struct writer *x)
{
	enum err e = export_failed(x->w, x->a, x->at.account, x->at.file);

	if (e != ERR_OK)
		log_warn("a failed copy is not noted as failed", lf_int("uid", x->at.account),
		    lf_str("error", err_info(e)->code));
	(void)file_remove(folder(x->w, x->a), part(x));
}

enum err
export_write(struct world *w, struct arena *a, const struct job *job, bool *more)
{
	struct writer x = { .w = w, .a = a, .job = job };
	enum err e = step(&x, more);

	if (e != ERR_OK && e != ERR_CONFLICT && x.at.file != NULL &&
	    worker_retry_s(job->failures) == 0)
		note_failed(&x);
	return e;
}

struct names {
	struct str *v;	/* in the order of their bytes */
	size_t n;
};

static int
compare(const void *a, const void *b)
{
	const struct str *x = a, *y = b;
	int d = memcmp(x->p, y->p, x->len < y->len ? x->len : y->len);

	return d != 0 ? d : (x->len > y->len) - (x->len < y->len);
}

static bool
is_wanted(void *ctx, struct str name)
{
	const struct names *names = ctx;
	const struct str end = STR(PART);

	if (name.len > end.len &&
	    str_eq((struct str){ name.p + name.len - end.len, end.len }, end))
		name.len -= end.len;
	return bsearch(&name, names->v, names->n, sizeof(*names->v), compare) != NULL;
}

enum err
export_sweep(struct world *w, struct arena *a, int64_t *removed)
{
	struct names names;

	*removed = 0;
	TRY(export_files(w, a, &names.v, &names.n));
	if (w->config->files_dir[0] == '\0')
		return ERR_OK;
	return file_sweep(folder(w, a), LEFT_S, is_wanted, &names, removed);
}
