/*
 * err - what every function that can fail returns. ERR_OK is 0. The list is err.def; results come
 * through the last arguments and are untouched on failure.
 */
#ifndef MOOT_BASE_ERR_H
#define MOOT_BASE_ERR_H

#include <stdbool.h>

#include "base/log.h"
#include "base/str.h"

enum err {
#define X(name, code, http, ws, level, title) ERR_##name,
#include "base/err.def"
#undef X
	ERR__MAX
};

struct err_info {
	const char *name;	/* "NOT_FOUND" */
	const char *code;	/* "not_found", the word in problem+json */
	int http;		/* status */
	int ws;			/* stream close code, 40xx 41xx 42xx 44xx */
	enum log_level level;
	const char *title;
};

const struct err_info *err_info(enum err e);
/* The error of a code word ("not_found"); ERR__MAX when there is none. */
enum err err_by_code(struct str code);

/* Returns early on failure; only where an arena owns everything. */
#define TRY(expr) \
	do { \
		enum err try_err_ = (expr); \
		if (try_err_ != ERR_OK) \
			return try_err_; \
	} while (0)

#endif
