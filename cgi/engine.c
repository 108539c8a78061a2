#include "cgi/engine.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/log.h"
#include "base/metric.h"
#include "cgi/body.h"
#include "cgi/cookie.h"
#include "cgi/guard.h"
#include "cgi/reply.h"
#include "cgi/route.h"
#include "domain/audit.h"
#include "link/fcgi.h"

#define AUDIT_REASON_ESCAPED (12 * AUDIT_REASON_MAX)	/* four bytes of three characters each */

static jmp_buf out_of_memory;
static char current_id[65];	/* of the request being served; outlives its arena */

static void
on_oom(void *ctx)
{
	(void)ctx;
	longjmp(out_of_memory, 1);
}

static bool
is_request_id(struct str s)
{
	if (s.len < 8 || s.len > 64)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			c == '-'))
			return false;
	}
	return true;
}

static struct str
request_id(struct arena *a)
{
	struct str s = request_param("REQUEST_ID");
	uint8_t random[16];
	char *made;

	if (is_request_id(s))
		return s;
	s = request_param("HTTP_X_REQUEST_ID");
	if (is_request_id(s))
		return s;
	made = arena_alloc(a, 2 * sizeof(random) + 1);
	crypt_random(random, sizeof(random));
	crypt_hex(random, sizeof(random), made);
	return (struct str){ made, 2 * sizeof(random) };
}

static bool
has_escape(struct str uri, const char *lower)
{
	struct str path = str_cut(&uri, '?');

	for (size_t i = 0; i + 3 <= path.len; i++) {
		if (str_eq_nocase((struct str){ path.p + i, 3 }, str_of(lower)))
			return true;
	}
	return false;
}

/* The path, decoded once: by the web server in PATH_INFO, by us in REQUEST_URI. An escaped slash or
 * NUL would mean different things to both, so there is no such path. */
static enum err
find_path(struct request *r)
{
	struct str uri = request_param("REQUEST_URI");
	struct str path = request_param("PATH_INFO");

	if (uri.len > PATH_MAX_BYTES + QUERY_MAX_BYTES || path.len > PATH_MAX_BYTES)
		return ERR_URI_TOO_LONG;
	if (uri.p != NULL && (has_escape(uri, "%2f") || has_escape(uri, "%00")))
		return ERR_NOT_FOUND;
	if (path.p == NULL && uri.p != NULL) {
		struct str raw = str_cut(&uri, '?');
		if (url_decode(r->arena, raw, false, &path) != ERR_OK)
			return ERR_NOT_FOUND;
	}
	if (path.p == NULL)
		path = request_param("DOCUMENT_URI");
	if (path.p == NULL)
		path = request_param("SCRIPT_NAME");
	if (path.p == NULL || !utf8_is_valid(path))
		return ERR_NOT_FOUND;
	site_path_below(r->site, path, &path);	/* scripts may ask without it */
	if (str_has_prefix(path, STR("/v1/")))	/* the script itself is called api */
		path = str_of(arena_printf(r->arena, "/api%.*s", STR_FMT(path)));
	r->path = path;
	return ERR_OK;
}

static enum err
read_query(struct request *r)
{
	struct str query = request_param("QUERY_STRING");

	r->query = query.p == NULL ? STR("") : query;
	if (r->query.len > QUERY_MAX_BYTES)
		return ERR_URI_TOO_LONG;
	if (r->query.len == 0)
		return ERR_OK;
	return query_parse(r->arena, r->query, r->pairs, &r->npairs);
}

static void
begin(struct request *r, struct world *w, struct arena *a)
{
	r->arena = a;
	r->config = w->config;
	r->call = (struct call){ .world = w, .arena = a };
	r->id = request_id(a);
	r->method = request_param("REQUEST_METHOD");
	r->site = &w->site;
	r->cookies = request_param("HTTP_COOKIE");
	r->body = STR("");
	r->path = STR("");
	if (r->method.p == NULL)
		r->method = STR("GET");
	r->head = str_eq(r->method, STR("HEAD"));
	r->call.ip = guard_address(w->config);
	r->call.user_agent = request_param("HTTP_USER_AGENT");
	if (r->call.user_agent.p == NULL || !utf8_is_valid(r->call.user_agent))
		r->call.user_agent = STR("");
	snprintf(current_id, sizeof(current_id), "%.*s", STR_FMT(r->id));
	log_request_id(r->id);
}

