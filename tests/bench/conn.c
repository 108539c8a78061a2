#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PER_SOURCE 50		/* connections from one loopback address: the site allows 64 */
#define RETRY_CAP_NS 30000000000

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

static uint64_t
rand_below(uint64_t n)
{
	static uint64_t x;

	if (x == 0 && getrandom(&x, sizeof(x), 0) != sizeof(x))
		x = 88172645463325252u;
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return n == 0 ? 0 : x % n;
}

/* Full jitter: the first time within load.retry_ns, later within 0.5 s · 2ⁿ, at most 30 s. */
static void
wait_and_retry(struct conn *c)
{
	int64_t cap = c->tries == 0 ? load.retry_ns
				    : 500000000 * (INT64_C(1) << (c->tries < 6 ? c->tries : 6));

	if (cap > RETRY_CAP_NS)
		cap = RETRY_CAP_NS;
	c->tries++;
	c->state = WAIT;
	load.waiting++;
	c->due_ns = now_ns() + (int64_t)rand_below((uint64_t)cap + 1);
}

void
conn_lost(struct conn *c, bool by_us)
{
	if (c->fd < 0)
		return;
	close(c->fd);
	c->fd = -1;
	free(c->text);
	c->text = NULL;
	if (c->state >= CONNECTING && c->state <= WARM) {
		load.in_flight--;
		c->refused++;
	}
	if (c->state == OPEN) {
		load.ready--;
		if (!by_us)
			c->closes++;
	}
	if (load.again) {
		wait_and_retry(c);
	} else {
		if (c->state != OPEN)
			load.failed++;
		c->state = GONE;
	}
}

static void
fill_request(struct conn *c, char *out, size_t size)
{
	const char *line = load.lines == NULL ? "" : load.lines[c - load.conns];
	char *hole = strstr(load.head, "%s");
	int n;

	if (hole == NULL)
		n = snprintf(out, size, "%s", load.head);
	else
		n = snprintf(
		    out, size, "%.*s%s%s", (int)(hole - load.head), load.head, line, hole + 2);
	if (n > 0 && (size_t)n < size && c->cursor != NULL)
		n += snprintf(out + n, size - (size_t)n, "Last-Event-ID: %s\r\n", c->cursor);
	if (n < 0 || (size_t)n + 3 > size)
		die("a request too long");
	memcpy(out + n, "\r\n", 3);
}

static void
ask(struct conn *c)
{
	char request[16384];

	c->state = HEAD;
	fill_request(c, request, sizeof(request));
	conn_send(c, request, strlen(request));
}

static void
on_connected(struct conn *c)
{
	static const char before[] = "HEAD /x HTTP/1.1\r\nHost: bench\r\n\r\n";
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };

	epoll_ctl(load.epoll, EPOLL_CTL_MOD, c->fd, &e);
	if (!load.prelude || c->opens > 0) {
		ask(c);
		return;
	}
	c->state = BEFORE;
	conn_send(c, before, sizeof(before) - 1);
}

/* Whatever it says; it has no body. */
static void
take_answer(struct conn *c, const char *p, size_t n)
{
	if (c->n_text + n >= HEAD_MAX) {
		conn_lost(c, false);
		return;
	}
	memcpy(c->text + c->n_text, p, n);
	c->n_text += n;
	c->text[c->n_text] = '\0';
	if (strstr(c->text, "\r\n\r\n") == NULL)
		return;
	c->n_text = 0;
	ask(c);
}

/* A loopback source for every so many connections, and the local port chosen only at connect. */
static void
bind_source(int fd, uint32_t i)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	uint32_t k = i / PER_SOURCE;
	int one = 1;

	a.sin_addr.s_addr = htonl(0x7f010001u + (k / 200 << 8) + k % 200);
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		die("bind: %s", strerror(errno));
}

static int
connect_unix(int fd, const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	return connect(fd, (struct sockaddr *)&a, sizeof(a));
}

static int
connect_tcp(int fd, uint32_t i)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	const char *colon = strrchr(load.address, ':');
	char host[64];

	if (colon == NULL)
		die("%s: no address", load.address);
	bind_source(fd, i);
	snprintf(host, sizeof(host), "%.*s", (int)(colon - load.address), load.address);
	a.sin_port = htons((uint16_t)number(colon + 1));
	if (inet_pton(AF_INET, host, &a.sin_addr) != 1)
		die("%s: no address", load.address);
	return connect(fd, (struct sockaddr *)&a, sizeof(a));
}

