/*
 * handshake - from the first byte to the question for access: reads the request, says no.
 *
 * SSE is answered 200 always and refused by bye, because any other status ends a browser's
 * EventSource for ever; everything else gets an ordinary status with problem+json.
 */
#ifndef MOOT_PUSH_HANDSHAKE_H
#define MOOT_PUSH_HANDSHAKE_H

#include "push/conn.h"

#define POLL_WAIT_MAX 25

void handshake_init(struct push *p);
void handshake_release(void);
/* Callback of a connection's descriptor, in every state. ctx: the connection. */
void handshake_ready(void *ctx, int events);
/* Says why not, in the request's own terms, and closes. */
void handshake_refuse(struct push *p, struct conn *c, enum err e);
void handshake_refuse_code(struct push *p, struct conn *c, uint16_t code);

#endif
