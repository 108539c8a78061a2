/*
 * http_head - the head of an HTTP/1.x request (RFC 9112), strictly: what a careful proxy sends.
 *
 * No I/O, no copies: all views point into the bytes given. Refused: bare LF, folded lines, control
 * bytes, NUL, bytes above 126 in names and target, anything but origin-form targets, HTTP/2 or
 * HTTP/0.9, more than HTTP_HEADERS fields, a head longer than HTTP_HEAD_MAX bytes.
 */
#ifndef MOOT_WIRE_HTTP_HEAD_H
#define MOOT_WIRE_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define HTTP_HEAD_MAX 16384
#define HTTP_HEADERS 64

enum wire_step {
	WIRE_MORE,	/* nothing wrong so far, bytes are missing */
	WIRE_DONE,
	WIRE_BAD,	/* can never become right */
	WIRE_TOO_LONG
};

struct http_header {
	struct str name;
	struct str value;	/* without blanks around it; may be empty */
};

struct http_head {
	struct str method;
	struct str path;	/* begins with '/', still percent-encoded */
	struct str query;	/* behind the '?'; absent when there is none */
	int minor;		/* HTTP/1.<minor>, 0 or 1 */
	size_t n;
	struct http_header headers[HTTP_HEADERS];
};

/*
 * Call with all bytes received so far. *scanned is kept between calls for one head and begins as 0,
 * so that bytes arriving one by one cost linear time. WIRE_DONE: *used bytes belong to the head.
 */
enum wire_step http_head_parse(struct str in, size_t *scanned, struct http_head *h, size_t *used);
/* The value of the first field of that name, any case; absent when there is none. */
struct str http_head_get(const struct http_head *h, struct str name);
size_t http_head_count(const struct http_head *h, struct str name);
/* Whether a comma-separated list has this token, any case ("upgrade" in Connection). */
bool http_list_has(struct str list, struct str token);

#endif
