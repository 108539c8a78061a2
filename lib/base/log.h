/*
 * log - one JSON object (or one text line) per event on stderr.
 *
 * log_info("request", lf_str("route", r), lf_int("ms", ms));
 * gives {"t":"2026-…Z","lvl":"info","svc":"moot-api","pid":7,"msg":"request","route":"…","ms":3}.
 * Values are escaped (control bytes too, in both formats); a line is at most 4,096 bytes, longer
 * values are cut. Never log passwords, tokens, cookies, queries or message text.
 */
#ifndef MOOT_BASE_LOG_H
#define MOOT_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum log_level { LVL_DEBUG, LVL_INFO, LVL_WARN, LVL_ERROR };

enum log_kind { LOG_END, LOG_STR, LOG_INT, LOG_BOOL };

struct log_field {
	const char *key;
	enum log_kind kind;
	struct str s;
	int64_t i;
};

static inline struct log_field
lf_strn(const char *key, struct str s)
{
	return (struct log_field){ key, LOG_STR, s, 0 };
}

static inline struct log_field
lf_str(const char *key, const char *s)
{
	return lf_strn(key, str_of(s));
}

static inline struct log_field
lf_int(const char *key, int64_t i)
{
	return (struct log_field){ key, LOG_INT, STR_NULL, i };
}

static inline struct log_field
lf_bool(const char *key, bool b)
{
	return (struct log_field){ key, LOG_BOOL, STR_NULL, b };
}

/* service: "moot-api" …, borrowed for ever. json false writes text lines. */
void log_init(const char *service, enum log_level min, bool json);
/* The correlation id put on every line until changed; copied; STR_NULL for none. */
void log_request_id(struct str id);
bool log_level_parse(struct str s, enum log_level *out);
void log_fields(enum log_level lvl, const char *msg, const struct log_field *fields);

#define log_at(lvl, msg, ...) \
	log_fields((lvl), (msg), \
	    (const struct log_field[]){ \
		__VA_ARGS__ __VA_OPT__(, ){ NULL, LOG_END, { NULL, 0 }, 0 } })
#define log_debug(msg, ...) log_at(LVL_DEBUG, msg __VA_OPT__(,) __VA_ARGS__)
#define log_info(msg, ...) log_at(LVL_INFO, msg __VA_OPT__(,) __VA_ARGS__)
#define log_warn(msg, ...) log_at(LVL_WARN, msg __VA_OPT__(,) __VA_ARGS__)
#define log_error(msg, ...) log_at(LVL_ERROR, msg __VA_OPT__(,) __VA_ARGS__)
/* Logs and exits: for start-up failures in main(), and with EX_SOFTWARE for bugs of our own and
 * memory that ended where nothing can go on without it. */
#define EX_SOFTWARE 70
_Noreturn void log_fatal(int status, const char *msg, const char *detail);

#endif
