/*
 * cursor - a position in many streams as opaque text, the same on every node.
 *
 * Text: <epoch decimal> "." base64url( varint n, then n × { varint id - previous id, varint rev } )
 * with the streams in ascending order; varints as in protocol buffers (LEB128).
 */
#ifndef MOOT_WIRE_CURSOR_H
#define MOOT_WIRE_CURSOR_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define CURSOR_STREAMS 1000
#define CURSOR_TEXT (20 + 1 + (CURSOR_STREAMS * 20 * 4) / 3 + 8)	/* longest text */

struct cursor_entry {
	int64_t stream;
	int64_t rev;
};

/* Ascending by stream; quickest where few stand elsewhere than they should. */
void cursor_sort(struct cursor_entry *entries, size_t n);
/* Entries ascending by stream, at most CURSOR_STREAMS; appended to out. */
enum err cursor_encode(
    struct buf *out, int64_t epoch, const struct cursor_entry *entries, size_t n);
/* ERR_BAD_REQUEST for anything cursor_encode() does not write. entries holds CURSOR_STREAMS. */
enum err cursor_decode(struct str text, int64_t *epoch, struct cursor_entry *entries, size_t *n);

#endif
