#include "ctl/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

extern char **environ;

const char probe_no_curl[] = "the program curl is needed to look at an https address";

static bool
wait_for(int fd, short events, int64_t until)
{
	struct pollfd p = { fd, events, 0 };
	int64_t left = until - clock_mono_ms();

	return left > 0 && poll(&p, 1, (int)left) == 1;
}

/* -1 with errno. */
static int
connect_fd(int family, const struct sockaddr *to, socklen_t len, int64_t until)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), err = 0;
	socklen_t err_len = sizeof(err);

	if (fd < 0)
		return -1;
	if (connect(fd, to, len) == 0)
		return fd;
	if (errno == EINPROGRESS) {
		if (!wait_for(fd, POLLOUT, until))
			err = ETIMEDOUT;
		else
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &err_len);
		if (err == 0)
			return fd;
		errno = err;
	}
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

static int
connect_unix(const char *path, int64_t until)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strncpy(to.sun_path, path, sizeof(to.sun_path) - 1);
	return connect_fd(AF_UNIX, (const struct sockaddr *)&to, sizeof(to), until);
}

static int
connect_host(const char *host, const char *port, int64_t until, const char **why)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	int fd = -1, rc = getaddrinfo(host, port, &hints, &list);

	if (rc != 0) {
		*why = gai_strerror(rc);
		return -1;
	}
	for (const struct addrinfo *ai = list; ai != NULL && fd < 0; ai = ai->ai_next)
		fd = connect_fd(ai->ai_family, ai->ai_addr, ai->ai_addrlen, until);
	if (fd < 0)
		*why = strerror(errno);
	freeaddrinfo(list);
	return fd;
}

/* http://host[:port]/path into its parts, in the arena. */
static void
split(struct arena *a, const char *url, const char **host, const char **port, const char **path)
{
	struct str rest = str_of(url + strlen("http://"));
	const char *slash = strchr(rest.p, '/'), *colon;
	size_t n = slash == NULL ? rest.len : (size_t)(slash - rest.p);
	char *h = arena_strndup(a, rest.p, n);

	*path = slash == NULL ? "/" : slash;
	*port = "80";
	colon = strrchr(h, ':');
	if (colon != NULL && strchr(colon, ']') == NULL) {
		*port = colon + 1;
		h[colon - h] = '\0';
	}
	if (h[0] == '[' && h[strlen(h) - 1] == ']') {
		h[strlen(h) - 1] = '\0';
		h++;
	}
	*host = h;
}

static bool
exchange(int fd, const struct buf *request, struct buf *answer, int64_t until)
{
	size_t sent = 0;

	while (sent < request->len) {
		ssize_t n = send(fd, request->p + sent, request->len - sent, MSG_NOSIGNAL);
		if (n < 0 && (errno != EAGAIN || !wait_for(fd, POLLOUT, until)))
			return false;
		sent += n > 0 ? (size_t)n : 0;
	}
	while (answer->len < PROBE_BYTES) {
		if (!wait_for(fd, POLLIN, until) || !buf_reserve(answer, 4096))
			return answer->len > 0;
		ssize_t n = recv(fd, answer->p + answer->len, 4096, 0);
		if (n == 0)
			return true;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return answer->len > 0;
		answer->len += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool
parse(struct arena *a, const struct buf *answer, struct probe_reply *out)
{
	struct str text = buf_str(answer);
	const char *body = text.len == 0 ? NULL : memmem(text.p, text.len, "\r\n\r\n", 4);
	uint64_t status;

	if (body == NULL || text.len < 12 || memcmp(text.p, "HTTP/1.", 7) != 0 ||
	    !str_to_u64((struct str){ text.p + 9, 3 }, 599, &status) || status < 100)
		return false;
	out->status = (int)status;
	size_t n = text.len - (size_t)(body + 4 - text.p);
	out->body = (struct str){ arena_strndup(a, body + 4, n), n };
	return true;
}

static bool
get_plain(struct arena *a, const char *socket, const char *url, const char *authorization,
    struct probe_reply *out, const char **why)
{
	int64_t until = clock_mono_ms() + PROBE_MS;
	const char *host, *port, *path;
	struct buf request, answer;
	bool ok;

	split(a, url, &host, &port, &path);
	int fd =
	    socket != NULL ? connect_unix(socket, until) : connect_host(host, port, until, why);
	if (fd < 0) {
		if (socket != NULL)
			*why = strerror(errno);
		return false;
	}
	buf_init(&request, 16384);
	buf_init(&answer, PROBE_BYTES + 8192);
	/* 1.0: the answer comes in one piece and the connection ends */
	buf_printf(&request,
	    "GET %s HTTP/1.%d\r\nHost: %s%s%s\r\nConnection: close\r\nUser-Agent: moot-doctor\r\n"
	    "Accept: application/json\r\n",
	    path, socket != NULL, host, strcmp(port, "80") == 0 ? "" : ":",
	    strcmp(port, "80") == 0 ? "" : port);
	if (authorization != NULL)
		buf_printf(&request, "Authorization: %s\r\n", authorization);
	buf_add_cstr(&request, "\r\n");
	ok = exchange(fd, &request, &answer, until) && parse(a, &answer, out);
	if (!ok)
		*why = "no HTTP answer";
	close(fd);
	buf_release(&request);
	buf_release(&answer);
	return ok;
}

/* Everything the child writes to stdout; its exit status, -1 when it could not be run. */
static int
run_curl(const char *const argv[], struct buf *out)
{
	posix_spawn_file_actions_t actions;
	int ends[2], status = -1;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
	int rc =
	    posix_spawnp(&pid, "curl", &actions, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	while (rc == 0 && buf_reserve(out, 4096)) {
		ssize_t n = read(ends[0], out->p + out->len, 4096);
		if (n <= 0)
			break;
		out->len += (size_t)n;
	}
	close(ends[0]);
	if (rc != 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool
get_tls(struct arena *a, const char *url, const char *authorization, struct probe_reply *out,
    const char **why)
{
	const char *header = authorization == NULL ? arena_strdup(a, "X-Probe: 1")
	    : arena_printf(a, "Authorization: %s", authorization);
	const char *const argv[] = { "curl", "-sSi", "--http1.1", "-m", "10", "-A", "moot-doctor",
		"-H", "Accept: application/json", "-H", header, "--", url, NULL };
	struct buf answer;
	bool ok;

	buf_init(&answer, PROBE_BYTES + 8192);
	int status = run_curl(argv, &answer);
	ok = status == 0 && parse(a, &answer, out);
	if (status == 127 || status == -1)
		*why = probe_no_curl;
	else if (!ok)
		*why = arena_strndup(a, answer.p, answer.len > 200 ? 200 : answer.len);
	buf_release(&answer);
	return ok;
}

bool
probe_get(struct arena *a, const char *socket, const char *url, const char *authorization,
    struct probe_reply *out, const char **why)
{
	*why = "";
	if (strncmp(url, "https://", 8) == 0)
		return get_tls(a, url, authorization, out, why);
	return get_plain(a, socket, url, authorization, out, why);
}
