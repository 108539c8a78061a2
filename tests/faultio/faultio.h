/*
 * faultio - a program's system calls on sockets fail as they do on a machine in trouble.
 *
 * Linked into a program this takes the place of read, write, writev, send, sendmsg, recv, accept4,
 * connect, socket, close, poll, epoll_wait and epoll_ctl, for the program and for the libraries it
 * uses (libpq, hiredis, libev and libfcgi go through these too). With `-Wl,--wrap=realloc
 * -Wl,--wrap=heap_try` buffers find no memory either, with `-Wl,--wrap=malloc` arenas do not; a
 * library's own memory is left alone.
 *
 * What happens is drawn from a seed: interrupted, would block, a part only, connection reset (both
 * ends see it), no descriptors, no memory. Only what a kernel may do is done: a call on a blocking
 * socket never would block, a reset connection stays reset. Descriptors that are no sockets work.
 *
 * FAULTIO_SEED and FAULTIO_RATE in the environment start it when the program first waits in its
 * loop or for a connection, so that it gets through its own start. The seed is printed. With
 * FAULTIO_SPARE what comes and goes on connections from accept4() is cut in pieces, but does not
 * fail.
 */
#ifndef MOOT_TESTS_FAULTIO_H
#define MOOT_TESTS_FAULTIO_H

#include <stdbool.h>
#include <stdint.h>

enum faultio_call {
	FAULTIO_READ,		/* read, recv */
	FAULTIO_WRITE,		/* write, writev, send, sendmsg */
	FAULTIO_ACCEPT,		/* accept4 */
	FAULTIO_CONNECT,
	FAULTIO_SOCKET,
	FAULTIO_POLL,
	FAULTIO_WAIT,		/* epoll_wait */
	FAULTIO_WATCH,		/* epoll_ctl */
	FAULTIO_MEMORY,		/* realloc, heap_try, malloc */
	FAULTIO__MAX
};

/* rate: of 1,000 calls so many go wrong. */
void faultio_start(uint64_t seed, unsigned rate);
/* From now on everything works; what was reset stays so. */
void faultio_stop(void);
/* The next call of that kind on a socket fails with this errno, whatever the rate. */
void faultio_next(enum faultio_call call, int error);
/* How often a kind of call was made to go wrong since the start. */
unsigned faultio_count(enum faultio_call call);
/* An allocation fails now; what memory.c asks. */
bool faultio_memory(void);

#endif
