/*
 * admit - puts a picture of access into effect: connections that waited for it begin, and those
 * that live gain and lose streams.
 */
#ifndef MOOT_PUSH_ADMIT_H
#define MOOT_PUSH_ADMIT_H

#include "push/conn.h"

/*
 * rows: what the account may read, asked as number seq at that millisecond of the monotonic clock.
 * False: an event that changes access was processed after the picture was taken, or what it shows
 * is over by now, so it must be taken again. Of the connections in HANDSHAKE only those claimed
 * begin (the others joined after the question was asked).
 */
bool admit_account(struct push *p, uint32_t account, const struct feed_access *rows, size_t n,
    uint64_t seq, int64_t asked_ms);
/* The connection loses a stream: its events up to rev, then revoke, then nothing. */
void admit_revoke(struct push *p, struct conn *c, uint32_t stream, int64_t rev);

#endif