static bool
is_safe(const struct request *r)
{
	return strcmp(r->route->method, "GET") == 0;
}

/* Whom a personal token names only the database can confirm. Until it has, nothing is counted for
 * that account, and an address that sent too many wrong ones is not asked about at all. */
static enum err
check_token(struct request *r)
{
	if (r->call.actor.kind != ACTOR_TOKEN)
		return ERR_OK;
	TRY(limit_look(&r->call, LIMIT_REFUSED, &r->limit));
	return call_check_token(&r->call);
}

/* The session guard. */
static enum err
check_actor(struct request *r, struct world *w)
{
	const struct route *route = r->route;
	enum err e;

	if (route->auth == AUTH_LOCAL)
		return guard_is_local() ? ERR_OK : ERR_NOT_FOUND;
	if (route->auth == AUTH_NONE)
		return route->flags & ROUTE_ORIGIN ? guard_origin(r, false) : ERR_OK;
	e = guard_actor(r, w);
	if (e == ERR_OK)
		e = check_token(r);
	if (e != ERR_OK)
		r->call.actor = (struct actor){ .kind = ACTOR_NOBODY };
	if (route->auth == AUTH_MAYBE && (e == ERR_OK || err_info(e)->http == 401))
		return route->flags & ROUTE_ORIGIN ? guard_origin(r, r->by_cookie) : ERR_OK;
	/* Not said to who sent none, or lost it on the way: `moot doctor` goes by that. */
	if (e == ERR_UNAUTHORIZED)
		r->call.detail = STR("The credential that came is none of ours");
	if (e != ERR_OK)
		return e;
	if (r->call.actor.kind == ACTOR_NOBODY)
		return ERR_UNAUTHORIZED;
	return r->by_cookie && !is_safe(r) ? guard_origin(r, true) : ERR_OK;
}

/* What a personal token may not do, or this one. */
static enum err
check_scope(struct request *r)
{
	if (r->call.actor.kind != ACTOR_TOKEN)
		return ERR_OK;
	if (r->route->auth == AUTH_SESSION) {
		r->call.detail = STR("This takes a sign-in: a personal token may not");
		return ERR_FORBIDDEN;
	}
	return call_check_scope(&r->call, is_safe(r) ? "read" : "write");
}

/* X-Audit-Reason, escaped or not: why, for the audit log. */
static enum err
read_reason(struct request *r)
{
	struct str s = request_param("HTTP_X_AUDIT_REASON");

	if (s.p == NULL || is_safe(r))
		return ERR_OK;
	if (s.len > AUDIT_REASON_ESCAPED || url_decode(r->arena, s, false, &s) != ERR_OK ||
	    !text_is_line(s) || utf8_count(s) > AUDIT_REASON_MAX) {
		r->call.detail = STR("X-Audit-Reason is too long, or no line of text");
		return ERR_BAD_REQUEST;
	}
	s = str_trim(s);
	r->call.reason = s.len > 0 ? s : STR_NULL;
	return ERR_OK;
}

static enum err
run(struct request *r, struct world *w, struct str *allow)
{
	TRY(find_path(r));
	TRY(route_find(r, allow));
	TRY(body_check_length(r));
	TRY(check_actor(r, w));
	TRY(limit_take(&r->call, r->route->limit, &r->limit));
	TRY(check_scope(r));
	r->call.confirmed = (r->route->flags & ROUTE_CONFIRMED) != 0;
	TRY(read_query(r));
	TRY(read_reason(r));
	if (r->route->fields != NULL || !is_safe(r))
		TRY(body_read(r));
	return r->route->handle(r);
}

