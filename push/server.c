#include "push/server.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/heap.h"
#include "base/log.h"
#include "push/conn.h"
#include "push/direct.h"

#define ACCEPT_BATCH 256
#define PAUSE_MS 200
#define HEADLESS_PAUSE_MS 20
#define SLACK 256	/* connections above the limit that are still told why not */
#define HEADLESS 4	/* one in so many may be a TCP peer that has not asked for anything */

/* push_socket, and push_listen when there is one. */
struct listener {
	struct loop_io io;
	struct push *push;
	bool is_on;
	bool is_direct;
};

enum { LOCAL, DIRECT };

struct server {
	struct listener listeners[SERVER_LISTENERS];
	struct loop_timer pause;
	uint32_t max;
	uint32_t headless, headless_max;	/* TCP peers whose request is not here yet */
	uint32_t pauses;	/* since somebody waits; the first one was said */
	ino_t inode;
};

static void
pause_accepting(struct push *p, const char *why)
{
	if (p->server->pauses++ == 0)
		log_warn("accepting paused", lf_str("said", why));
	server_pause(p);
	loop_timer_once(&p->server->pause, PAUSE_MS);
}

/* Nobody waits any more. */
static void
all_accepted(struct server *s)
{
	if (s->pauses > 0)
		log_info("accepting goes on", lf_int("pauses", s->pauses));
	s->pauses = 0;
}

void
server_peer_came(struct push *p, int fd)
{
	p->server->headless += direct_is_peer(fd);
}

void
server_peer_asked(struct push *p, int fd)
{
	p->server->headless -= direct_is_peer(fd);
}

static void
on_client(void *ctx, int events)
{
	struct listener *l = ctx;
	struct push *p = l->push;
	struct server *s = p->server;
	int fd = loop_io_fd(&l->io), size = SERVER_SNDBUF;

	(void)events;
	for (int i = 0; i < ACCEPT_BATCH; i++) {
		int client;

		if (p->conns.live >= s->max) {
			pause_accepting(p, "too many connections");
			return;
		}
		/* Whoever can reach the port; the room is for those who come by the web server. */
		if (l->is_direct && s->headless >= s->headless_max) {
			loop_io_stop(&l->io);
			loop_timer_once(&s->pause, HEADLESS_PAUSE_MS);
			return;
		}
		client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (client < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			    errno == ENOMEM)
				pause_accepting(p, strerror(errno));
			if (errno == EINTR || errno == ECONNABORTED)
				continue;
			if (errno == EAGAIN)
				all_accepted(s);
			return;
		}
		if (l->is_direct)
			direct_prepare(client);
		else
			setsockopt(client, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
		conn_new(p, client);
	}
}

static void
on_pause_over(void *ctx)
{
	server_go_on(ctx);
}

static void
start_listener(struct push *p, int which, int fd)
{
	struct listener *l = &p->server->listeners[which];

	l->push = p;
	l->is_on = true;
	l->is_direct = which == DIRECT;
	loop_io_start(&l->io, fd, LOOP_READ, on_client, l);
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
	int fd, direct = -1;

	if (p->config.push_socket[0] == '\0') {
		snprintf(msg, msg_len, "push_socket is not set");
		return false;
	}
	if (p->config.push_listen[0] != '\0') {
		direct = direct_listen(p->config.push_listen, SERVER_BACKLOG, msg, msg_len);
		if (direct < 0)
			return false;
	}
	fd = server_listen(p->config.push_socket, SOCK_STREAM, 0666, SERVER_BACKLOG, msg, msg_len);
	if (fd < 0) {
		if (direct >= 0)
			close(direct);
		return false;
	}
	return server_adopt(p, fd, direct, msg, msg_len);
}

/* *fd: what the other one listened on, -1 for nothing, and then what push_listen says by now. */
static bool
choose_direct(const struct push *p, int *fd, char *msg, size_t msg_len)
{
	if (*fd >= 0 && direct_is_at(*fd, p->config.push_listen))
		return true;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	if (p->config.push_listen[0] == '\0')
		return true;
	*fd = direct_listen(p->config.push_listen, SERVER_BACKLOG, msg, msg_len);
	return *fd >= 0;
}

bool
server_adopt(struct push *p, int fd, int direct, char *msg, size_t msg_len)
{
	struct server *s = p->server;
	uint32_t most = (uint32_t)p->config.push_max_connections;
	struct stat st;

	if (!choose_direct(p, &direct, msg, msg_len))
		return false;
	s->max = connections_possible(p);
	s->headless_max = (most < s->max ? most : s->max) / HEADLESS + 1;
	s->inode = stat(p->config.push_socket, &st) == 0 ? st.st_ino : 0;
	start_listener(p, LOCAL, fd);
	if (direct >= 0)
		start_listener(p, DIRECT, direct);
	return true;
}

bool
server_is_listener(int fd)
{
	int listens = 0, kind = 0;
	socklen_t len = sizeof(listens), len_kind = sizeof(kind);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 && listens == 1 &&
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &len_kind) == 0 && kind == SOCK_STREAM;
}

uint32_t
server_fds(const struct push *p, int fds[SERVER_LISTENERS])
{
	uint32_t n = 0;

	for (int i = 0; i < SERVER_LISTENERS; i++)
		if (p->server->listeners[i].is_on)
			fds[n++] = loop_io_fd(&p->server->listeners[i].io);
	return n;
}

void
server_pause(struct push *p)
{
	loop_timer_stop(&p->server->pause);
	for (int i = 0; i < SERVER_LISTENERS; i++)
		if (loop_io_is_active(&p->server->listeners[i].io))
			loop_io_stop(&p->server->listeners[i].io);
}

void
server_go_on(struct push *p)
{
	for (int i = 0; i < SERVER_LISTENERS; i++) {
		struct listener *l = &p->server->listeners[i];

		if (l->is_on && !loop_io_is_active(&l->io))
			loop_io_start(&l->io, loop_io_fd(&l->io), LOOP_READ, on_client, l);
	}
}

void
server_forget(struct push *p)
{
	p->server->inode = 0;
}

bool
server_has_name(const struct push *p)
{
	struct stat st;

	return p->server->inode != 0 && stat(p->config.push_socket, &st) == 0 &&
	    st.st_ino == p->server->inode;
}

void
server_stop(struct push *p)
{
	struct server *s = p->server;

	server_pause(p);
	for (int i = 0; i < SERVER_LISTENERS; i++)
		if (s->listeners[i].is_on)
			close(loop_io_fd(&s->listeners[i].io));
	memset(s->listeners, 0, sizeof(s->listeners));
	if (server_has_name(p))
		unlink(p->config.push_socket);
	s->inode = 0;
}

void
server_init(struct push *p)
{
	p->server = heap_alloc(sizeof(*p->server));
	p->server->pause.fire = on_pause_over;
	p->server->pause.ctx = p;
}

void
server_release(struct push *p)
{
	heap_free(p->server);
	p->server = NULL;
}
