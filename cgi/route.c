/* Finding a row, and the table's account of itself. */
#include "cgi/route.h"

#include <stdio.h>

#include "base/id.h"

/* The next segment of a path that begins with '/'; absent at its end. */
static struct str
next_segment(struct str *path)
{
	if (path->len == 0 || path->p[0] != '/')
		return STR_NULL;
	struct str rest = { path->p + 1, path->len - 1 };
	const char *slash = rest.len == 0 ? NULL : memchr(rest.p, '/', rest.len);
	struct str segment = { rest.p, slash == NULL ? rest.len : (size_t)(slash - rest.p) };
	*path = (struct str){ rest.p + segment.len, rest.len - segment.len };
	return segment;
}

static bool
is_variable(struct str pattern)
{
	return pattern.len > 2 && pattern.p[0] == '{';
}

static bool
is_id_variable(struct str pattern)
{
	return pattern.len > 5 &&
	    str_eq((struct str){ pattern.p + pattern.len - 4, 4 }, STR("_id}"));
}

/* False: this is not such a segment. Words are not looked at here. */
static bool
read_variable(struct str pattern, struct str segment, int64_t *id)
{
	*id = 0;
	if (segment.len == 0)
		return false;
	if (is_id_variable(pattern))
		return id_parse(segment, id);
	if (str_eq(pattern, STR("{user}")))
		return str_eq(segment, STR("@me")) || id_parse(segment, id);
	return true;
}

/* The variables of a path that has this form; false leaves them undefined. */
static bool
fits(struct str have, const char *pattern, struct str segment[SEGMENTS], int64_t ids[SEGMENTS],
    size_t *count)
{
	struct str want = str_of(pattern);
	size_t n = 0;

	for (;;) {
		struct str w = next_segment(&want), h = next_segment(&have);
		if (w.p == NULL || h.p == NULL) {
			if (w.p != NULL || h.p != NULL || have.len > 0)
				return false;
			break;
		}
		if (!is_variable(w)) {
			if (!str_eq(w, h))
				return false;
			continue;
		}
		if (n == SEGMENTS || !read_variable(w, h, &ids[n]))
			return false;
		segment[n++] = h;
	}
	*count = n;
	return true;
}

static bool
fits_request(struct request *r, const char *pattern)
{
	struct str segment[SEGMENTS];
	int64_t ids[SEGMENTS];
	size_t n;

	if (!fits(r->path, pattern, segment, ids, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		r->segment[i] = segment[i];
		r->segment_id[i] = ids[i];
	}
	return true;
}

bool
route_is_readable(struct str path)
{
	struct str segment[SEGMENTS];
	int64_t ids[SEGMENTS];
	size_t n;

	for (size_t i = 0; i < route_count; i++) {
		if (strcmp(routes[i].method, "GET") == 0 &&
		    fits(path, routes[i].pattern, segment, ids, &n))
			return true;
	}
	return false;
}

enum err
route_find(struct request *r, struct str *allow)
{
	struct str method = r->head ? STR("GET") : r->method;
	struct buf *b = NULL;

	for (size_t i = 0; i < route_count; i++) {
		const struct route *row = &routes[i];
		if (!fits_request(r, row->pattern))
			continue;
		if (str_eq(str_of(row->method), method)) {
			r->route = row;
			return ERR_OK;
		}
		if (b == NULL)
			b = request_buf(r, 256);
		else
			buf_add_cstr(b, ", ");
		buf_add_cstr(b, strcmp(row->method, "GET") == 0 ? "GET, HEAD" : row->method);
	}
	if (b == NULL)
		return ERR_NOT_FOUND;
	*allow = buf_str(b);
	return ERR_METHOD;
}

static void
render_field(struct buf *out, const struct field *f)
{
	static const char *types[] = { "text", "int", "number", "bool", "id", "ids", "words",
		"mask", "positions", "places", "object" };

	buf_add_cstr(out, "{\"name\":");
	buf_add_json(out, str_of(f->name));
	buf_printf(out, ",\"type\":\"%s\",\"required\":%s,\"removes\":%s,\"min\":%lld,\"max\":%lld",
	    types[f->type], f->flags & FIELD_REQUIRED ? "true" : "false",
	    f->flags & FIELD_REMOVES ? "true" : "false", (long long)f->min, (long long)f->max);
	if (f->words != NULL) {
		buf_add_cstr(out, ",\"words\":");
		buf_add_json(out, str_of(f->words));
	}
	buf_add_char(out, '}');
}

static void
render_route(struct buf *out, const struct route *row)
{
	static const char *auths[] = { "none", "maybe", "user", "session", "local" };

	buf_printf(out, "{\"method\":\"%s\",\"path\":\"%s\",\"auth\":\"%s\",\"limit\":\"",
	    row->method, row->pattern, auths[row->auth]);
	if (row->limit != LIMIT_NONE)
		limit_rule(out, row->limit);
	buf_printf(out,
	    "\",\"picture\":%s,\"text\":%s,\"body_optional\":%s,\"once\":%s,\"etag\":%s,"
	    "\"confirmed\":%s,\"query\":\"%s\",\"fields\":",
	    row->flags & ROUTE_PICTURE ? "true" : "false",
	    row->flags & ROUTE_TEXT_OK ? "true" : "false",
	    row->flags & ROUTE_NO_BODY_OK ? "true" : "false",
	    row->flags & ROUTE_ONCE ? "true" : "false", row->flags & ROUTE_ETAG ? "true" : "false",
	    row->flags & ROUTE_CONFIRMED ? "true" : "false", row->query);
	if (row->fields == NULL) {
		buf_add_cstr(out, "null}");
		return;
	}
	buf_add_char(out, '[');
	for (size_t i = 0; i < row->fields->n; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		render_field(out, &row->fields->f[i]);
	}
	buf_add_cstr(out, "]}");
}

void
route_render(struct buf *out)
{
	for (size_t i = 0; i < route_count; i++) {
		buf_add_cstr(out, i == 0 ? "[" : ",\n");
		render_route(out, &routes[i]);
	}
	buf_add_cstr(out, "]\n");
}

/* Could one path fit both patterns? Variables of ids and words are told apart only by their value,
 * so a variable may be anything here. */
static bool
overlaps(const char *a, const char *b)
{
	struct str x = str_of(a), y = str_of(b);

	for (;;) {
		struct str i = next_segment(&x), j = next_segment(&y);
		if (i.p == NULL || j.p == NULL)
			return i.p == NULL && j.p == NULL;
		if (!is_variable(i) && !is_variable(j) && !str_eq(i, j))
			return false;
	}
}

const char *
route_table_flaw(void)
{
	static char said[256];

	for (size_t i = 0; i < route_count; i++) {
		const struct route *a = &routes[i];
		if (strstr("GET POST PUT PATCH DELETE", a->method) == NULL || a->handle == NULL ||
		    a->pattern[0] != '/' || (a->fields != NULL && a->fields->n > FIELDS)) {
			snprintf(said, sizeof(said), "row %zu is malformed: %s %s", i, a->method,
			    a->pattern);
			return said;
		}
		for (size_t k = 0; k < i; k++) {
			const struct route *b = &routes[k];
			if (strcmp(a->method, b->method) == 0 && overlaps(a->pattern, b->pattern)) {
				snprintf(said, sizeof(said), "ambiguous: %s %s and %s", a->method,
				    a->pattern, b->pattern);
				return said;
			}
		}
	}
	return "";
}
