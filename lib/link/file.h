/*
 * file - files of files_dir: written once and whole, read from the beginning to the end. What is
 * open is closed when the arena is reset; what was made and not kept is removed then, but for what
 * is to be gone on with.
 */
#ifndef MOOT_LINK_FILE_H
#define MOOT_LINK_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct file;	/* in the arena */

/* An ordinary file. ERR_NOT_FOUND. */
enum err file_open(struct arena *a, const char *path, struct file **out, int64_t *size);
/* Up to n bytes; 0 at its end, and, with a line in the log, when it cannot be read: who has
 * promised a size looks whether he has got it. */
size_t file_read(struct file *f, void *p, size_t n);

/* A new file for its owner only (0600), in a folder that is made when it is missing (0700); for the
 * group too (0640) where the group may read the folder; takes the place of one of that name.
 * ERR_UNAVAILABLE, here and below, with a line in the log. */
enum err file_make(struct arena *a, const char *dir, const char *name, struct file **out);
/* The same of one that an earlier call left behind, of which the first `at` bytes count: what comes
 * next follows them. at 0: a new one, too. It stays when it is not kept. ERR_NOT_FOUND: there are
 * not so many; ERR_UNAVAILABLE also while another process has it open by this. */
enum err file_continue(struct arena *a, const char *dir, const char *name, int64_t at,
    struct file **out);
enum err file_write(struct file *f, struct str bytes);
/* Over what was written before. */
enum err file_write_at(struct file *f, int64_t at, struct str bytes);
/* All written so far is on the disk. */
enum err file_sync(struct file *f);
/* Bytes written in order, those of before included; not of one that is read. */
int64_t file_size(const struct file *f);
/* On the disk, under that name in its folder. */
enum err file_keep(struct file *f, const char *name);

/* Everybody may read it, and find it in its folder (0644, 0755). */
enum err file_show(struct file *f);
/* It goes; one that is not there is gone. */
enum err file_remove(const char *dir, const char *name);

/* Removes the ordinary files of a folder that wanted() says no of and that have not been written to
 * for so many seconds; *n of them. A folder that is not there has none. */
enum err file_sweep(const char *dir, int64_t idle_s, bool (*wanted)(void *ctx, struct str name),
    void *ctx, int64_t *n);

#endif
