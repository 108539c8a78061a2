/*
 * file - files of files_dir: written once and whole, read from the beginning to the end. What is
 * open is closed when the arena is reset; what was made and not kept is removed then.
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
/* Up to n bytes; 0 at its end, and when it cannot be read. */
size_t file_read(struct file *f, void *p, size_t n);

/* A new file for its owner only (0600), in a folder that is made when it is missing (0700); takes
 * the place of one of that name. ERR_UNAVAILABLE, here and below, with a line in the log. */
enum err file_make(struct arena *a, const char *dir, const char *name, struct file **out);
enum err file_write(struct file *f, struct str bytes);
/* Over what was written before. */
enum err file_write_at(struct file *f, int64_t at, struct str bytes);
/* Bytes written in order. */
int64_t file_size(const struct file *f);
/* On the disk, under that name in its folder. */
enum err file_keep(struct file *f, const char *name);

/* Removes the ordinary files of a folder that wanted() says no of and that have not been written to
 * for so many seconds; *n of them. A folder that is not there has none. */
enum err file_sweep(const char *dir, int64_t idle_s, bool (*wanted)(void *ctx, struct str name),
    void *ctx, int64_t *n);

#endif
