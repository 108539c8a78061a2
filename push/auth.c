#include "push/auth.h"

#include "base/clock.h"
#include "wire/text.h"

static bool
may_use_cookie(const struct push *p, const struct http_head *h, bool websocket)
{
	struct site_claim claim = {
		.host = http_head_get(h, STR("Host")),
		.fetch_site = http_head_get(h, STR("Sec-Fetch-Site")),
		.origin = http_head_get(h, STR("Origin")),
	};

	return site_is_own_page(&p->site, &claim, websocket ? SITE_ORIGIN_PROOF : SITE_ANY_PROOF);
}

static enum err
by_token(const struct push *p, struct arena *a, struct str token, struct actor *who)
{
	return actor_of_token(
	    a, &p->key, str_of(p->config.base_url), clock_wall_ms() / 1000, token, who);
}

enum err
auth_check(const struct push *p, struct arena *a, const struct http_head *h, bool websocket,
    struct actor *who)
{
	struct str header = http_head_get(h, STR("Authorization")), token;

	if (header.p != NULL) {
		TRY(authorization_token(a, header, &token));
		return by_token(p, a, token, who);
	}
	token = cookie_get(http_head_get(h, STR("Cookie")), site_cookie_access(&p->site));
	if (token.p == NULL)
		return ERR_UNAUTHORIZED;
	if (!may_use_cookie(p, h, websocket))
		return ERR_CROSS_ORIGIN;
	return by_token(p, a, token, who);
}
