/*
 * html - text in pages and feeds.
 */
#ifndef MOOT_WIRE_HTML_H
#define MOOT_WIRE_HTML_H

#include "base/buf.h"
#include "base/str.h"

/*
 * Adds valid UTF-8 so that it is nothing but text: between tags of HTML and of XML 1.0, and within
 * attribute values in double or single quotes. Not for names, unquoted values, scripts, styles or
 * addresses: there escaping does not help. What XML has no room for (XML 1.0, 2.2: control
 * characters but tab and line feed, U+FFFE, U+FFFF) becomes U+FFFD.
 */
void html_add_text(struct buf *out, struct str s);

#endif
