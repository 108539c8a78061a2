#include "cgi/reply.h"

#include <ctype.h>

#include "base/crypt.h"
#include "cgi/cookie.h"
#include "cgi/route.h"
#include "link/fcgi.h"

#define API "/api/v1"
#define HEADERS_MAX 16384

static struct buf *
headers(struct request *r)
{
	if (r->reply.headers == NULL)
		r->reply.headers = request_buf(r, HEADERS_MAX);
	return r->reply.headers;
}

void
reply_body(struct request *r, int status, const char *type, struct str body)
{
	r->reply.status = status;
	r->reply.type = str_of(type);
	r->reply.body = body;
}

void
reply_empty(struct request *r)
{
	r->reply.status = 204;
	r->reply.type = STR_NULL;
	r->reply.body = STR("");
}

void
reply_location(struct request *r, struct str ref)
{
	if (ref.p != NULL)
		buf_printf(headers(r), "Location: %.*s" API "%.*s\r\n", STR_FMT(r->site->path), STR_FMT(ref));
}

void
reply_answer(struct request *r, const struct answer *a)
{
	if (a->replayed)
		buf_add_cstr(headers(r), "Idempotency-Replayed: true\r\n");
	if (a->kind == ANSWER_EMPTY) {
		reply_empty(r);
		return;
	}
	if (a->kind == ANSWER_CREATED)
		reply_location(r, a->ref);
	reply_body(r, (int)a->kind, "application/json", a->body);
}

/* <path?the same query, but for the cursor>; rel="…" */
static void
add_link(struct request *r, struct buf *b, const char *cursor_key, struct str cursor, const char *rel)
{
	char sep = '?';

	buf_printf(b, "<%.*s%.*s", STR_FMT(r->site->path), STR_FMT(r->path));
	for (size_t i = 0; i < r->npairs; i++) {
		struct str key = r->pairs[i].key;
		if (!str_eq(key, STR("limit")))
			continue;
		buf_add_char(b, sep);
		url_encode(b, key);
		buf_add_char(b, '=');
		url_encode(b, r->pairs[i].value);
		sep = '&';
	}
	buf_printf(b, "%c%s=", sep, cursor_key);
	url_encode(b, cursor);
	buf_printf(b, ">; rel=\"%s\"", rel);
}

void
reply_list(struct request *r, const struct answer *a, bool newest_first)
{
	struct buf *b = headers(r);

	reply_body(r, 200, "application/json", a->body);
	if (a->before.p == NULL && a->after.p == NULL)
		return;
	buf_add_cstr(b, "Link: ");
	if (a->before.p != NULL)
		add_link(r, b, "before", a->before, newest_first ? "next" : "prev");
	if (a->before.p != NULL && a->after.p != NULL)
		buf_add_cstr(b, ", ");
	if (a->after.p != NULL)
		add_link(r, b, "after", a->after, newest_first ? "prev" : "next");
	buf_add_cstr(b, "\r\n");
}

void
reply_grant(struct request *r, int status, const struct grant *g, struct str ref)
{
	struct buf *b = request_buf(r, 65536);

	cookie_set(headers(r), r->site, g);
	buf_add_cstr(b, "{\"user\":");
	buf_add_str(b, g->me);
	buf_add_cstr(b, ",\"access_token\":");
	buf_add_json(b, g->access);
	buf_printf(b, ",\"expires_in\":%lld,\"refresh_token\":", (long long)g->access_life_s);
	buf_add_json(b, g->refresh);
	buf_add_char(b, '}');
	reply_location(r, ref);
	reply_body(r, status, "application/json", buf_str(b));
}

void
reply_clear_cookies(struct request *r)
{
	cookie_clear(headers(r), r->site);
}

static void
add_flaws(struct buf *b, const struct call *c)
{
	buf_add_cstr(b, ",\"errors\":[");
	for (size_t i = 0; i < c->nflaws; i++) {
		buf_add_cstr(b, i == 0 ? "{\"field\":" : ",{\"field\":");
		buf_add_json(b, c->flaws[i].field);
		buf_add_cstr(b, ",\"code\":");
		buf_add_json(b, c->flaws[i].code);
		buf_add_cstr(b, ",\"detail\":");
		buf_add_json(b, c->flaws[i].detail);
		buf_add_char(b, '}');
	}
	buf_add_char(b, ']');
}

static void
add_error_headers(struct request *r, enum err e, struct str allow)
{
	struct buf *h = headers(r);
	int status = err_info(e)->http;

	if (status == 401)
		buf_add_cstr(h, e == ERR_TOKEN_EXPIRED
		    ? "WWW-Authenticate: Bearer realm=\"moot\", error=\"invalid_token\"\r\n"
		    : "WWW-Authenticate: Bearer realm=\"moot\"\r\n");
	if (status == 405)
		buf_printf(h, "Allow: %.*s\r\n", STR_FMT(allow));
	if (status == 429)
		buf_printf(h, "Retry-After: %lld\r\n", (long long)(r->call.retry_s > 0 ? r->call.retry_s : 1));
	if (status == 503)
		buf_add_cstr(h, "Retry-After: 2\r\n");
}

