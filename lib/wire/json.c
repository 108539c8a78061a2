#include <limits.h>
#include <math.h>

/* json-c has types of these names. */
#define json_type jsonc_type
#define json_bool jsonc_bool
#include <json-c/json.h>
#undef json_type
#undef json_bool

#include "wire/json.h"
#include "wire/json_scan.h"

/* json-c shows null as a NULL pointer; here a null that is there differs from one that is not. */
static char null_value;
#define NULL_VALUE ((struct json *)(void *)&null_value)

static struct json *
wrap(struct json_object *o)
{
	return o == NULL ? NULL_VALUE : (struct json *)o;
}

static struct json_object *
unwrap(const struct json *j)
{
	return j == NULL || j == NULL_VALUE ? NULL : (struct json_object *)(uintptr_t)j;
}

/* Members of all objects below o; doubles that are not finite set *bad. */
static size_t
count_keys(struct json_object *o, bool *bad)
{
	size_t n = 0;

	switch (json_object_get_type(o)) {
	case json_type_object: {
		json_object_object_foreach(o, key, value) {
			(void)key;
			n += 1 + count_keys(value, bad);
		}
		break;
	}
	case json_type_array:
		for (size_t i = 0; i < json_object_array_length(o); i++)
			n += count_keys(json_object_array_get_idx(o, i), bad);
		break;
	case json_type_double:
		if (!isfinite(json_object_get_double(o)))
			*bad = true;
		break;
	default:
		break;
	}
	return n;
}

static void
put(void *obj)
{
	json_object_put(obj);
}

/* text: NUL-terminated. What json_scan() accepts json-c does too, so its failure is want of memory. */
static enum err
build(struct str text, struct json_object **out)
{
	struct json_tokener *tok = json_tokener_new_ex(JSON_DEPTH + 1);
	struct json_object *o;
	enum json_tokener_error e;

	if (tok == NULL)
		return ERR_NO_MEMORY;
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, text.p, (int)text.len + 1);
	e = json_tokener_get_error(tok);
	json_tokener_free(tok);
	if (e != json_tokener_success) {
		json_object_put(o);
		return ERR_NO_MEMORY;
	}
	*out = o;
	return ERR_OK;
}

enum err
json_parse(struct arena *a, struct str text, struct json **out)
{
	struct json_object *o;
	bool bad = false;
	size_t keys;

	if (text.len >= INT_MAX || !json_scan(text, &keys))
		return ERR_UNREADABLE;
	TRY(build((struct str){ arena_strndup(a, text.p, text.len), text.len }, &o));
	if (o == NULL) {
		*out = NULL_VALUE;
		return ERR_OK;
	}
	arena_defer(a, put, o);
	/* A later duplicate takes the place of an earlier one, so fewer are left than were read. */
	if (count_keys(o, &bad) != keys || bad)
		return ERR_UNREADABLE;
	*out = wrap(o);
	return ERR_OK;
}

enum json_type
json_type(const struct json *j)
{
	switch (json_object_get_type(unwrap(j))) {
	case json_type_boolean:
		return JSON_BOOL;
	case json_type_double:
		return JSON_DOUBLE;
	case json_type_int:
		return JSON_INT;
	case json_type_object:
		return JSON_OBJECT;
	case json_type_array:
		return JSON_ARRAY;
	case json_type_string:
		return JSON_STRING;
	case json_type_null:
		break;
	}
	return JSON_NULL;
}

struct json *
json_get(const struct json *j, const char *key)
{
	struct json_object *value;

	if (json_type(j) != JSON_OBJECT || !json_object_object_get_ex(unwrap(j), key, &value))
		return NULL;
	return wrap(value);
}

size_t
json_len(const struct json *j)
{
	switch (json_type(j)) {
	case JSON_OBJECT:
		return (size_t)json_object_object_length(unwrap(j));
	case JSON_ARRAY:
		return json_object_array_length(unwrap(j));
	default:
		return 0;
	}
}

struct json *
json_at(const struct json *j, size_t i)
{
	if (json_type(j) != JSON_ARRAY || i >= json_len(j))
		return NULL;
	return wrap(json_object_array_get_idx(unwrap(j), i));
}

bool
json_str(const struct json *j, struct str *out)
{
	struct json_object *o = unwrap(j);

	if (json_type(j) != JSON_STRING)
		return false;
	*out = (struct str){ json_object_get_string(o), (size_t)json_object_get_string_len(o) };
	return true;
}

bool
json_int(const struct json *j, int64_t *out)
{
	if (json_type(j) != JSON_INT)
		return false;
	*out = json_object_get_int64(unwrap(j));
	return true;
}

bool
json_bool(const struct json *j, bool *out)
{
	if (json_type(j) != JSON_BOOL)
		return false;
	*out = json_object_get_boolean(unwrap(j)) != 0;
	return true;
}

void
json_each(const struct json *j, bool (*f)(void *ctx, struct str key, struct json *value), void *ctx)
{
	if (json_type(j) != JSON_OBJECT)
		return;
	json_object_object_foreach(unwrap(j), key, value) {
		if (!f(ctx, str_of(key), wrap(value)))
			return;
	}
}
