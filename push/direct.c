#include "push/direct.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link/redis_target.h"

#define SNDBUF (64 * 1024)
#define KEEP_IDLE_S 60
#define KEEP_EVERY_S 15
#define KEEP_TRIES 4

/* NULL: it is no such address. Caller frees with freeaddrinfo(). */
static struct addrinfo *
resolve(const char *at)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM }, *out = NULL;
	struct redis_target target;

	if (!redis_target_parse(at, &target) || target.path[0] != '\0' ||
	    getaddrinfo(target.host, target.port, &hints, &out) != 0)
		return NULL;
	return out;
}

static int
listen_at(const struct addrinfo *a, int backlog)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	if (a->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, backlog) != 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

int
direct_listen(const char *at, int backlog, char *msg, size_t msg_len)
{
	struct addrinfo *a = resolve(at);
	int fd;

	if (a == NULL) {
		snprintf(msg, msg_len,
		    "push_listen: %s is no address and port, such as 127.0.0.1:8081", at);
		return -1;
	}
	fd = listen_at(a, backlog);
	if (fd < 0)
		snprintf(msg, msg_len, "push_listen %s: %s", at, strerror(errno));
	freeaddrinfo(a);
	return fd;
}

static bool
same(const struct sockaddr *x, const struct sockaddr *y)
{
	const struct sockaddr_in *x4 = (const void *)x, *y4 = (const void *)y;
	const struct sockaddr_in6 *x6 = (const void *)x, *y6 = (const void *)y;

	if (x->sa_family != y->sa_family)
		return false;
	if (x->sa_family == AF_INET)
		return x4->sin_port == y4->sin_port && x4->sin_addr.s_addr == y4->sin_addr.s_addr;
	return x->sa_family == AF_INET6 && x6->sin6_port == y6->sin6_port &&
	    memcmp(&x6->sin6_addr, &y6->sin6_addr, sizeof(x6->sin6_addr)) == 0;
}

bool
direct_is_at(int fd, const char *at)
{
	struct sockaddr_storage bound = { 0 };
	socklen_t len = sizeof(bound);
	struct addrinfo *a = resolve(at);
	bool is;

	is = a != NULL && getsockname(fd, (struct sockaddr *)&bound, &len) == 0 &&
	    same((struct sockaddr *)&bound, a->ai_addr);
	if (a != NULL)
		freeaddrinfo(a);
	return is;
}

bool
direct_is_peer(int fd)
{
	int domain = AF_UNIX;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain != AF_UNIX;
}

void
direct_prepare(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ SOL_SOCKET, SO_SNDBUF, SNDBUF },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE_S },
		{ IPPROTO_TCP, TCP_KEEPINTVL, KEEP_EVERY_S },
		{ IPPROTO_TCP, TCP_KEEPCNT, KEEP_TRIES },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value,
		    sizeof(options[i].value));
}
