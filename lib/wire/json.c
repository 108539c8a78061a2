#include <limits.h>

/* json-c has types of these names. */
#define json_type jsonc_type
#define json_bool jsonc_bool
#include <json-c/json.h>
#undef json_type
#undef json_bool

#include "base/buf.h"
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

/* What a value says, in the order of json_scan(). */
static uint64_t
print_of(struct json_object *o, uint64_t print)
{
	struct str s;

	switch (json_object_get_type(o)) {
	case json_type_object: {
		print = json_print_tag(print, '{');
		json_object_object_foreach(o, key, value)
			print = print_of(value, json_print_str(print, 'k', str_of(key)));
		return json_print_tag(print, '}');
	}
	case json_type_array:
		print = json_print_tag(print, '[');
		for (size_t i = 0; i < json_object_array_length(o); i++)
			print = print_of(json_object_array_get_idx(o, i), print);
		return json_print_tag(print, ']');
	case json_type_string:
		s = (struct str){ json_object_get_string(o),
			(size_t)json_object_get_string_len(o) };
		return json_print_str(print, 's', s);
	case json_type_int:
		return json_print_u64(print, 'i', (uint64_t)json_object_get_int64(o));
	case json_type_double:
		return json_print_double(print, json_object_get_double(o));
	case json_type_boolean:
		return json_print_tag(print, json_object_get_boolean(o) ? 't' : 'f');
	case json_type_null:
		break;
	}
	return json_print_tag(print, 'n');
}

/* json-c 0.16 uses the copy of a key without looking whether there is one, so the room for a value
 * is asked for beforehand: 1,024 bytes for an empty table, 256 for a value and its place in one. */
static bool
has_room(struct str text, const struct json_sum *sum)
{
	struct buf b;
	bool ok;

	buf_init(&b, SIZE_MAX / 2);
	ok = buf_reserve(&b, 4096 + 1024 * sum->containers + 256 * sum->values + 4 * text.len);
	buf_release(&b);
	return ok;
}

static void
put(void *obj)
{
	json_object_put(obj);
}

/* text: NUL-terminated. What json_scan() accepts json-c does too, so its failure is want of memory.
 */
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
	struct json_sum sum;
	char *copy;

	if (text.len >= INT_MAX)
		return ERR_UNREADABLE;
	text.p = copy = arena_strndup(a, text.p, text.len);
	if (!json_scan(a, text, &sum))
		return ERR_UNREADABLE;
	if (sum.pairs > 0)
		text.len = json_join_pairs(copy, text.len);
	if (!has_room(text, &sum))
		return ERR_NO_MEMORY;
	TRY(build(text, &o));
	if (o != NULL)
		arena_defer(a, put, o);
	/* without memory json-c reports success and leaves out what it had none for */
	if (print_of(o, JSON_PRINT) != sum.print)
		return ERR_NO_MEMORY;
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
json_double(const struct json *j, double *out)
{
	if (json_type(j) != JSON_INT && json_type(j) != JSON_DOUBLE)
		return false;
	*out = json_object_get_double(unwrap(j));
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
