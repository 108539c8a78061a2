#include "push/server.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "push/conn.h"

#define ACCEPT_BATCH 256
#define PAUSE_MS 200
#define SLACK 256	/* connections above the limit that are still told why not */

static struct {
	struct loop_io io;
	struct loop_timer pause;
	uint32_t max;
	ino_t inode;
} server;

static void
pause_accepting(const char *why)
{
	log_warn("accepting paused", lf_str("said", why));
	loop_io_stop(&server.io);
	loop_timer_once(&server.pause, PAUSE_MS);
}

static void
on_connection(void *ctx, int events)
{
	struct push *p = ctx;
	int fd = loop_io_fd(&server.io), size = SERVER_SNDBUF;

	(void)events;
	for (int i = 0; i < ACCEPT_BATCH; i++) {
		int client;

		if (p->conns.live >= server.max) {
			pause_accepting("too many connections");
			return;
		}
		client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (client < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			    errno == ENOMEM)
				pause_accepting(strerror(errno));
			if (errno == EINTR || errno == ECONNABORTED)
				continue;
			return;
		}
		setsockopt(client, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
		conn_new(p, client);
	}
}

static void
on_pause_over(void *ctx)
{
	struct push *p = ctx;
	int fd = loop_io_fd(&server.io);

	loop_io_start(&server.io, fd, LOOP_READ, on_connection, p);
}

/* Bound under another name and moved into place, so that there is a socket at every moment. */
int
server_listen(const char *path, int kind, unsigned mode, int backlog, char *msg, size_t msg_len)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, n;

	n = snprintf(addr.sun_path, sizeof(addr.sun_path), "%s.%ld", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof(addr.sun_path)) {
		snprintf(msg, msg_len, "path too long: %s", path);
		return -1;
	}
	unlink(addr.sun_path);
	fd = socket(AF_UNIX, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0 ||
	    chmod(addr.sun_path, mode) != 0 || listen(fd, backlog) != 0 ||
	    rename(addr.sun_path, path) != 0) {
		snprintf(msg, msg_len, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

static uint32_t
connections_possible(const struct push *p)
{
	struct rlimit r;
	uint64_t max = (uint64_t)p->config.push_max_connections + SLACK, files = 1024;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
		files = r.rlim_max == RLIM_INFINITY ? max * 2 : r.rlim_max;
	}
	return (uint32_t)(max < files * 95 / 100 ? max : files * 95 / 100);
}

bool
server_start(struct push *p, char *msg, size_t msg_len)
{
	int fd;

	if (p->config.push_socket[0] == '\0') {
		snprintf(msg, msg_len, "push_socket is not set");
		return false;
	}
	fd = server_listen(p->config.push_socket, SOCK_STREAM, 0666, SERVER_BACKLOG, msg, msg_len);
	if (fd < 0)
		return false;
	server_adopt(p, fd);
	return true;
}

void
server_adopt(struct push *p, int fd)
{
	struct stat st;

	server.max = connections_possible(p);
	server.pause.fire = on_pause_over;
	server.pause.ctx = p;
	server.inode = stat(p->config.push_socket, &st) == 0 ? st.st_ino : 0;
	loop_io_start(&server.io, fd, LOOP_READ, on_connection, p);
}

int
server_fd(void)
{
	return loop_io_fd(&server.io);
}

void
server_pause(void)
{
	loop_timer_stop(&server.pause);
	if (loop_io_is_active(&server.io))
		loop_io_stop(&server.io);
}

void
server_go_on(struct push *p)
{
	if (!loop_io_is_active(&server.io))
		on_pause_over(p);
}

void
server_forget(void)
{
	server.inode = 0;
}

bool
server_has_name(const struct push *p)
{
	struct stat st;

	return server.inode != 0 && stat(p->config.push_socket, &st) == 0 &&
	    st.st_ino == server.inode;
}

void
server_stop(struct push *p)
{
	int fd = loop_io_fd(&server.io);

	loop_timer_stop(&server.pause);
	if (loop_io_is_active(&server.io))
		loop_io_stop(&server.io);
	if (fd > 0)
		close(fd);
	memset(&server.io, 0, sizeof(server.io));
	if (server_has_name(p))
		unlink(p->config.push_socket);
	server.inode = 0;
}
