/*
 * input - what a connection's descriptor reports, in every state: bytes to read, room to write.
 */
#ifndef MOOT_PUSH_INPUT_H
#define MOOT_PUSH_INPUT_H

#include "push/conn.h"

/* Callback of push.crowd. ctx: the push; name: see conn_named(). */
void input_ready(void *ctx, uint64_t name, int events);

#endif
