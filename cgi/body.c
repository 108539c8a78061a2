#include "cgi/body.h"

#include "base/crypt.h"
#include "cgi/route.h"
#include "link/fcgi.h"
#include "wire/picture.h"

#define KEY_MAX 64

/* The announced length; false when none is. */
static bool
announced(uint64_t *n)
{
	return str_to_u64(request_param("CONTENT_LENGTH"), UINT64_MAX / 2, n);
}

static size_t
most(const struct request *r)
{
	return r->route->flags & ROUTE_PICTURE ? PICTURE_BYTES_MAX : BODY_MAX;
}

enum err
body_check_length(const struct request *r)
{
	struct str s = request_param("CONTENT_LENGTH");
	uint64_t n = 0;

	if (s.p != NULL && !announced(&n))
		return s.len > 18 ? ERR_TOO_LARGE : ERR_BAD_REQUEST;
	return n > most(r) ? ERR_TOO_LARGE : ERR_OK;
}

/* Without a length only a chunked body has bytes: web servers that do not buffer it leave its
 * end to be found. */
static enum err
read_bytes(struct request *r)
{
	uint64_t want = 0;
	bool known = announced(&want);
	size_t room = known ? (size_t)want : most(r) + 1, len = 0;

	if (!known && request_param("HTTP_TRANSFER_ENCODING").p == NULL)
		return ERR_OK;
	if (room == 0)
		return ERR_OK;
	char *p = arena_alloc(r->arena, room + 1);
	while (len < room) {
		size_t got = fcgi_read(p + len, room - len);
		if (got == 0)
			break;
		len += got;
	}
	if (len > most(r))
		return ERR_TOO_LARGE;
	if (known && len < room)
		return ERR_BAD_REQUEST;
	r->body = (struct str){ p, len };
	return ERR_OK;
}

/* type/subtype; parameters into *rest. */
static struct str
media_type(struct str *rest)
{
	return str_trim(str_cut(rest, ';'));
}

static bool
charset_is_utf8(struct str params)
{
	while (params.p != NULL) {
		struct str value = str_trim(str_cut(&params, ';'));
		struct str name = str_trim(str_cut(&value, '='));
		if (!str_eq_nocase(name, STR("charset")))
			continue;
		value = str_trim(value);
		if (value.len >= 2 && value.p[0] == '"' && value.p[value.len - 1] == '"')
			value = (struct str){ value.p + 1, value.len - 2 };
		if (!str_eq_nocase(value, STR("utf-8")) && !str_eq_nocase(value, STR("utf8")))
			return false;
	}
	return true;
}

static enum err
check_type(struct request *r)
{
	struct str params = request_param("CONTENT_TYPE");
	struct str type = media_type(&params);

	if (type.p != NULL && str_eq_nocase(type, STR("application/json")))
		return charset_is_utf8(params) ? ERR_OK : ERR_MEDIA_TYPE;
	if (type.p != NULL && r->route->flags & ROUTE_TEXT_OK &&
	    str_eq_nocase(type, STR("text/plain"))) {
		r->body_is_text = true;
		return charset_is_utf8(params) ? ERR_OK : ERR_MEDIA_TYPE;
	}
	return ERR_MEDIA_TYPE;
}

/* Method, path and body: what the same key must say again. */
static void
hash_request(struct request *r)
{
	const char *head = arena_printf(r->arena, "%s %.*s\n", r->route->method, STR_FMT(r->path));
	size_t n = strlen(head);
	char *all = arena_alloc(r->arena, n + r->body.len + 1);

	memcpy(all, head, n);
	memcpy(all + n, r->body.p, r->body.len);
	crypt_sha256((struct str){ all, n + r->body.len }, r->call.body_hash);
}

static enum err
read_key(struct request *r)
{
	struct str key = request_param("HTTP_IDEMPOTENCY_KEY");

	if (key.p == NULL || !(r->route->flags & ROUTE_ONCE))
		return ERR_OK;
	if (key.len > KEY_MAX)
		return ERR_BAD_REQUEST;
	for (size_t i = 0; i < key.len; i++) {
		if (key.p[i] < ' ' || key.p[i] > '~')
			return ERR_BAD_REQUEST;
	}
	r->call.key = key;
	hash_request(r);
	return ERR_OK;
}

static struct str
without_last_newline(struct str s)
{
	if (s.len > 0 && s.p[s.len - 1] == '\n')
		s.len--;
	if (s.len > 0 && s.p[s.len - 1] == '\r')
		s.len--;
	return s;
}

enum err
body_read(struct request *r)
{
	const struct route *route = r->route;
	uint64_t n = 0;
	bool empty =
	    (!announced(&n) || n == 0) && request_param("HTTP_TRANSFER_ENCODING").p == NULL;

	if (route->flags & ROUTE_PICTURE)
		return read_bytes(r);
	if (route->fields == NULL)
		return read_key(r);
	if (!empty || !(route->flags & ROUTE_NO_BODY_OK))
		TRY(check_type(r));
	TRY(read_bytes(r));
	if (r->body_is_text)
		r->body = without_last_newline(r->body);
	else if (r->body.len == 0 && !(route->flags & ROUTE_NO_BODY_OK))
		return ERR_UNREADABLE;
	TRY(read_key(r));
	return fields_read(r, route->fields);
}
