#include "shared.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct shared *
shared_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	struct shared *s;

	if (fd < 0 || ftruncate(fd, sizeof(*s)) != 0)
		die("%s: %s", path, strerror(errno));
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (s == MAP_FAILED)
		die("%s: %s", path, strerror(errno));
	close(fd);
	return s;
}

void
mark_render(char out[MARK_LEN], uint32_t seq)
{
	out[0] = out[MARK_LEN - 1] = '~';
	for (int i = MARK_LEN - 2; i > 0; i--, seq /= 10)
		out[i] = (char)('0' + seq % 10);
}

int64_t
mark_parse(const char *p)
{
	int64_t seq = 0;

	if (p[0] != '~' || p[MARK_LEN - 1] != '~')
		return -1;
	for (int i = 1; i < MARK_LEN - 1; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		seq = seq * 10 + (p[i] - '0');
	}
	return seq < SEQ_MAX ? seq : -1;
}

static int
connected(int fd, const struct sockaddr *a, socklen_t len)
{
	if (fd >= 0 && connect(fd, a, len) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
dial_unix(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(a.sun_path))
		die("%s: too long", path);
	memcpy(a.sun_path, path, strlen(path) + 1);
	return connected(fd, (struct sockaddr *)&a, sizeof(a));
}

int
dial(const char *address)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	const char *colon = strrchr(address, ':');
	char host[64];
	int fd, one = 1;

	if (strncmp(address, "unix:", 5) == 0)
		return dial_unix(address + 5);
	if (colon == NULL || (size_t)(colon - address) >= sizeof(host))
		die("%s: no address", address);
	memcpy(host, address, (size_t)(colon - address));
	host[colon - address] = '\0';
	a.sin_port = htons((uint16_t)number(colon + 1));
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (inet_pton(AF_INET, host, &a.sin_addr) != 1)
		die("%s: no address", address);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return connected(fd, (struct sockaddr *)&a, sizeof(a));
}

bool
send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = send(fd, p, n, MSG_NOSIGNAL);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

uint64_t
number(const char *text)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0')
		die("%s: not a number", text);
	return v;
}

char *
read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	size_t have = 0;
	char *text;

	if (fd < 0 || fstat(fd, &st) != 0)
		die("%s: %s", path, strerror(errno));
	text = malloc((size_t)st.st_size + 1);
	if (text == NULL)
		die("%s: no memory", path);
	while (have < (size_t)st.st_size) {
		ssize_t n = read(fd, text + have, (size_t)st.st_size - have);

		if (n <= 0)
			break;
		have += (size_t)n;
	}
	text[have] = '\0';
	close(fd);
	return text;
}
