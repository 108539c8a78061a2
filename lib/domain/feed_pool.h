/*
 * feed_pool - what the files of feed share: its connections, and reading numbers out of rows.
 */
#ifndef MOOT_DOMAIN_FEED_POOL_H
#define MOOT_DOMAIN_FEED_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "link/pg_async.h"

#define SCRATCH_MAX ((size_t)256 * 1024 * 1024)

struct feed {
	struct pg_pool *pool;
};

/* 0 for what is no number. */
static inline int64_t
column(const struct pg_rows *rows, int row, int col)
{
	int64_t v = 0;

	pg_get_int(rows, row, col, &v);
	return v;
}

#endif
