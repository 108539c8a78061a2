/* A ZIP of what somebody has: profile.json, and messages.ndjson of what he has said. */
#include "jobs/export.h"

#include "base/id.h"
#include "base/log.h"
#include "domain/export.h"
#include "jobs/worker.h"
#include "link/file.h"
#include "wire/json.h"
#include "wire/zip.h"

#define STEP_ARENA (64u << 20)
#define LEFT_S 3600	/* a file nobody wants is not being written any more */

struct writer {
	struct world *w;
	const struct job *job;
	int64_t account;
	const char *file;	/* its name in the end */
	struct file *f;
	struct zip_member members[2];
};

static const char *
folder(const struct world *w, struct arena *a)
{
	return arena_printf(a, "%s/" EXPORT_FOLDER, w->config->files_dir);
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

/* The head of a member: before its bytes, and again when they are known. */
static enum err
put_head(struct writer *x, struct arena *a, const struct zip_member *m)
{
	struct buf *b = buf_new(a, 256);

	zip_add_head(b, m);
	if (m->size == 0 && file_size(x->f) == (int64_t)m->at)
		return file_write(x->f, buf_str(b));
	return file_write_at(x->f, m->at, buf_str(b));
}

static enum err
write_profile(struct writer *x, bool *gone)
{
	struct zip_member *m = &x->members[0];
	struct str json;
	struct arena a;

	arena_init(&a, STEP_ARENA);
	*m = (struct zip_member){ .name = "profile.json" };
	enum err e = export_profile(x->w, &a, x->account, &json);
	*gone = e == ERR_OK && json.p == NULL;
	if (e == ERR_OK && !*gone)
		e = put_head(x, &a, m);
	if (e == ERR_OK && !*gone)
		e = add(x, m, json);
	if (e == ERR_OK && !*gone)
		e = put_head(x, &a, m);
	arena_release(&a);
	return e;
}

/* However much it is: each step has memory of its own. */
static enum err
write_step(struct writer *x, struct export_place *at, bool *more)
{
	struct zip_member *m = &x->members[1];
	struct str lines;
	struct arena a;

	arena_init(&a, STEP_ARENA);
	enum err e = export_step(x->w, &a, x->job, at, &lines, more);
	if (e == ERR_OK && lines.p != NULL) {
		e = add(x, m, lines);
		if (e == ERR_OK)
			e = add(x, m, STR("\n"));
	}
	arena_release(&a);
	return e;
}

static enum err
write_messages(struct writer *x, struct arena *a)
{
	struct export_place at = { 0 };
	bool more = true;

	x->members[1] = (struct zip_member){ .name = "messages.ndjson",
		.at = (uint32_t)file_size(x->f) };
	TRY(put_head(x, a, &x->members[1]));
	while (more)
		TRY(write_step(x, &at, &more));
	return put_head(x, a, &x->members[1]);
}

static enum err
write_all(struct writer *x, struct arena *a)
{
	const char *part =
	    arena_printf(a, "%s.%lld.part", x->file, (long long)x->job->attempts);
	struct buf *end = buf_new(a, 1024);
	bool gone, wanted;

	TRY(file_make(a, folder(x->w, a), part, &x->f));
	TRY(write_profile(x, &gone));
	if (gone)
		return ERR_OK;
	TRY(write_messages(x, a));
	zip_add_directory(end, x->members, 2, (uint32_t)file_size(x->f));
	TRY(file_write(x->f, buf_str(end)));
	TRY(file_keep(x->f, x->file));
	TRY(export_ready(x->w, a, x->job, x->account, x->file, file_size(x->f), &wanted));
	if (!wanted)
		log_info("nobody wants this copy any more", lf_int("uid", x->account));
	return ERR_OK;
}

static bool
read_job(struct arena *a, struct writer *x)
{
	struct json *data;
	struct str account, file;

	if (json_parse(a, x->job->data, &data) != ERR_OK ||
	    !json_str(json_get(data, "account"), &account) || !id_parse(account, &x->account) ||
	    !json_str(json_get(data, "file"), &file) || file.len != 32)
		return false;
	x->file = arena_strndup(a, file.p, file.len);
	return true;
}

/* Where that fails too, export_sweep() finds that there is no job any more. */
static void
note_failed(struct writer *x, struct arena *a)
{
	enum err e = export_failed(x->w, a, x->account, x->file);

	if (e != ERR_OK)
		log_warn("a failed copy is not noted as failed", lf_int("uid", x->account),
		    lf_str("error", err_info(e)->code));
}

enum err
export_write(struct world *w, struct arena *a, const struct job *job, bool *more)
{
	struct writer x = { .w = w, .job = job };

	*more = false;
	if (!read_job(a, &x))
		return ERR_INTERNAL;
	enum err e = w->config->files_dir[0] == '\0' ? ERR_NOT_FOUND : write_all(&x, a);
	if (e != ERR_OK && worker_retry_s(job->failures) == 0)
		note_failed(&x, a);
	return e;
}

struct names {
	struct str *v;
	size_t n;
};

static bool
is_wanted(void *ctx, struct str name)
{
	const struct names *names = ctx;

	for (size_t i = 0; i < names->n; i++)
		if (str_eq(names->v[i], name))
			return true;
	return false;
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
