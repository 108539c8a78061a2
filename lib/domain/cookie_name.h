/*
 * cookie_name - what the access cookie is called; who sets it and who reads it must agree.
 */
#ifndef MOOT_DOMAIN_COOKIE_NAME_H
#define MOOT_DOMAIN_COOKIE_NAME_H

#include "base/str.h"

/*
 * "moot_access" over http. Over https with the prefix that makes browsers refuse it from anywhere
 * else: __Host- (RFC 6265bis 4.1.3.2), which needs the path /, or __Secure- when base_url has a path.
 */
struct str cookie_name_access(const char *base_url);

#endif
