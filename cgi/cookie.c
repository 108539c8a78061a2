#include "cgi/cookie.h"

#include "wire/text.h"

struct str
cookie_access(struct str header, const struct site *site)
{
	return cookie_get(header, site_cookie_access(site));
}

struct str
cookie_refresh(struct str header, const struct site *site)
{
	return cookie_get(header, site_cookie_refresh(site));
}

struct str
cookie_known(struct str header, const struct site *site)
{
	return cookie_get(header, site_cookie_known(site));
}

static void
add_access(struct buf *b, const struct site *site, struct str value, int64_t life_s)
{
	struct str name = site_cookie_access(site);

	buf_printf(b,
	    "Set-Cookie: %.*s=%.*s; Path=%.*s/; Max-Age=%lld; HttpOnly; SameSite=Lax%s\r\n",
	    STR_FMT(name), STR_FMT(value), STR_FMT(site->path), (long long)life_s,
	    site->https ? "; Secure" : "");
}

/* Only the calls that sign in are sent it. */
static void
add_signing(
    struct buf *b, const struct site *site, struct str name, struct str value, int64_t life_s)
{
	buf_printf(b,
	    "Set-Cookie: %.*s=%.*s; Path=%.*s/api/v1/auth; Max-Age=%lld; HttpOnly; "
	    "SameSite=Strict%s\r\n",
	    STR_FMT(name), STR_FMT(value), STR_FMT(site->path), (long long)life_s,
	    site->https ? "; Secure" : "");
}

void
cookie_set(struct buf *headers, const struct site *site, const struct grant *g)
{
	add_access(headers, site, g->access, g->access_life_s);
	add_signing(
	    headers, site, site_cookie_refresh(site), g->refresh, g->refresh_life_s);
	if (g->known.p != NULL)
		cookie_set_known(headers, site, g->known);
}

void
cookie_set_known(struct buf *headers, const struct site *site, struct str known)
{
	add_signing(headers, site, site_cookie_known(site), known, KNOWN_LIFE_S);
}

void
cookie_clear(struct buf *headers, const struct site *site)
{
	add_access(headers, site, STR(""), 0);
	add_signing(headers, site, site_cookie_refresh(site), STR(""), 0);
}
