/*
 * json - the one door to json-c, strict where json-c is not.
 *
 * Accepts RFC 8259 texts only, and of these only what cannot be misread: one value, no bytes after
 * it, valid UTF-8, no duplicate key in any object, no NUL (U+0000) and no lone surrogate, no
 * number beyond int64 or double, nesting at most JSON_DEPTH, at most JSON_KEYS keys in all.
 * Everything else is ERR_UNREADABLE. A value that is given out says what its text says; when json-c
 * had no memory for some of it, that is ERR_NO_MEMORY.
 */
#ifndef MOOT_WIRE_JSON_H
#define MOOT_WIRE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define JSON_DEPTH 32
#define JSON_KEYS 10000

struct json;	/* a parsed value, in the arena */

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,
	JSON_DOUBLE,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/* *out lives in the arena. */
enum err json_parse(struct arena *a, struct str text, struct json **out);

/* NULL counts as JSON null. */
enum json_type json_type(const struct json *j);
/* The member of an object; NULL when absent or not an object. */
struct json *json_get(const struct json *j, const char *key);
/* Number of members or elements; 0 for other types. */
size_t json_len(const struct json *j);
struct json *json_at(const struct json *j, size_t i);
/* Each false, leaving *out, when the value is of another type. Strings are views into the value. */
bool json_str(const struct json *j, struct str *out);
bool json_int(const struct json *j, int64_t *out);
/* Of any number; integers beyond 2^53 are rounded. */
bool json_double(const struct json *j, double *out);
bool json_bool(const struct json *j, bool *out);
/* Calls f for each member in order of appearance, until it returns false. */
void json_each(
    const struct json *j, bool (*f)(void *ctx, struct str key, struct json *value), void *ctx);

#endif
