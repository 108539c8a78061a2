/*
 * ws_accept - the handshake's proof that a WebSocket server answered (RFC 6455 4.2.2).
 */
#ifndef MOOT_WIRE_WS_ACCEPT_H
#define MOOT_WIRE_WS_ACCEPT_H

#include <stdbool.h>

#include "base/str.h"

#define WS_ACCEPT_LEN 28

/* 24 characters of base64 that stand for 16 bytes. */
bool ws_key_is_valid(struct str key);
/* base64(SHA-1(key + the protocol's GUID)) and NUL. SHA-1 guards nothing here. */
void ws_accept(struct str key, char out[WS_ACCEPT_LEN + 1]);

#endif
