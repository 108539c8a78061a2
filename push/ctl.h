/*
 * ctl - what two daemons say to each other while one takes over: messages of one size on a
 * SOCK_SEQPACKET socket, with descriptors beside them.
 *
 *   new                              old
 *   HELLO version, epoch, proof  →
 *                                ←   STREAMS (a file of struct ctl_stream, its pidfd)   or NO why
 *   GO, when all are on the bus  →
 *                                    from here the old one reads nothing from clients
 *                                ←   STATE (a file of a snapshot, the listening sockets)
 *                                ←   FDS, up to CTL_FDS_MAX each, in the order of the snapshot
 *   READY                        →
 *                                ←   COMMIT, and ends when the new one has closed
 *                                    the connection; or ABORT, and goes on
 *
 * The old one writes no byte to a client between STATE and ABORT, and none after COMMIT; the new
 * one none before COMMIT. A connection that ends instead of either: when the old process has ended
 * (its pidfd says so) the new one goes on as after COMMIT, for nobody else can; else it ends
 * itself.
 *
 * Neither speaks with a process of another user: who may write where the socket stands could else
 * say whose the connections are.
 *
 * After NO the new one listens for itself and closes the connection. Then the old one takes leave
 * of its clients, if the name of the socket is not its own any more. HELLO and NO look the same in
 * every version.
 */
#ifndef MOOT_PUSH_CTL_H
#define MOOT_PUSH_CTL_H

#include <stdbool.h>
#include <stdint.h>

#include "push/push.h"

#define CTL_FDS_MAX 253		/* SCM_MAX_FD */
#define CTL_FILE_MAX ((int64_t)4 << 30)

enum ctl_kind {
	CTL_HELLO = 1,
	CTL_NO,
	CTL_STREAMS,
	CTL_GO,
	CTL_STATE,
	CTL_FDS,
	CTL_READY,
	CTL_COMMIT,
	CTL_ABORT
};

struct ctl_message {
	uint32_t kind;		/* enum ctl_kind */
	uint32_t version;	/* HELLO: SNAP_VERSION */
	int64_t epoch;		/* HELLO */
	int64_t len;		/* STREAMS, STATE: of the file */
	uint32_t n;		/* STATE: connections in all; FDS: here */
	uint8_t proof[CRYPT_SHA256_LEN];	/* HELLO: of the token key */
	char why[84];		/* NO */
};

struct ctl_stream {
	int64_t id;
	int64_t parent;		/* 0: none */
	int64_t kind;
};

/* Both of one installation have the same key; it does not show. */
void ctl_proof(const struct push *p, uint8_t out[CRYPT_SHA256_LEN]);
/* <push_socket>.ctl; false when that is too long. */
bool ctl_path(const struct push *p, char *out, size_t size);
/* The process at the other end, or who listened there, was of our own user or root. */
bool ctl_is_ours(int fd);
/* False: errno says why. flags as of sendmsg(). */
bool ctl_send(int fd, const struct ctl_message *m, const int *fds, uint32_t n, int flags);
/*
 * 1: a message, with n descriptors (caller closes), CTL_FDS_MAX at most; 0: the peer has closed;
 * -1: errno says why: EAGAIN: nothing there (yet), EPROTO: it is no message, EMFILE: not all its
 * descriptors came.
 */
int ctl_recv(int fd, struct ctl_message *m, int fds[CTL_FDS_MAX], uint32_t *n, int flags);
/* A message that comes without descriptors: the same, those that came all the same are closed. */
int ctl_recv_none(int fd, struct ctl_message *m, int flags);
/* From now on one waits until a message has come, or gone, so many milliseconds at most; 0: without
 * end. */
void ctl_block(int fd, int64_t ms);
/* A file in memory that can be mapped by who gets it, and changed by nobody after ctl_file_end().
 */
int ctl_file_new(const char *name);
bool ctl_file_end(int file, int64_t *len);
/* Maps what a peer sent: NULL for anything but a file of that length that nobody can change. */
const char *ctl_file_map(int file, int64_t len);
void ctl_file_unmap(const char *p, int64_t len);

/* All streams that this daemon knows, to a file. False: it could not be written. */
bool ctl_streams_write(const struct push *p, int file);
/* Makes those of such a file; what is no stream is passed over. False: it is no such file. */
bool ctl_streams_read(struct push *p, int file, int64_t len);

#endif