/* No 401 is free of charge for the address it went to: a credential that was refused counts in a
 * class of its own, one that has expired or is missing as any other request. (Passwords and codes
 * counted as LIMIT_LOGIN before they were tried.) */
static enum err
charge(struct request *r, enum err e)
{
	enum limit_class class = r->offered && e != ERR_TOKEN_EXPIRED ? LIMIT_REFUSED : LIMIT_ANY;
	struct actor who = r->call.actor;
	struct limit_state used;

	if (e == ERR_BAD_CREDENTIALS || e == ERR_SECOND_FACTOR)
		return e;
	limit_give_back(&r->call);
	r->call.actor = (struct actor){ .kind = ACTOR_NOBODY };
	enum err each = limit_take(&r->call, class, &used);
	if (who.kind == ACTOR_SESSION) { /* it ended: a client has to learn that; its own limit
					    bounds how often */
		r->call.actor = who;
		return e;
	}
	r->limit = used;
	return each == ERR_OK ? e : each;
}

static void
log_access(const struct request *r, struct world *w, enum err e, int64_t began_us)
{
	static const enum metric classes[] = { METRIC_http_requests_2xx, METRIC_http_requests_2xx,
		METRIC_http_requests_2xx, METRIC_http_requests_3xx, METRIC_http_requests_4xx,
		METRIC_http_requests_5xx };
	int64_t us = clock_mono_us() - began_us;
	int status = r->reply.status;
	struct str trace = request_param("HTTP_TRACEPARENT");

	metric_add(classes[status / 100 <= 5 ? status / 100 : 5], 1);
	metric_observe(METRIC_H_http_request_us, us);
	log_at(err_info(e)->level, "request", lf_strn("method", r->method),
	    lf_str("route", r->route == NULL ? "-" : r->route->pattern), lf_int("status", status),
	    lf_str("code", err_info(e)->code), lf_int("ms", us / 1000),
	    lf_int("db_ms", pg_spent_us(w->pg) / 1000), lf_int("trips", pg_trips(w->pg)),
	    lf_int("uid", r->call.actor.account),
	    lf_strn("tp", trace.len == 55 ? (struct str){ trace.p + 3, 32 } : STR_NULL));
}

/* Passwords and tokens do not wait in memory for the next use of it. */
static void
wipe(struct request *r)
{
	for (size_t i = 0; i < r->nvalues; i++) {
		struct value *v = &r->values[i];
		if (v->given && v->field->flags & FIELD_SECRET)
			crypt_wipe((void *)(uintptr_t)v->text.p, v->text.len);
	}
	crypt_wipe((void *)(uintptr_t)r->body.p, r->body.len);
}

static void
serve(struct world *w, struct arena *a)
{
	int64_t began_us = clock_mono_us();
	struct request *r = arena_new(a, struct request);
	struct str allow = STR("");

	begin(r, w, a);
	pg_spent_reset(w->pg);
	pg_deadline(w->pg, clock_mono_ms() + w->config->request_timeout * 1000);
	enum err e = run(r, w, &allow);
	if (err_info(e)->http == 401)
		e = charge(r, e);
	if (e != ERR_OK)
		reply_error(r, e, allow);
	if (!reply_send(r))
		on_oom(NULL);
	log_access(r, w, e, began_us);
	if (r->body.len > 0)
		wipe(r);
}

/* Nothing was sent yet, and no memory is left to send much. */
static void
serve_oom(struct world *w)
{
	pg_close(w->pg);	/* may be in the middle of a result */
	reply_send_oom(str_of(current_id));
	metric_add(METRIC_http_requests_5xx, 1);
	log_error("request", lf_int("status", 503), lf_str("code", "no_memory"));
}

void
engine_serve(struct world *w, struct arena *a)
{
	current_id[0] = '\0';
	a->oom = on_oom;
	if (setjmp(out_of_memory) == 0)
		serve(w, a);
	else
		serve_oom(w);
	a->oom = NULL;
	log_request_id(STR_NULL);
	arena_reset(a);
}
