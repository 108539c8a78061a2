/*
 * chunk - SSE for nginx, which then buffers by what comes: one chunk (RFC 9112, 7.1) a write.
 *
 * What nginx does: with `proxy_buffering off` it fills one buffer a stream and makes one write of
 * each, so a small one costs a write for each event of a burst, and a large one a page of memory
 * for each idle stream. With buffering on it takes a larger buffer when the first is full, and
 * passes on what it has once a chunk is complete.
 *
 * Why zeros are sent ahead: it counts a chunk as complete when as many bytes have come behind it as
 * end a body ("\r\n0\r\n\r\n" at the least). So the leading zeros of the next chunk's size are
 * sent with this one (FRAME_CHUNK_END). Else the tail of a chunk that lies across two of its
 * buffers would be held back until the next event.
 *
 * A chunk is promised as a whole. One of up to CHUNK_BATCH bytes is one skb of a unix socket,
 * which the kernel takes or refuses as a whole; of what it takes in part all the same, the rest
 * is copied.
 */
#ifndef MOOT_PUSH_CHUNK_H
#define MOOT_PUSH_CHUNK_H

#include "push/compose.h"
#include "wire/frame.h"

/* An skb holds half of SERVER_SNDBUF, which the kernel doubles, less 64 bytes. */
#define CHUNK_BATCH (31 * 1024)

static inline bool
chunk_is_for(const struct batch *b)
{
	return b->conn->format == FRAME_CHUNKED && b->bytes > 0 && b->items[0].kind != ITEM_PART;
}

/* Puts the two lines that make a chunk around the batch's n pieces, which stand at iov + 1; head is
 * borrowed until it was written. How many there are now. */
size_t chunk_around(const struct batch *b, char head[FRAME_CHUNK_HEAD], struct iovec *iov,
    size_t n);
/* Of the pieces only `taken` bytes went: the peer gets the rest next. False without memory. */
bool chunk_keep(struct conn *c, const struct iovec *iov, size_t n, size_t taken);

#endif
