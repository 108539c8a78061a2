/*
 * writer - the floor: accepts readers and writes the same bytes to each of them, one send() a
 * reader and batch, nothing else. What the kernel takes for a delivery, without any server around
 * it.
 *
 * Answers an event stream's head at once. Commands on stdin: "rate PER_SECOND BATCH COUNT FIRST
 * WINDOW"; rate 0: as fast as the readers take it, at most WINDOW messages ahead of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "shared.h"

#define READERS_MAX 20000
#define BATCH_MAX 64

static const char head[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Accel-Buffering: no\r\n\r\n";

static struct shared *shared;
static int readers[READERS_MAX];
static uint32_t n_readers;
static char *body, *out;
static size_t body_len;

static int
listen_on(const char *address)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET };
	bool local = strncmp(address, "unix:", 5) == 0;
	int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
	    one = 1, bad;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (local) {
		snprintf(un.sun_path, sizeof(un.sun_path), "%s", address + 5);
		unlink(un.sun_path);
		bad = bind(fd, (struct sockaddr *)&un, sizeof(un));
	} else {
		in.sin_port = htons((uint16_t)number(address));
		bad = bind(fd, (struct sockaddr *)&in, sizeof(in));
	}
	if (bad != 0 || listen(fd, 4096) != 0)
		die("%s: %s", address, strerror(errno));
	return fd;
}

static void
accept_some(int ep, int fd)
{
	struct epoll_event e = { .events = EPOLLIN };
	int client;

	while (n_readers < READERS_MAX &&
	    (client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		(void)send(client, head, sizeof(head) - 1, MSG_NOSIGNAL);
		readers[n_readers++] = client;
		e.data.fd = client;
		epoll_ctl(ep, EPOLL_CTL_ADD, client, &e);
	}
}

/* The request does not matter; a reader that has gone is only no longer looked at. */
static void
discard(int ep, int fd)
{
	char in[4096];

	if (recv(fd, in, sizeof(in), 0) <= 0)
		epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL);
}

static void
write_batch(uint32_t seq, uint32_t n)
{
	char *mark = memmem(body, body_len, "~00000000~", MARK_LEN);
	int64_t now = now_ns();

	if (mark == NULL)
		die("the body has no mark");
	for (uint32_t i = 0; i < n; i++) {
		char *to = out + i * body_len;

		memcpy(to, body, body_len);
		mark_render(to + (mark - body), seq + i);
		shared->notes[seq + i].bytes = (uint32_t)body_len;
		__atomic_store_n(&shared->notes[seq + i].sent_ns, now, __ATOMIC_RELEASE);
	}
	for (uint32_t i = 0; i < n_readers; i++) {
		const char *p = out;
		size_t left = n * body_len;

		/* A full socket is waited for: a message must not be cut off. */
		while (left > 0) {
			ssize_t k = send(readers[i], p, left, MSG_NOSIGNAL);

			if (k < 0 && errno != EAGAIN)
				break;
			if (k < 0) {
				usleep(100);
				continue;
			}
			p += k;
			left -= (size_t)k;
		}
	}
}

static bool
is_ahead(uint64_t sent, uint64_t window)
{
	return window > 0 && n_readers > 0 &&
	    sent > __atomic_load_n(&shared->delivered, __ATOMIC_RELAXED) / n_readers + window;
}

static void
run(uint64_t rate, uint64_t batch, uint64_t ms, uint64_t first, uint64_t window)
{
	int64_t began = now_ns(), due = began, end = began + (int64_t)ms * 1000000;
	uint64_t sent = 0;

	if (batch == 0 || batch > BATCH_MAX)
		die("batch: 1 to %d", BATCH_MAX);
	while (now_ns() < end && first + sent + batch <= SEQ_MAX) {
		if (due > now_ns())
			usleep((useconds_t)((due - now_ns()) / 1000 + 1));
		if (is_ahead(sent, window)) {
			usleep(200);
			continue;
		}
		write_batch((uint32_t)(first + sent), (uint32_t)batch);
		sent += batch;
		if (rate > 0)
			due += (int64_t)(batch * 1000000000 / rate);
	}
	printf("{\"first\":%llu,\"published\":%llu,\"refused\":0,\"seconds\":%.4f}\n",
	    (unsigned long long)first, (unsigned long long)sent, (double)(now_ns() - began) / 1e9);
	fflush(stdout);
}

static bool
command(void)
{
	char line[256], *save = line;
	uint64_t v[5] = { 0 };
	size_t n = 0;

	if (fgets(line, sizeof(line), stdin) == NULL)
		return false;
	line[strcspn(line, "\n")] = '\0';
	while (n < 5 && save != NULL)
		v[n++] = number(strsep(&save, " "));
	run(v[0], v[1], v[2], v[3], v[4]);
	return true;
}

int
main(int argc, char **argv)
{
	struct epoll_event e = { .events = EPOLLIN }, got[64];
	struct rlimit files;
	int fd, ep = epoll_create1(EPOLL_CLOEXEC);

	if (argc != 4)
		die("usage: writer SHARED PORT|unix:PATH BODY");
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	shared = shared_open(argv[1]);
	fd = listen_on(argv[2]);
	body = read_file(argv[3]);
	body_len = strlen(body);
	out = malloc(body_len * BATCH_MAX);
	if (out == NULL)
		die("no memory");
	e.data.fd = fd;
	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
	e.data.fd = 0;
	epoll_ctl(ep, EPOLL_CTL_ADD, 0, &e);
	for (;;) {
		int n = epoll_wait(ep, got, 64, -1);

		for (int i = 0; i < n; i++) {
			if (got[i].data.fd == fd)
				accept_some(ep, fd);
			else if (got[i].data.fd != 0)
				discard(ep, got[i].data.fd);
			else if (!command())
				return 0;
		}
	}
}
