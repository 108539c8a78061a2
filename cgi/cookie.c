#include "cgi/cookie.h"

#include <string.h>

#include "domain/cookie_name.h"
#include "wire/text.h"

bool
base_is_https(const struct config *config)
{
	return strncmp(config->base_url, "https://", 8) == 0;
}

struct str
base_path(const struct config *config)
{
	const char *host = strstr(config->base_url, "://");
	const char *path = strchr(host == NULL ? config->base_url : host + 3, '/');
	struct str s = path == NULL ? STR("") : str_of(path);

	while (s.len > 0 && s.p[s.len - 1] == '/')
		s.len--;
	return s;
}

static struct str
access_name(const struct config *config)
{
	return cookie_name_access(config->base_url);
}

static struct str
refresh_name(const struct config *config)
{
	return base_is_https(config) ? STR("__Secure-moot_refresh") : STR("moot_refresh");
}

struct str
cookie_access(struct str header, const struct config *config)
{
	return cookie_get(header, access_name(config));
}

struct str
cookie_refresh(struct str header, const struct config *config)
{
	return cookie_get(header, refresh_name(config));
}

static void
add_access(struct buf *b, const struct config *config, struct str value, int64_t life_s)
{
	struct str name = access_name(config), path = base_path(config);

	buf_printf(b, "Set-Cookie: %.*s=%.*s; Path=%.*s/; Max-Age=%lld; HttpOnly; SameSite=Lax%s\r\n",
	    STR_FMT(name), STR_FMT(value), STR_FMT(path), (long long)life_s,
	    base_is_https(config) ? "; Secure" : "");
}

static void
add_refresh(struct buf *b, const struct config *config, struct str value, int64_t life_s)
{
	struct str name = refresh_name(config), path = base_path(config);

	buf_printf(b, "Set-Cookie: %.*s=%.*s; Path=%.*s/api/v1/auth; Max-Age=%lld; HttpOnly; SameSite=Strict%s\r\n",
	    STR_FMT(name), STR_FMT(value), STR_FMT(path), (long long)life_s,
	    base_is_https(config) ? "; Secure" : "");
}

void
cookie_set(struct buf *headers, const struct config *config, const struct grant *g)
{
	add_access(headers, config, g->access, g->access_life_s);
	add_refresh(headers, config, g->refresh, g->refresh_life_s);
}

void
cookie_clear(struct buf *headers, const struct config *config)
{
	add_access(headers, config, STR(""), 0);
	add_refresh(headers, config, STR(""), 0);
}
