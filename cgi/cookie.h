/*
 * cookie - the browser's cookies, named by domain/site.
 */
#ifndef MOOT_CGI_COOKIE_H
#define MOOT_CGI_COOKIE_H

#include "base/buf.h"
#include "domain/session.h"
#include "domain/site.h"

/* Values in a Cookie header; absent when there is none. */
struct str cookie_access(struct str header, const struct site *site);
struct str cookie_refresh(struct str header, const struct site *site);
struct str cookie_known(struct str header, const struct site *site);
/* By which a browser is known that signed in before; it is kept when the session ends. */
void cookie_set_known(struct buf *headers, const struct site *site, struct str known);
/* Set-Cookie lines. */
void cookie_set(struct buf *headers, const struct site *site, const struct grant *g);
void cookie_clear(struct buf *headers, const struct site *site);

#endif
