/*
 * server - the listening sockets: accepts, up to what the process may hold.
 */
#ifndef MOOT_PUSH_SERVER_H
#define MOOT_PUSH_SERVER_H

#include <stdbool.h>

#include "push/push.h"

#define SERVER_BACKLOG 8192	/* the kernel caps it at net.core.somaxconn */
#define SERVER_SNDBUF (32 * 1024)
#define SERVER_LISTENERS 2	/* push_socket and push_listen */

void server_init(struct push *p);
/* When server_stop() has been called and no connection is left. */
void server_release(struct push *p);
/*
 * Listens on config.push_socket, mode 0666: the directory it stands in decides who may connect. It
 * takes the name of an older daemon's socket, which goes on serving whom it has. Also on
 * config.push_listen, if there is one; see direct.h. False with a line in msg.
 */
bool server_start(struct push *p, char *msg, size_t msg_len);
/* Listens on a socket of that kind under a name that may be taken. -1 with a line in msg. */
int server_listen(
    const char *path, int kind, unsigned mode, int backlog, char *msg, size_t msg_len);
/* Goes on with the sockets of another daemon. Takes fd, and direct (-1: none), which is closed when
 * push_listen says something else by now. False with a line in msg: there cannot be listened. */
bool server_adopt(struct push *p, int fd, int direct, char *msg, size_t msg_len);
/* A descriptor that connections can be accepted from. */
bool server_is_listener(int fd);
/* What it listens on, push_socket first; how many. */
uint32_t server_fds(const struct push *p, int fds[SERVER_LISTENERS]);
/* A connection that has not sent its request has come, and has sent it or is gone: of TCP peers
 * only so many wait as leave room for those who come by the web server. */
void server_peer_came(struct push *p, int fd);
void server_peer_asked(struct push *p, int fd);
/* Accepts nobody for a while. */
void server_pause(struct push *p);
void server_go_on(struct push *p);
/* Another daemon goes on with the socket: its name is not ours any more. */
void server_forget(struct push *p);
/* Who connects to push_socket comes here, unless another daemon has taken the name. */
bool server_has_name(const struct push *p);
/* Accepts no more and gives the name up, unless another daemon has taken it. */
void server_stop(struct push *p);

#endif
