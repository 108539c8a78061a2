#include <math.h>

#include "tests/fuzz/fuzz.h"
#include "wire/json.h"
#include "wire/text.h"

static size_t walk(const struct json *j, int depth);

static bool
member(void *ctx, struct str key, struct json *value)
{
	int *depth = ctx;

	must(utf8_is_valid(key));
	must(memchr(key.p, '\0', key.len) == NULL);
	walk(value, *depth + 1);
	return true;
}

/* Every value has exactly one type, and its getter agrees. */
static size_t
walk(const struct json *j, int depth)
{
	struct str s;
	int64_t i;
	bool b;

	must(depth <= JSON_DEPTH);
	must(json_str(j, &s) == (json_type(j) == JSON_STRING));
	must(json_int(j, &i) == (json_type(j) == JSON_INT));
	must(json_bool(j, &b) == (json_type(j) == JSON_BOOL));
	if (json_type(j) == JSON_STRING)
		must(utf8_is_valid(s) && memchr(s.p, '\0', s.len) == NULL);
	for (size_t k = 0; json_type(j) == JSON_ARRAY && k < json_len(j); k++)
		walk(json_at(j, k), depth + 1);
	json_each(j, member, &depth);
	return json_len(j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct json *j = NULL;
	struct arena a;
	enum err e;

	arena_init(&a, 256 << 20);
	e = json_parse(&a, text, &j);
	/* ERR_NO_MEMORY would mean: our scan took what json-c refuses. */
	must(e == ERR_OK || e == ERR_UNREADABLE);
	if (e == ERR_OK)
		walk(j, 0);
	else
		must(j == NULL);
	arena_release(&a);
	return 0;
}