void
reply_error(struct request *r, enum err e, struct str allow)
{
	const struct err_info *info = err_info(e);
	struct buf *b = request_buf(r, 65536);

	buf_printf(b, "{\"type\":\"urn:moot:error:%s\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\"",
	    info->code, info->title, info->http, info->code);
	if (r->call.detail.len > 0 && info->http < 500) {
		buf_add_cstr(b, ",\"detail\":");
		buf_add_json(b, r->call.detail);
	} else {
		buf_printf(b, ",\"detail\":\"%s\"", info->title);
	}
	buf_add_cstr(b, ",\"request_id\":");
	buf_add_json(b, r->id);
	if (info->http == 422)
		add_flaws(b, &r->call);
	buf_add_char(b, '}');
	add_error_headers(r, e, allow);
	reply_body(r, info->http, "application/problem+json", buf_str(b));
}

/* If-None-Match holds this tag or is "*"; weak comparison (RFC 9110 8.8.3.2). */
static bool
has_tag(struct str list, struct str opaque)
{
	while (list.p != NULL) {
		struct str one = str_trim(str_cut(&list, ','));
		if (str_eq(one, STR("*")))
			return true;
		if (str_has_prefix(one, STR("W/")))
			one = (struct str){ one.p + 2, one.len - 2 };
		if (str_eq(one, opaque))
			return true;
	}
	return false;
}

static void
apply_etag(struct request *r)
{
	uint8_t digest[CRYPT_SHA256_LEN];
	char tag[2 * 12 + 3];

	if (r->route == NULL || !(r->route->flags & ROUTE_ETAG) || r->reply.status != 200)
		return;
	crypt_sha256(r->reply.body, digest);
	crypt_hex(digest, 12, tag + 1);
	tag[0] = tag[25] = '"';
	tag[26] = '\0';
	buf_printf(headers(r), "ETag: W/%s\r\nVary: Accept, Authorization, Cookie\r\n", tag);
	if (has_tag(request_param("HTTP_IF_NONE_MATCH"), str_of(tag))) {
		r->reply.status = 304;
		r->reply.type = STR_NULL;
		r->reply.body = STR("");
	}
}

static const char *
reason(int status)
{
	static const struct {
		int status;
		const char *text;
	} reasons[] = {
		{ 200, "OK" }, { 201, "Created" }, { 204, "No Content" }, { 304, "Not Modified" },
		{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 409, "Conflict" }, { 410, "Gone" },
		{ 412, "Precondition Failed" }, { 413, "Content Too Large" }, { 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" }, { 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" }, { 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status)
			return reasons[i].text;
	}
	return "Internal Server Error";
}

static void
add_common(struct request *r, struct buf *b)
{
	buf_printf(b, "Status: %d %s\r\n", r->reply.status, reason(r->reply.status));
	buf_printf(b, "X-Request-Id: %.*s\r\n", STR_FMT(r->id));
	buf_add_cstr(b, "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
	if (r->reply.type.p != NULL)
		buf_printf(b, "Content-Type: %.*s\r\n", STR_FMT(r->reply.type));
	if (r->reply.status != 204 && r->reply.status != 304)
		buf_printf(b, "Content-Length: %zu\r\n", r->reply.body.len);
	if (r->limit.limit > 0)
		buf_printf(b, "RateLimit-Limit: %lld\r\nRateLimit-Remaining: %lld\r\nRateLimit-Reset: %lld\r\n",
		    (long long)r->limit.limit, (long long)r->limit.remaining, (long long)r->limit.reset_s);
}

bool
reply_send(struct request *r)
{
	struct buf *b = request_buf(r, HEADERS_MAX * 2);

	apply_etag(r);
	add_common(r, b);
	if (r->reply.headers != NULL)
		buf_add_str(b, buf_str(r->reply.headers));
	buf_add_cstr(b, "\r\n");
	if (!request_is_whole(r))
		return false;
	fcgi_write(b->p, b->len);
	if (!r->head && r->reply.body.len > 0)
		fcgi_write(r->reply.body.p, r->reply.body.len);
	return true;
}

void
reply_send_oom(struct str id)
{
	static const char head[] = "Status: 503 Service Unavailable\r\nRetry-After: 2\r\n"
	    "Cache-Control: no-store\r\nContent-Type: application/problem+json\r\nX-Request-Id: ";
	static const char body[] = "\r\n\r\n{\"type\":\"urn:moot:error:no_memory\",\"title\":\"Out of memory\","
	    "\"status\":503,\"detail\":\"Out of memory\",\"code\":\"no_memory\",\"request_id\":\"";

	fcgi_write(head, sizeof(head) - 1);
	fcgi_write(id.p, id.len);
	fcgi_write(body, sizeof(body) - 1);
	fcgi_write(id.p, id.len);
	fcgi_write("\"}", 2);
}
