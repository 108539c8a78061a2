/*
 * problem - how an error goes over HTTP: problem+json (RFC 9457), its headers, and the words of
 * statuses. REST and the stream both answer with this.
 */
#ifndef MOOT_WIRE_PROBLEM_H
#define MOOT_WIRE_PROBLEM_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define PROBLEM_TYPE "application/problem+json"
#define PROBLEM_RETRY_S 2	/* of 503 */

/* "Not Found"; of a status we never answer with: the words of 500. */
const char *http_reason(int status);

/*
 * {"type":"urn:moot:error:<code>","title":…,"status":…,"code":…,"detail":…,"request_id":…<more>}
 * detail: valid UTF-8; absent, or of a 5xx: the title. more: further members as JSON, with a comma
 * before each, or absent.
 */
void problem_render(struct buf *out, enum err e, struct str detail, struct str id, struct str more);
/* The same without allocating, for when memory is short: at most PROBLEM_SMALL bytes and a NUL,
 * returns how many. id: letters, digits and hyphens, of at most 64 bytes. */
#define PROBLEM_SMALL 512
size_t problem_render_small(char out[PROBLEM_SMALL + 1], enum err e, struct str id);

/* Header lines that belong to the status: WWW-Authenticate, Allow, Retry-After. allow: for
 * ERR_METHOD; retry_s: for 429. */
void problem_headers(struct buf *out, enum err e, struct str allow, int64_t retry_s);

#endif
