#include "link/redis_value.h"

#include <hiredis/hiredis.h>

#define ALIGNED 16	/* what an arena rounds up by, at most */

const struct redis_value *
redis_value_at(const struct redis_value *v, size_t i)
{
	return v == NULL || v->kind != REDIS_LIST || i >= v->n ? NULL : &v->items[i];
}

struct str
redis_value_text(const struct redis_value *v)
{
	return v == NULL || v->kind != REDIS_TEXT ? STR_NULL : v->text;
}

static struct str
copy(struct arena *a, const redisReply *r)
{
	return (struct str){ arena_strndup(a, r->str, (size_t)r->len), (size_t)r->len };
}

size_t
redis_value_size(const void *reply)
{
	const redisReply *r = reply;
	size_t n = ALIGNED;

	if (r->type == REDIS_REPLY_STRING || r->type == REDIS_REPLY_STATUS ||
	    r->type == REDIS_REPLY_ERROR)
		return n + (size_t)r->len + 1;
	if (r->type != REDIS_REPLY_ARRAY)
		return n;
	n += r->elements * sizeof(struct redis_value);
	for (size_t i = 0; i < r->elements; i++)
		n += redis_value_size(r->element[i]);
	return n;
}

/* Lists in lists are not deeper than what we ask for: hiredis reads at most seven. */
struct redis_value
redis_value_of(struct arena *a, const void *reply)
{
	const redisReply *r = reply;
	struct redis_value v = { .kind = REDIS_NIL };
	struct redis_value *items;

	switch (r->type) {
	case REDIS_REPLY_INTEGER:
		v.kind = REDIS_INT;
		v.number = r->integer;
		break;
	case REDIS_REPLY_STRING:
	case REDIS_REPLY_STATUS:
		v.kind = REDIS_TEXT;
		v.text = copy(a, r);
		break;
	case REDIS_REPLY_ERROR:
		v.kind = REDIS_REFUSED;
		v.text = copy(a, r);
		break;
	case REDIS_REPLY_ARRAY:
		items = arena_calloc(a, r->elements, sizeof(*items));
		for (size_t i = 0; i < r->elements; i++)
			items[i] = redis_value_of(a, r->element[i]);
		v.kind = REDIS_LIST;
		v.items = items;
		v.n = r->elements;
		break;
	default:
		break;
	}
	return v;
}
