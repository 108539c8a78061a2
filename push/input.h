/*
 * input - what a connection's descriptor reports, in every state: bytes to read, room to write.
 */
#ifndef MOOT_PUSH_INPUT_H
#define MOOT_PUSH_INPUT_H

#include "push/conn.h"

void input_init(struct push *p);
/* Callback of the descriptor. ctx: the connection. */
void input_ready(void *ctx, int events);

#endif
