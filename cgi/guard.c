#include "cgi/guard.h"

#include "base/clock.h"
#include "cgi/cookie.h"
#include "wire/http_head.h"

enum err
guard_actor(struct request *r, struct world *w)
{
	struct str header = request_param("HTTP_AUTHORIZATION");
	struct str token = STR_NULL;

	if (header.p != NULL) {
		r->offered = true;
		TRY(authorization_token(r->arena, header, &token));
	} else {
		token = cookie_access(r->cookies, r->site);
		r->by_cookie = token.p != NULL;
		if (token.len == 0) {
			r->by_cookie = false;
			return ERR_OK;
		}
		r->offered = true;
	}
	return actor_of_token(r->arena, &w->key, str_of(w->config->base_url),
	    clock_wall_ms() / 1000, token, &r->call.actor);
}

enum err
guard_origin(const struct request *r, bool strict)
{
	struct site_claim claim = {
		.host = request_param("HTTP_HOST"),
		.fetch_site = request_param("HTTP_SEC_FETCH_SITE"),
		.origin = request_param("HTTP_ORIGIN"),
	};

	return site_is_own_page(r->site, &claim, strict ? SITE_ANY_PROOF : SITE_NO_PROOF)
	    ? ERR_OK
	    : ERR_CROSS_ORIGIN;
}

static bool
is_trusted(const struct config *config, struct str address)
{
	return address.len > 0 && http_list_has(str_of(config->trusted_proxies), address);
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

	if (request_param("HTTP_X_FORWARDED_FOR").p !=
	    NULL) /* a proxy on this machine speaks for others */
		return false;
	return address.p == NULL || str_has_prefix(address, STR("127.")) ||
	    str_eq(address, STR("::1")) || str_has_prefix(address, STR("unix:"));
}
