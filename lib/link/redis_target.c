#include "link/redis_target.h"

#include <assert.h>
#include <errno.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

static_assert(
    sizeof(((struct redis_target *)0)->path) <= sizeof(((struct sockaddr_un *)0)->sun_path),
    "a path fits a socket's address");

static bool
copy(char *to, size_t size, struct str s)
{
	if (s.len == 0 || s.len >= size || memchr(s.p, '\0', s.len) != NULL)
		return false;
	memcpy(to, s.p, s.len);
	to[s.len] = '\0';
	return true;
}

bool
redis_target_parse(const char *text, struct redis_target *out)
{
	struct redis_target t = { 0 };
	const char *colon = strrchr(text, ':');
	struct str host;
	uint64_t port;

	if (str_has_prefix(str_of(text), STR("unix:"))) {
		if (!copy(t.path, sizeof(t.path), str_of(text + 5)))
			return false;
		*out = t;
		return true;
	}
	if (colon == NULL || !str_to_u64(str_of(colon + 1), 65535, &port) || port == 0)
		return false;
	host = (struct str){ text, (size_t)(colon - text) };
	if (host.len > 2 && host.p[0] == '[' && host.p[host.len - 1] == ']')
		host = (struct str){ host.p + 1, host.len - 2 };
	if (!copy(t.host, sizeof(t.host), host))
		return false;
	snprintf(t.port, sizeof(t.port), "%u", (unsigned)port);
	*out = t;
	return true;
}

static struct timeval
timeval_ms(int ms)
{
	return (struct timeval){ ms / 1000, ms % 1000 * 1000 };
}

redisContext *
redis_target_dial(const char *text, int connect_ms, int answer_ms)
{
	struct timeval limit = timeval_ms(connect_ms);
	struct redis_target t;
	redisContext *ctx;
	uint64_t port = 0;

	if (!redis_target_parse(text, &t))
		return NULL;
	str_to_u64(str_of(t.port), 65535, &port);
	ctx = t.path[0] != '\0' ? redisConnectUnixWithTimeout(t.path, limit)
	    : redisConnectWithTimeout(t.host, (int)port, limit);
	if (ctx != NULL && ctx->err == 0)
		redisSetTimeout(ctx, timeval_ms(answer_ms));
	return ctx;
}

static int
open_to(const struct sockaddr *addr, socklen_t len)
{
	int fd = socket(addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, addr, len) != 0 && errno != EINPROGRESS) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

static int
open_tcp(const struct redis_target *t, unsigned attempt)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL, *at;
	unsigned n = 0;
	int fd, saved;

	if (getaddrinfo(t->host, t->port, &hints, &list) != 0 || list == NULL) {
		errno = EHOSTUNREACH;
		return -1;
	}
	for (at = list; at != NULL; at = at->ai_next)
		n++;
	for (at = list, attempt %= n; attempt > 0; attempt--)
		at = at->ai_next;
	fd = open_to(at->ai_addr, at->ai_addrlen);
	saved = errno;
	freeaddrinfo(list);
	errno = saved;
	return fd;
}

int
redis_target_open(const struct redis_target *t, unsigned attempt)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (t->path[0] == '\0')
		return open_tcp(t, attempt);
	memcpy(addr.sun_path, t->path, sizeof(t->path));
	return open_to((const struct sockaddr *)&addr, sizeof(addr));
}
