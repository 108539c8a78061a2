/*
 * cookie - the browser's two cookies. Over https their names carry the prefixes that make browsers
 * refuse them from anywhere else (__Host- needs the path /, __Secure- does not).
 */
#ifndef MOOT_CGI_COOKIE_H
#define MOOT_CGI_COOKIE_H

#include "base/buf.h"
#include "base/config.h"
#include "domain/session.h"

/* Values in a Cookie header; absent when there is none. */
struct str cookie_access(struct str header, const struct config *config);
struct str cookie_refresh(struct str header, const struct config *config);
/* Set-Cookie lines. */
void cookie_set(struct buf *headers, const struct config *config, const struct grant *g);
void cookie_clear(struct buf *headers, const struct config *config);

/* The path of base_url, without a trailing slash: "" or "/chat". */
struct str base_path(const struct config *config);
bool base_is_https(const struct config *config);

#endif
