#include "link/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

struct file {
	int fd;
	int dir;	/* of one that is being made; else -1 */
	char *name;	/* in dir, until it is kept; NULL then */
	bool stays;	/* though it is not kept */
	int64_t size;
};

static enum err
failed(const char *what, const char *name)
{
	log_error("file", lf_str("what", what), lf_str("name", name),
	    lf_str("error", strerror(errno)));
	return ERR_UNAVAILABLE;
}

static void
release(void *obj)
{
	struct file *f = obj;

	close(f->fd);
	if (f->dir < 0)
		return;
	if (f->name != NULL && !f->stays)
		unlinkat(f->dir, f->name, 0);
	close(f->dir);
}

enum err
file_open(struct arena *a, const char *path, struct file **out, int64_t *size)
{
	struct file *f = arena_new(a, struct file);
	struct stat st;

	f->dir = -1;
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (f->fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : failed("open", path);
	arena_defer(a, release, f);
	if (fstat(f->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return ERR_NOT_FOUND;
	*out = f;
	*size = st.st_size;
	return ERR_OK;
}

size_t
file_read(struct file *f, void *p, size_t n)
{
	ssize_t got;

	do
		got = read(f->fd, p, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		failed("read", "");
	return got > 0 ? (size_t)got : 0;
}

static enum err
in_folder(struct arena *a, const char *dir, const char *name, int flags, struct file **out)
{
	struct file *f = arena_new(a, struct file);
	struct stat folder;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return failed("make the folder", dir);
	f->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->dir < 0)
		return failed("open the folder", dir);
	f->name = arena_strdup(a, name);
	if (flags & O_EXCL)
		unlinkat(f->dir, name, 0);
	f->fd = openat(f->dir, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
	if (f->fd < 0) {
		enum err e = failed("make", name);

		close(f->dir);
		return e;
	}
	arena_defer(a, release, f);
	if (fstat(f->dir, &folder) == 0 && (folder.st_mode & S_IRGRP) != 0 &&
	    fchmod(f->fd, 0640) != 0)
		return failed("let the group read", name);
	*out = f;
	return ERR_OK;
}

enum err
file_make(struct arena *a, const char *dir, const char *name, struct file **out)
{
	return in_folder(a, dir, name, O_EXCL, out);
}

enum err
file_continue(struct arena *a, const char *dir, const char *name, int64_t at, struct file **out)
{
	struct file *f;
	struct stat st;

	TRY(in_folder(a, dir, name, 0, &f));
	f->stays = true;
	if (flock(f->fd, LOCK_EX | LOCK_NB) != 0)
		return failed("take for oneself", name);
	if (fstat(f->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < at)
		return ERR_NOT_FOUND;
	if (ftruncate(f->fd, at) != 0)
		return failed("cut", name);
	f->size = at;
	*out = f;
	return ERR_OK;
}

enum err
file_write_at(struct file *f, int64_t at, struct str bytes)
{
	while (bytes.len > 0) {
		ssize_t did = pwrite(f->fd, bytes.p, bytes.len, at);

		if (did < 0 && errno == EINTR)
			continue;
		if (did <= 0)
			return failed("write", f->name);
		bytes = (struct str){ bytes.p + did, bytes.len - (size_t)did };
		at += did;
	}
	return ERR_OK;
}

enum err
file_write(struct file *f, struct str bytes)
{
	TRY(file_write_at(f, f->size, bytes));
	f->size += (int64_t)bytes.len;
	return ERR_OK;
}

int64_t
file_size(const struct file *f)
{
	return f->size;
}

enum err
file_sync(struct file *f)
{
	return fsync(f->fd) == 0 ? ERR_OK : failed("write to the disk", f->name);
}

enum err
file_keep(struct file *f, const char *name)
{
	TRY(file_sync(f));
	if (renameat(f->dir, f->name, f->dir, name) != 0)
		return failed("rename", f->name);
	f->name = NULL;
	if (fsync(f->dir) != 0)
		return failed("write the folder to the disk", name);
	return ERR_OK;
}

enum err
file_show(struct file *f)
{
	if (fchmod(f->fd, 0644) != 0 || fchmod(f->dir, 0755) != 0)
		return failed("let others read", f->name);
	return ERR_OK;
}

enum err
file_remove(const char *dir, const char *name)
{
	int d = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = ERR_OK;

	if (d < 0)
		return errno == ENOENT ? ERR_OK : failed("open the folder", dir);
	if (unlinkat(d, name, 0) != 0 && errno != ENOENT)
		e = failed("remove", name);
	close(d);
	return e;
}

static bool
is_old(int dir, const char *name, int64_t idle_s)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    st.st_mtime < clock_wall_ms() / 1000 - idle_s;
}

enum err
file_sweep(const char *dir, int64_t idle_s, bool (*wanted)(void *ctx, struct str name), void *ctx,
    int64_t *n)
{
	DIR *d = opendir(dir);
	const struct dirent *e;

	*n = 0;
	if (d == NULL)
		return errno == ENOENT ? ERR_OK : failed("read the folder", dir);
	while ((e = readdir(d)) != NULL) {
		if (wanted(ctx, str_of(e->d_name)) || !is_old(dirfd(d), e->d_name, idle_s))
			continue;
		if (unlinkat(dirfd(d), e->d_name, 0) == 0)
			(*n)++;
		else
			failed("remove", e->d_name);
	}
	closedir(d);
	return ERR_OK;
}
