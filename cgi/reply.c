#include "cgi/reply.h"

#include <string.h>

#include "base/crypt.h"
#include "cgi/cookie.h"
#include "cgi/route.h"
#include "link/fcgi.h"
#include "wire/problem.h"

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
reply_header(struct request *r, const char *name, struct str value)
{
	buf_printf(headers(r), "%s: %.*s\r\n", name, STR_FMT(value));
}

void
reply_empty(struct request *r)
{
	r->reply.status = 204;
	r->reply.type = STR_NULL;
	r->reply.body = STR("");
}

/* Where the configuration says that the web server sends it. */
static void
leave_file(struct request *r, const char *path)
{
	const char *by = r->config->send_files;
	struct str below = str_of(path), dir = str_of(r->config->files_dir);

	if (strcmp(by, "x-accel-redirect") == 0 && str_has_prefix(below, dir)) {
		size_t skip = dir.len + (below.p[dir.len] == '/');

		below = (struct str){ below.p + skip, below.len - skip };
		buf_printf(headers(r), "X-Accel-Redirect: /_files/%.*s\r\n", STR_FMT(below));
	} else if (strcmp(by, "x-sendfile") == 0) {
		reply_header(r, "X-Sendfile", below);
	} else {
		return;
	}
	r->reply.file = NULL;
}

enum err
reply_file(struct request *r, const char *path, const char *type, const char *name)
{
	TRY(file_open(r->arena, path, &r->reply.file, &r->reply.file_size));
	buf_printf(headers(r), "Content-Disposition: attachment; filename=\"%s\"\r\n", name);
	reply_body(r, 200, type, STR(""));
	leave_file(r, path);
	return ERR_OK;
}

enum err
reply_picture(struct request *r, const char *path)
{
	TRY(file_open(r->arena, path, &r->reply.file, &r->reply.file_size));
	reply_header(r, "Content-Security-Policy",
	    STR("sandbox; default-src 'none'; frame-ancestors 'none'"));
	reply_header(r, "Cross-Origin-Resource-Policy", STR("same-origin"));
	r->reply.cache = "public, max-age=31536000, immutable";
	reply_body(r, 200, "image/webp", STR(""));
	return ERR_OK;
}

