/*
 * handshake - from the first byte to the question for access: reads the request (RFC 9112, of which
 * http_head.h says what is taken), opens a WebSocket (RFC 6455 4.2), says no.
 *
 * SSE is answered 200 always and refused by bye, because any other status ends a browser's
 * EventSource for ever; everything else gets an ordinary status with problem+json.
 */
#ifndef MOOT_PUSH_HANDSHAKE_H
#define MOOT_PUSH_HANDSHAKE_H

#include "push/conn.h"

#define POLL_WAIT_MAX 25	/* seconds */

void handshake_init(struct push *p);
void handshake_release(struct push *p);
/* Bytes of a NEW connection: its head, perhaps in pieces. */
void handshake_take(struct push *p, struct conn *c, struct str bytes);
/* Bytes of one in HANDSHAKE, a frame that came before our answer: kept for later. */
void handshake_keep(struct push *p, struct conn *c, struct str bytes);
/* Says why not, in the request's own terms, and closes. */
void handshake_refuse(struct push *p, struct conn *c, enum err e);

#endif