void
conn_open(struct conn *c)
{
	bool local = strncmp(load.address, "unix:", 5) == 0;
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT, .data.ptr = c };
	int bad;

	c->fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		die("socket: %s", strerror(errno));
	c->state = CONNECTING;
	c->coding = RAW;
	c->n_tail = c->n_frame = c->control = 0;
	c->left = 0;
	c->in_line = c->skip_line = false;
	c->n_text = 0;
	c->text = malloc(HEAD_MAX);
	if (c->text == NULL)
		die("no memory");
	load.in_flight++;
	bad = local ? connect_unix(c->fd, load.address + 5)
		    : connect_tcp(c->fd, (uint32_t)(c - load.conns));
	if (bad != 0 && errno == EAGAIN) {
		/* the backlog is full: nothing was tried yet */
		close(c->fd);
		c->fd = -1;
		free(c->text);
		c->text = NULL;
		load.in_flight--;
		c->state = WAIT;
		load.waiting++;
		c->due_ns = now_ns() + 2000000;
		return;
	}
	if (bad != 0 && errno != EINPROGRESS) {
		conn_lost(c, false);
		return;
	}
	epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &e);
	if (bad == 0)
		on_connected(c);
}

void
conn_send(struct conn *c, const char *p, size_t n)
{
	/* small, and the first thing in an empty socket */
	if (send(c->fd, p, n, MSG_NOSIGNAL) != (ssize_t)n)
		shutdown(c->fd, SHUT_RDWR);
}

void
conn_frame(struct conn *c, int opcode, const char *p, size_t n)
{
	char out[6 + 125] = { (char)(0x80 | opcode), (char)(0x80 | n) };

	/* masked with zeros */
	memcpy(out + 6, p, n);
	conn_send(c, out, 6 + n);
}

static int64_t
clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The kernel's note is of the wall clock, and of the newest bytes that were read. */
static int64_t
arrived(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		struct timespec t;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		return now_ns() - clock_ns(CLOCK_REALTIME) + (int64_t)t.tv_sec * 1000000000 +
		    t.tv_nsec;
	}
	return now_ns();
}

static ssize_t
receive(struct conn *c, char *in, size_t size, int64_t *when)
{
	struct iovec iov = { in, size };
	char control[256];
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
		.msg_controllen = sizeof(control) };
	ssize_t n;

	if (!load.arrivals) {
		n = recv(c->fd, in, size, 0);
		*when = now_ns();
		return n;
	}
	n = recvmsg(c->fd, &msg, 0);
	*when = n > 0 ? arrived(&msg) : 0;
	return n;
}

void
conn_event(struct conn *c, uint32_t events)
{
	static char in[65536];
	int err = 0;
	socklen_t len = sizeof(err);
	int64_t when;
	ssize_t n;

	if (c->fd < 0)
		return;
	if (c->state == CONNECTING) {
		getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len);
		if (err != 0)
			conn_lost(c, false);
		else if ((events & EPOLLOUT) != 0)
			on_connected(c);
		return;
	}
	n = receive(c, in, sizeof(in), &when);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		conn_lost(c, false);
		return;
	}
	if (c->state == BEFORE) {
		take_answer(c, in, (size_t)n);
		return;
	}
	load.bytes += (uint64_t)n;
	load.reads++;
	decode_bytes(c, in, (size_t)n, when);
}

void
conn_stall(struct conn *c, bool stalled)
{
	struct epoll_event e = { .events = stalled ? 0 : EPOLLIN, .data.ptr = c };

	c->is_stalled = stalled;
	if (c->fd >= 0)
		epoll_ctl(load.epoll, EPOLL_CTL_MOD, c->fd, &e);
}

void
conns_arrivals(void)
{
	int one = 1;

	load.arrivals = true;
	for (uint32_t i = 0; i < load.opened; i++)
		if (load.conns[i].fd >= 0)
			setsockopt(load.conns[i].fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one));
}

void
conns_tick(void)
{
	int64_t now = now_ns();

	for (uint32_t i = 0; i < load.opened; i++) {
		struct conn *c = &load.conns[i];

		if (c->state != WAIT || c->due_ns > now)
			continue;
		load.waiting--;
		conn_open(c);
	}
}

void
conns_end(void)
{
	struct linger at_once = { .l_onoff = 1 };

	for (uint32_t i = 0; i < load.opened; i++) {
		if (load.conns[i].fd < 0)
			continue;
		setsockopt(load.conns[i].fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		close(load.conns[i].fd);
	}
}
