#include "domain/site.h"

#include <string.h>

void
site_init(struct site *s, const char *base_url)
{
	struct str url = str_of(base_url);
	const char *host = strstr(base_url, "://");
	const char *path = strchr(host == NULL ? base_url : host + 3, '/');
	size_t n = path == NULL ? url.len : (size_t)(path - base_url);

	while (url.len > n && url.p[url.len - 1] == '/')
		url.len--;
	s->origin = (struct str){ url.p, n };
	s->path = (struct str){ url.p + n, url.len - n };
	s->https = str_has_prefix(url, STR("https://"));
}

struct str
site_cookie_access(const struct site *s)
{
	if (!s->https)
		return STR("moot_access");
	return s->path.len == 0 ? STR("__Host-moot_access") : STR("__Secure-moot_access");
}

struct str
site_cookie_refresh(const struct site *s)
{
	return s->https ? STR("__Secure-moot_refresh") : STR("moot_refresh");
}

struct str
site_cookie_known(const struct site *s)
{
	return s->https ? STR("__Secure-moot_known") : STR("moot_known");
}

bool
site_path_below(const struct site *s, struct str path, struct str *below)
{
	if (!str_has_prefix(path, s->path) || path.len == s->path.len || path.p[s->path.len] != '/')
		return false;
	*below = (struct str){ path.p + s->path.len, path.len - s->path.len };
	return true;
}

bool
site_is_own_origin(const struct site *s, struct str host, struct str origin)
{
	struct str scheme = s->https ? STR("https://") : STR("http://");

	if (origin.len == 0)
		return false;
	if (str_eq_nocase(origin, s->origin))
		return true;
	return host.len > 0 && origin.len == scheme.len + host.len &&
	    str_has_prefix(origin, scheme) &&
	    str_eq_nocase((struct str){ origin.p + scheme.len, host.len }, host);
}

bool
site_is_own_page(const struct site *s, const struct site_claim *claim, enum site_proof proof)
{
	bool fetch = claim->fetch_site.p != NULL, origin = claim->origin.p != NULL;

	if (fetch && !str_eq(claim->fetch_site, STR("same-origin")))
		return false;
	if (origin && !site_is_own_origin(s, claim->host, claim->origin))
		return false;
	switch (proof) {
	case SITE_NO_PROOF:
		return true;
	case SITE_ANY_PROOF:
		return fetch || origin;
	case SITE_ORIGIN_PROOF:
	default:
		return origin;
	}
}