void
reply_location(struct request *r, struct str ref)
{
	if (ref.p == NULL)
		return;
	const char *path = arena_printf(r->arena, API "%.*s", STR_FMT(ref));
	if (route_is_readable(str_of(path)))
		buf_printf(headers(r), "Location: %.*s%s\r\n", STR_FMT(r->site->path), path);
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
add_link(
    struct request *r, struct buf *b, const char *cursor_key, struct str cursor, const char *rel)
{
	char sep = '?';

	buf_printf(b, "<%.*s%.*s", STR_FMT(r->site->path), STR_FMT(r->path));
	for (size_t i = 0; i < r->npairs; i++) {
		struct str key = r->pairs[i].key;
		if (!str_list_has(str_of(r->route->query), ' ', key) ||
		    str_list_has(STR("before after around"), ' ', key))
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
reply_known(struct request *r, struct str known)
{
	if (known.p != NULL)
		cookie_set_known(headers(r), r->site, known);
}

void
reply_clear_cookies(struct request *r)
{
	cookie_clear(headers(r), r->site);
}

/* ,"errors":[…] */
static struct str
flaws_json(struct request *r)
{
	const struct call *c = &r->call;
	struct buf *b = request_buf(r, 65536);

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
	return buf_str(b);
}

/* What a problem says beside what all do. */
static struct str
problem_members(struct request *r, int status)
{
	if (status == 422)
		return flaws_json(r);
	if (status == 401 && r->call.ticket.p != NULL)
		return str_of(arena_printf(r->arena, ",\"ticket\":\"%.*s\",\"methods\":%.*s",
		    STR_FMT(r->call.ticket), STR_FMT(r->call.methods)));
	if (status == 429)
		return str_of(arena_printf(r->arena, ",\"retry_after\":%lld",
		    (long long)(r->call.retry_s > 0 ? r->call.retry_s : 1)));
	return STR_NULL;
}

/* For who came with a browser. */
static bool
is_page(const struct request *r)
{
	if (r->route != NULL)
		return (r->route->flags & ROUTE_PAGE) != 0;
	return str_has_prefix(r->path, STR("/web/"));
}

static void
error_page(struct request *r, enum err e)
{
	const struct err_info *info = err_info(e);
	struct buf *b = request_buf(r, 4096);

	buf_printf(b, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
	    "<meta name=\"robots\" content=\"noindex\"><title>%d %s</title></head>\n"
	    "<body><h1>%s</h1><p>%s</p></body></html>\n", info->http, http_reason(info->http),
	    http_reason(info->http), info->title);
	reply_header(r, "Content-Security-Policy", STR("default-src 'none'; base-uri 'none'; "
	    "form-action 'none'; frame-ancestors 'none'"));
	reply_body(r, info->http, "text/html; charset=utf-8", buf_str(b));
}

void
reply_error(struct request *r, enum err e, struct str allow)
{
	struct buf *b = request_buf(r, 131072);
	int status = err_info(e)->http;

	if (is_page(r)) {
		problem_headers(headers(r), e, allow, r->call.retry_s);
		error_page(r, e);
		return;
	}
	problem_render(b, e, r->call.detail, r->id, problem_members(r, status));
	problem_headers(headers(r), e, allow, r->call.retry_s);
	reply_body(r, status, PROBLEM_TYPE, buf_str(b));
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

static void
add_common(struct request *r, struct buf *b)
{
	buf_printf(b, "Status: %d %s\r\n", r->reply.status, http_reason(r->reply.status));
	buf_printf(b, "X-Request-Id: %.*s\r\n", STR_FMT(r->id));
	buf_printf(b, "Cache-Control: %s\r\nX-Content-Type-Options: nosniff\r\n",
	    r->reply.cache != NULL && r->reply.status < 400	? r->reply.cache
		: is_page(r) && r->reply.status < 400 ? "no-cache"
						      : "no-store");
	if (r->reply.type.p != NULL)
		buf_printf(b, "Content-Type: %.*s\r\n", STR_FMT(r->reply.type));
	if (r->reply.status != 204 && r->reply.status != 304)
		buf_printf(b, "Content-Length: %lld\r\n",
		    r->reply.file != NULL ? (long long)r->reply.file_size
					  : (long long)r->reply.body.len);
	if (r->limit.limit > 0)
		buf_printf(b,
		    "RateLimit-Limit: %lld\r\nRateLimit-Remaining: %lld\r\nRateLimit-Reset: "
		    "%lld\r\n",
		    (long long)r->limit.limit, (long long)r->limit.remaining,
		    (long long)r->limit.reset_s);
}

/* What ends short of its Content-Length the web server ends as broken off. */
static void
send_file(struct request *r)
{
	static char piece[64 * 1024];
	int64_t left = r->reply.file_size;
	size_t n;

	while ((n = file_read(r->reply.file, piece, sizeof(piece))) > 0) {
		fcgi_write(piece, n);
		left -= (int64_t)n;
	}
	if (left != 0)
		log_error("a file is not as long as it was said to be", lf_int("left", left));
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
	if (!r->head && r->reply.file != NULL)
		send_file(r);
	else if (!r->head && r->reply.body.len > 0)
		fcgi_write(r->reply.body.p, r->reply.body.len);
	return true;
}

void
reply_send_oom(struct str id)
{
	static const char head[] = "Status: 503 Service Unavailable\r\nRetry-After: 2\r\n"
	    "Cache-Control: no-store\r\nContent-Type: " PROBLEM_TYPE "\r\nX-Request-Id: ";
	char body[PROBLEM_SMALL + 1];
	size_t n = problem_render_small(body, ERR_NO_MEMORY, id);

	fcgi_write(head, sizeof(head) - 1);
	fcgi_write(id.p, id.len);
	fcgi_write("\r\n\r\n", 4);
	fcgi_write(body, n);
}
