/*
 * direct - the second listener of installations that want it: TCP, at config.push_listen.
 *
 * Whoever can reach it speaks with the daemon itself: no TLS, no limit by address, no address but
 * the peer's. It serves the stream only; health and metrics stay on the Unix socket.
 */
#ifndef MOOT_PUSH_DIRECT_H
#define MOOT_PUSH_DIRECT_H

#include <stdbool.h>
#include <stddef.h>

/* Listens on "ADDRESS:PORT" or "[ADDRESS]:PORT", numbers both, beside an older daemon of the same
 * user that still does. -1 with a line in msg. */
int direct_listen(const char *at, int backlog, char *msg, size_t msg_len);
/* That is where a socket listens which somebody else has opened. */
bool direct_is_at(int fd, const char *at);
/* Came over TCP. */
bool direct_is_peer(int fd);
/* As nginx does with its own: nothing waits for more, dead peers are noticed, and what a slow one
 * has not taken does not fill the kernel. */
void direct_prepare(int fd);

#endif
