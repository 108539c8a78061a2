/*
 * site - what base_url says: where we are, what our cookies are called, and which requests come
 * from our own pages. Everybody who sets, reads or believes a cookie asks here.
 */
#ifndef MOOT_DOMAIN_SITE_H
#define MOOT_DOMAIN_SITE_H

#include <stdbool.h>

#include "base/str.h"

/* Views into base_url. */
struct site {
	struct str origin;	/* "https://chat.example:8443" */
	struct str path;	/* "" or "/chat" */
	bool https;
};

/* base_url as config_load() lets it pass; borrowed for as long as the site is used. */
void site_init(struct site *s, const char *base_url);

/*
 * "moot_access", "moot_refresh" and "moot_known" over http. Over https with the prefix that makes
 * browsers refuse them from anywhere else: __Host- (RFC 6265bis 4.1.3.2), which needs the path /,
 * or __Secure-.
 */
struct str site_cookie_access(const struct site *s);
struct str site_cookie_refresh(const struct site *s);
struct str site_cookie_known(const struct site *s);

/* The path below base_url's; false when it lies elsewhere. The path itself stays as it is then. */
bool site_path_below(const struct site *s, struct str path, struct str *below);

/* Origin is ours: that of base_url, or that of the address the request itself was sent to. */
bool site_is_own_origin(const struct site *s, struct str host, struct str origin);

/* What a request's head says of where it comes from; absent fields are absent. */
struct site_claim {
	struct str host;		/* Host */
	struct str fetch_site;		/* Sec-Fetch-Site */
	struct str origin;		/* Origin */
};

/*
 * What must be said. A WebSocket wants Origin: no browser asks the server before it opens one to
 * another site, and its bytes may be read by the page that opened it, so this check is the only one
 * there is; and Origin is the one field that every browser sends with it (RFC 6455 10.2).
 */
enum site_proof {
	SITE_NO_PROOF,		/* nothing: there is no credential that a browser adds by itself */
	SITE_ANY_PROOF,		/* Sec-Fetch-Site or Origin */
	SITE_ORIGIN_PROOF,	/* Origin */
};

/* Whatever is said names our own pages, and what must be said is. */
bool site_is_own_page(const struct site *s, const struct site_claim *claim, enum site_proof proof);

#endif
