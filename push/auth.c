#include "push/auth.h"

#include <string.h>

#include "base/clock.h"
#include "domain/cookie_name.h"
#include "domain/token.h"
#include "wire/text.h"

/* scheme://host[:port] of base_url */
static struct str
base_origin(const struct push *p)
{
	struct str url = str_of(p->config.base_url);
	const char *host = strstr(url.p, "://"), *slash;

	if (host == NULL)
		return STR_NULL;
	slash = strchr(host + 3, '/');
	return (struct str){ url.p, slash == NULL ? url.len : (size_t)(slash - url.p) };
}

static bool
is_https(const struct push *p)
{
	return str_has_prefix(str_of(p->config.base_url), STR("https://"));
}

static bool
is_own_origin(const struct push *p, struct arena *a, const struct http_head *h, struct str origin)
{
	struct str host = http_head_get(h, STR("Host"));

	if (origin.p == NULL || origin.len == 0)
		return false;
	if (str_eq_nocase(origin, base_origin(p)))
		return true;
	return host.p != NULL && host.len > 0 &&
	    str_eq_nocase(origin, str_of(arena_printf(a, "%s://%.*s", is_https(p) ? "https" : "http",
	    STR_FMT(host))));
}

static bool
may_use_cookie(const struct push *p, struct arena *a, const struct http_head *h, bool websocket)
{
	struct str site = http_head_get(h, STR("Sec-Fetch-Site"));
	struct str origin = http_head_get(h, STR("Origin"));

	if (site.p != NULL && !str_eq(site, STR("same-origin")))
		return false;
	if (websocket || site.p == NULL)
		return is_own_origin(p, a, h, origin);
	return origin.p == NULL || is_own_origin(p, a, h, origin);
}

static enum err
by_token(const struct push *p, struct arena *a, struct str token, struct who *who)
{
	struct jwt_claims claims;

	if (str_has_prefix(token, STR(TOKEN_PERSONAL))) {
		struct personal_token pat;

		if (!token_personal_parse(token, &pat))
			return ERR_UNAUTHORIZED;
		*who = (struct who){ .account = pat.account, .credential = pat.token, .is_token = true };
		memcpy(who->hash, pat.secret_hash, sizeof(who->hash));
		return ERR_OK;
	}
	TRY(jwt_check(a, &p->key, str_of(p->config.base_url), token, clock_wall_ms() / 1000, &claims));
	*who = (struct who){ .account = claims.account, .credential = claims.session, .exp = claims.exp };
	return ERR_OK;
}

enum err
auth_check(const struct push *p, struct arena *a, const struct http_head *h, bool websocket, struct who *who)
{
	struct str header = http_head_get(h, STR("Authorization")), token;

	if (header.p != NULL) {
		TRY(authorization_token(a, header, &token));
		return by_token(p, a, token, who);
	}
	token = cookie_get(http_head_get(h, STR("Cookie")), cookie_name_access(p->config.base_url));
	if (token.p == NULL)
		return ERR_UNAUTHORIZED;
	if (!may_use_cookie(p, a, h, websocket))
		return ERR_CROSS_ORIGIN;
	return by_token(p, a, token, who);
}
