#include "tests/faultio/faultio.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define RARE 40		/* one fault in so many is of the kind that ends a connection */
#define SPARED_MAX 1024

static struct {
	uint64_t state;
	unsigned rate;
	unsigned later;		/* the rate from the first epoll_wait() or accept4() on */
	bool spare; /* what comes on accepted connections is cut in pieces, and no more */
	bool spared[SPARED_MAX];	/* by descriptor */
	int next[FAULTIO__MAX];
	unsigned count[FAULTIO__MAX];
} io;

/* The next definition of the same name: the C library's, or a sanitizer's in front of it. */
#define REAL(name) \
	static __typeof__(&name) real; \
	if (real == NULL) { \
		void *found = dlsym(RTLD_NEXT, #name); \
		memcpy(&real, &found, sizeof(real)); \
	}

void
faultio_start(uint64_t seed, unsigned rate)
{
	memset(&io, 0, sizeof(io));
	io.state = seed;
	io.rate = rate;
	fprintf(stderr, "faultio: seed %llu\n", (unsigned long long)seed);
}

void
faultio_stop(void)
{
	io.rate = 0;
	memset(io.next, 0, sizeof(io.next));
}

void
faultio_next(enum faultio_call call, int error)
{
	io.next[call] = error;
}

unsigned
faultio_count(enum faultio_call call)
{
	return io.count[call];
}

__attribute__((constructor)) static void
start_from_environment(void)
{
	const char *seed = getenv("FAULTIO_SEED"), *rate = getenv("FAULTIO_RATE");

	if (seed == NULL || rate == NULL)
		return;
	faultio_start(strtoull(seed, NULL, 10), 0);
	io.later = (unsigned)strtoul(rate, NULL, 10);
	io.spare = getenv("FAULTIO_SPARE") != NULL;
}

/* The program waits for the first time. */
static void
begin(void)
{
	if (io.later > 0) {
		io.rate = io.later;
		io.later = 0;
	}
}

/* splitmix64 */
static uint64_t
draw(uint64_t below)
{
	uint64_t z = io.state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % below;
}

static bool
is_socket(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

static bool
strikes(enum faultio_call call)
{
	bool hit = io.next[call] != 0 || (io.rate > 0 && draw(1000) < io.rate);

	io.count[call] += hit;
	return hit;
}

/* The error ordered by faultio_next(); 0: none was. */
static int
ordered(enum faultio_call call)
{
	int error = io.next[call];

	io.next[call] = 0;
	return error;
}

static int
one_of(const int *errors, size_t n)
{
	return errors[draw(n)];
}

#define ONE_OF(...) \
	one_of((const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

static int
failed(int error)
{
	errno = error;
	return -1;
}

/* What befalls a transfer of n bytes: an errno, or 0 and at most *n of them. */
static int
transfer(enum faultio_call call, int fd, int flags, size_t *n)
{
	int error, saved = errno;

	if ((io.rate == 0 && io.next[call] == 0) || *n == 0 || !is_socket(fd) || !strikes(call)) {
		errno = saved;
		return 0;
	}
	errno = saved;
	if ((error = ordered(call)) != 0)
		return error;
	if (fd < SPARED_MAX && io.spared[fd]) {
		*n = 1 + draw(*n);
		return 0;
	}
	if (draw(RARE) == 0) {
		shutdown(fd, SHUT_RDWR);
		return call == FAULTIO_READ ? ECONNRESET : ONE_OF(ECONNRESET, EPIPE);
	}
	switch (draw(4)) {
	case 0:
		return EINTR;
	case 1:
		if ((flags & MSG_DONTWAIT) != 0 || (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0)
			return EAGAIN;
		return EINTR;
	case 2:
		*n = 1;
		return 0;
	default:
		*n = 1 + draw(*n);
		return 0;
	}
}

ssize_t
read(int fd, void *p, size_t n)
{
	REAL(read)
	int error = transfer(FAULTIO_READ, fd, 0, &n);

	return error != 0 ? failed(error) : real(fd, p, n);
}

ssize_t
recv(int fd, void *p, size_t n, int flags)
{
	REAL(recv)
	int error = transfer(FAULTIO_READ, fd, flags, &n);

	return error != 0 ? failed(error) : real(fd, p, n, flags);
}

ssize_t
write(int fd, const void *p, size_t n)
{
	REAL(write)
	int error = transfer(FAULTIO_WRITE, fd, 0, &n);

	return error != 0 ? failed(error) : real(fd, p, n);
}

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	REAL(send)
	int error = transfer(FAULTIO_WRITE, fd, flags, &n);

	return error != 0 ? failed(error) : real(fd, p, n, flags);
}

static size_t
iov_total(const struct iovec *iov, size_t n)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += iov[i].iov_len;
	return total;
}

/* The first n bytes of iov; returns the number of pieces in out. */
static size_t
iov_cut(const struct iovec *iov, size_t n, struct iovec out[1024])
{
	size_t i = 0;

	for (; n > 0; i++) {
		out[i] = iov[i];
		if (out[i].iov_len > n)
			out[i].iov_len = n;
		n -= out[i].iov_len;
	}
	return i;
}

ssize_t
writev(int fd, const struct iovec *iov, int count)
{
	REAL(writev)
	struct iovec part[1024];
	size_t all = iov_total(iov, (size_t)count), n = all;
	int error = transfer(FAULTIO_WRITE, fd, 0, &n);

	if (error != 0)
		return failed(error);
	return n == all ? real(fd, iov, count) : real(fd, part, (int)iov_cut(iov, n, part));
}

ssize_t
sendmsg(int fd, const struct msghdr *msg, int flags)
{
	REAL(sendmsg)
	struct iovec part[1024];
	struct msghdr cut = *msg;
	size_t all = iov_total(msg->msg_iov, msg->msg_iovlen), n = all;
	int error = transfer(FAULTIO_WRITE, fd, flags, &n);

	if (error != 0)
		return failed(error);
	if (n == all)
		return real(fd, msg, flags);
	cut.msg_iov = part;
	cut.msg_iovlen = iov_cut(msg->msg_iov, n, part);
	return real(fd, &cut, flags);
}

int
accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	REAL(accept4)
	int error, got;

	begin();
	if (strikes(FAULTIO_ACCEPT)) {
		error = ordered(FAULTIO_ACCEPT);
		return failed(error != 0
			? error
			: ONE_OF(EINTR, ECONNABORTED, EMFILE, ENFILE, ENOMEM, ENOBUFS));
	}
	got = real(fd, addr, len, flags);
	if (got >= 0 && got < SPARED_MAX)
		io.spared[got] = io.spare;
	return got;
}

int
close(int fd)
{
	REAL(close)

	if (fd >= 0 && fd < SPARED_MAX)
		io.spared[fd] = false;
	return real(fd);
}

int
connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	REAL(connect)
	int error;

	if (!strikes(FAULTIO_CONNECT))
		return real(fd, addr, len);
	error = ordered(FAULTIO_CONNECT);
	return failed(error != 0 ? error : ONE_OF(ECONNREFUSED, EAGAIN, ENOMEM));
}

int
socket(int domain, int type, int protocol)
{
	REAL(socket)
	int error;

	if (!strikes(FAULTIO_SOCKET))
		return real(domain, type, protocol);
	error = ordered(FAULTIO_SOCKET);
	return failed(error != 0 ? error : ONE_OF(EMFILE, ENFILE, ENOMEM));
}

int
poll(struct pollfd *fds, nfds_t n, int timeout)
{
	REAL(poll)
	int error;

	if (!strikes(FAULTIO_POLL))
		return real(fds, n, timeout);
	error = ordered(FAULTIO_POLL);
	return failed(error != 0 ? error : EINTR);
}

int
epoll_wait(int fd, struct epoll_event *events, int max, int timeout)
{
	REAL(epoll_wait)
	int error;

	begin();
	if (!strikes(FAULTIO_WAIT))
		return real(fd, events, max, timeout);
	error = ordered(FAULTIO_WAIT);
	if (error == 0 && draw(2) == 0)
		return real(fd, events, 1, timeout);
	return failed(error != 0 ? error : EINTR);
}

/* Only what begins to be watched may be refused. */
int
epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	REAL(epoll_ctl)
	int error, saved = errno;
	bool hit = op == EPOLL_CTL_ADD && (io.rate > 0 || io.next[FAULTIO_WATCH] != 0) &&
	    is_socket(fd) && strikes(FAULTIO_WATCH);

	errno = saved;
	if (!hit)
		return real(epfd, op, fd, event);
	if ((error = ordered(FAULTIO_WATCH)) != 0)
		return failed(error);
	return draw(RARE) == 0 ? failed(ONE_OF(ENOSPC, ENOMEM)) : real(epfd, op, fd, event);
}

bool
faultio_memory(void)
{
	if (!strikes(FAULTIO_MEMORY))
		return false;
	return ordered(FAULTIO_MEMORY) != 0 || draw(RARE) == 0;
}
