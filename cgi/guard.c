#include "cgi/guard.h"

#include "cgi/cookie.h"
#include "domain/session.h"

enum err
guard_actor(struct request *r, struct world *w)
{
	struct str header = request_param("HTTP_AUTHORIZATION");
	struct str token = STR_NULL;

	if (header.p != NULL) {
		r->offered = true;
		TRY(authorization_token(r->arena, header, &token));
	} else {
		token = cookie_access(r->cookies, r->config);
		r->by_cookie = token.p != NULL;
		if (token.len == 0) {
			r->by_cookie = false;
			return ERR_OK;
		}
		r->offered = true;
	}
	return session_actor(w, r->arena, token, &r->call.actor);
}

/* scheme://host[:port] of base_url. */
static struct str
base_origin(const struct config *config)
{
	struct str url = str_of(config->base_url), path = base_path(config);

	while (url.len > 0 && url.p[url.len - 1] == '/')
		url.len--;
	url.len -= path.len;
	return url;
}

static bool
is_own_origin(const struct config *config, struct str origin)
{
	struct str scheme = base_is_https(config) ? STR("https://") : STR("http://");
	struct str host = request_param("HTTP_HOST");

	if (str_eq_nocase(origin, base_origin(config)))
		return true;
	if (host.len == 0 || origin.len != scheme.len + host.len || !str_has_prefix(origin, scheme))
		return false;
	return str_eq_nocase((struct str){ origin.p + scheme.len, host.len }, host);
}

enum err
guard_origin(const struct request *r, bool strict)
{
	struct str site = request_param("HTTP_SEC_FETCH_SITE");
	struct str origin = request_param("HTTP_ORIGIN");

	if (site.p != NULL)
		return str_eq(site, STR("same-origin")) ? ERR_OK : ERR_CROSS_ORIGIN;
	if (origin.p != NULL)
		return is_own_origin(r->config, origin) ? ERR_OK : ERR_CROSS_ORIGIN;
	return strict ? ERR_CROSS_ORIGIN : ERR_OK;
}

static bool
is_trusted(const struct config *config, struct str address)
{
	struct str rest = str_of(config->trusted_proxies);

	while (rest.p != NULL) {
		struct str one = str_trim(str_cut(&rest, ','));
		if (one.len > 0 && str_eq_nocase(one, address))
			return true;
	}
	return false;
}

/* Cuts the last element of a comma list off it. */
static struct str
last_hop(struct str *list)
{
	size_t at = list->len;

	while (at > 0 && list->p[at - 1] != ',')
		at--;
	struct str hop = str_trim((struct str){ list->p + at, list->len - at });
	*list = (struct str){ list->p, at > 0 ? at - 1 : 0 };
	return hop;
}

struct str
guard_address(const struct config *config)
{
	struct str address = request_param("REMOTE_ADDR");
	struct str hops = request_param("HTTP_X_FORWARDED_FOR");

	if (address.p == NULL)
		address = STR("");
	while (is_trusted(config, address) && hops.len > 0) {
		struct str hop = last_hop(&hops);
		if (hop.len == 0 || hop.len > 64)
			break;
		address = hop;
	}
	return address;
}

bool
guard_is_local(void)
{
	struct str address = request_param("REMOTE_ADDR");

	if (request_param("HTTP_X_FORWARDED_FOR").p != NULL)	/* a proxy on this machine speaks for others */
		return false;
	return address.p == NULL || str_has_prefix(address, STR("127.")) || str_eq(address, STR("::1")) ||
	    str_has_prefix(address, STR("unix:"));
}
