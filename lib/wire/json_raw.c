#include "wire/json_raw.h"

static const char *
skip_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

/* p stands on the opening quote; returns what follows the closing one. */
static const char *
skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++) {
		if (*p == '\\')
			p++;
	}
	return p < end ? p + 1 : end;
}

/* Any value: up to the ',' or bracket that ends it on this level. */
static const char *
skip_value(const char *p, const char *end)
{
	int depth = 0;

	while (p < end) {
		if (*p == '"') {
			p = skip_string(p, end);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if (*p == '}' || *p == ']')
			depth--;
		if (depth < 0 || (depth == 0 && *p == ','))
			return p;
		p++;
	}
	return end;
}

static struct str
between(const char *from, const char *to)
{
	return str_trim((struct str){ from, (size_t)(to - from) });
}

bool
json_raw_member(struct str object, struct str key, struct str *value)
{
	const char *p = object.p, *end = object.p + object.len;

	p = skip_blank(p, end);
	if (p == end || *p != '{')
		return false;
	p++;
	for (;;) {
		p = skip_blank(p, end);
		if (p == end || *p != '"')
			return false;
		const char *name = p + 1;
		p = skip_string(p, end);
		struct str found = { name, (size_t)(p - name) - (p > name ? 1 : 0) };
		p = skip_blank(p, end);
		if (p == end || *p != ':')
			return false;
		const char *from = ++p;
		p = skip_value(p, end);
		if (str_eq(found, key)) {
			*value = between(from, p);
			return true;
		}
		if (p == end || *p != ',')
			return false;
		p++;
	}
}

bool
json_raw_next(struct str *rest, struct str *item)
{
	const char *p = rest->p, *end = rest->p + rest->len;

	p = skip_blank(p, end);
	if (p == end || (*p != '[' && *p != ','))
		return false;
	p = skip_blank(p + 1, end);
	if (p == end || *p == ']')
		return false;
	const char *from = p;
	p = skip_value(p, end);
	*item = between(from, p);
	*rest = (struct str){ p, (size_t)(end - p) };
	return true;
}
