/*
 * server - the listening socket: accepts, up to what the process may hold.
 */
#ifndef MOOT_PUSH_SERVER_H
#define MOOT_PUSH_SERVER_H

#include <stdbool.h>

#include "push/push.h"

#define SERVER_BACKLOG 8192	/* the kernel caps it at net.core.somaxconn */
#define SERVER_SNDBUF (32 * 1024)

/*
 * Listens on config.push_socket, mode 0666: the directory it stands in decides who may connect. It
 * takes the name of an older daemon's socket, which goes on serving whom it has. False with a line
 * in msg.
 */
bool server_start(struct push *p, char *msg, size_t msg_len);
/* Accepts no more and gives the name up, unless another daemon has taken it. */
void server_stop(struct push *p);

#endif
