/* The end that has the clients; see handover.h. */
#include "push/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "push/conn.h"
#include "push/ctl.h"
#include "push/deliver.h"
#include "push/marks.h"
#include "push/presence.h"
#include "push/relay.h"
#include "push/server.h"
#include "push/snapshot.h"
#include "push/state.h"

#define BACKLOG 4
#define PEER_MS 30000	/* from its connection to GO */
#define QUIET_MS 300	/* what clients have told may take so long to be stored, and the bus to be read */
#define QUIET_TICK_MS 5
#define SEND_S 1
#define READY_S 2
#define ACCEPT_AGAIN_MS 1000

static struct {
	struct loop_io listener, peer;
	struct loop_timer timer;	/* the peer's deadline, or the next look whether it is quiet */
	struct loop_timer again;	/* the listener rests until then */
	ino_t inode;
	int fd;				/* of the peer */
	bool has_peer;
	bool greeted;			/* STREAMS went to it */
	bool refused;
	int64_t quiet_ms;		/* when it must be quiet; 0: it has not said GO */
	void (*drain)(void *ctx);
} end;

/* Clients are heard again, when they were not. */
static void
drop_peer(struct push *p)
{
	if (!end.has_peer)
		return;
	loop_timer_stop(&end.timer);
	if (loop_io_is_active(&end.peer))
		loop_io_stop(&end.peer);
	close(end.fd);
	if (end.quiet_ms != 0) {
		crowd_go_on(&p->crowd);
		server_go_on();
	}
	end.has_peer = end.greeted = end.refused = false;
	end.quiet_ms = 0;
}

static void
refuse(struct push *p, const char *why)
{
	struct ctl_message m = { .kind = CTL_NO };

	log_warn("no hand-over", lf_str("why", why));
	snprintf(m.why, sizeof(m.why), "%s", why);
	end.refused = true;
	if (!ctl_send(end.fd, &m, NULL, 0, MSG_DONTWAIT))
		drop_peer(p);
}

/* ---- the streams that it is to listen to */

static bool
write_streams(const struct push *p, int file)
{
	struct buf out;
	bool ok;

	buf_init(&out, CTL_FILE_MAX);
	for (uint32_t i = 0; i < p->streams.top; i++) {
		const struct stream *s = stream_at(p, i);
		struct ctl_stream out_s = { .id = s->id, .kind = s->kind };

		if (s->kind == 0)
			continue;
		if (s->parent != SLAB_NONE)
			out_s.parent = stream_at(p, s->parent)->id;
		buf_add(&out, &out_s, sizeof(out_s));
	}
	/* A file of no bytes cannot be mapped: one stream that is none. */
	if (out.len == 0)
		buf_add(&out, &(struct ctl_stream){ 0 }, sizeof(struct ctl_stream));
	ok = buf_ok(&out) && write(file, out.p, out.len) == (ssize_t)out.len;
	buf_release(&out);
	return ok;
}

static void
send_streams(struct push *p)
{
	struct ctl_message m = { .kind = CTL_STREAMS };
	int file = ctl_file_new("moot-push streams"), self = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (file < 0 || self < 0 || !write_streams(p, file) || !ctl_file_end(file, &m.len) ||
	    !ctl_send(end.fd, &m, (int[]){ file, self }, 2, MSG_DONTWAIT)) {
		log_warn("no hand-over", lf_str("said", strerror(errno)));
		drop_peer(p);
	} else {
		end.greeted = true;
	}
	if (file >= 0)
		close(file);
	if (self >= 0)
		close(self);
}

static void
take_hello(struct push *p, const struct ctl_message *m)
{
	uint8_t proof[CRYPT_SHA256_LEN];

	ctl_proof(p, proof);
	if (m->version != SNAP_VERSION)
		refuse(p, "another version");
	else if (!p->has_epoch || m->epoch != p->epoch)
		refuse(p, "another epoch");
	else if (!crypt_equal(m->proof, proof, sizeof(proof)))
		refuse(p, "another token key");
	else
		send_streams(p);
}

/* ---- the hand-over itself */

static bool
send_fds(const int *fds, uint32_t n)
{
	struct ctl_message m = { .kind = CTL_FDS };

	for (uint32_t at = 0; at < n; at += m.n) {
		m.n = n - at < CTL_FDS_MAX ? n - at : CTL_FDS_MAX;
		if (!ctl_send(end.fd, &m, fds + at, m.n, 0))
			return false;
	}
	return true;
}

static bool
send_state(const struct push *p)
{
	struct ctl_message m = { .kind = CTL_STATE };
	int file = ctl_file_new("moot-push state"), *fds = NULL, own[1 + SERVER_LISTENERS] = { file };
	uint32_t n_own = 1 + server_fds(own + 1);
	bool ok;

	ok = file >= 0 && state_save(p, file, &fds, &m.n) && ctl_file_end(file, &m.len) &&
	    ctl_send(end.fd, &m, own, n_own, 0) && send_fds(fds, m.n);
	if (!ok)
		log_warn("the state could not be sent", lf_str("said", strerror(errno)));
	if (file >= 0)
		close(file);
	heap_free(fds);
	return ok;
}

static bool
is_ready(void)
{
	struct ctl_message m;
	int fds[CTL_FDS_MAX];
	uint32_t n;
	int got = ctl_recv(end.fd, &m, fds, &n, 0);

	for (uint32_t i = 0; i < n; i++)
		close(fds[i]);
	if (got == 1 && m.kind == CTL_READY)
		return true;
	log_warn("nobody took over", lf_str("said", got == 0 ? "it has ended" : got < 0 ? strerror(errno) : "no READY"));
	return false;
}

static void
set_blocking(void)
{
	struct timeval send = { .tv_sec = SEND_S }, receive = { .tv_sec = READY_S };

	fcntl(end.fd, F_SETFL, fcntl(end.fd, F_GETFL) & ~O_NONBLOCK);
	setsockopt(end.fd, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof(send));
	setsockopt(end.fd, SOL_SOCKET, SO_RCVTIMEO, &receive, sizeof(receive));
}

/*
 * The other one writes to them from now on: nothing here may. A service manager takes the end of this process
 * for the end of the service until the other one, which then closes the connection, has told it of itself.
 */
static void
let_go(struct push *p)
{
	struct ctl_message m;
	int fds[CTL_FDS_MAX];
	uint32_t n;

	ctl_recv(end.fd, &m, fds, &n, 0);
	/* The other one's first turn is worth more than what is left to do here. */
	setpriority(PRIO_PROCESS, 0, 19);
	presence_let_go(p);
	for (uint32_t i = 0; i < p->conns.top; i++)
		if (conn_at(p, i)->state != CONN_FREE)
			conn_kill(p, conn_at(p, i), "handed over");
	server_forget();
	end.inode = 0;
	end.quiet_ms = 0;
	loop_stop();
}

static void
hand_over(struct push *p)
{
	int64_t began = clock_mono_us();
	uint32_t n;

	deliver_flush_now(p);
	conns_bury(p);
	if (p->bus != NULL)
		redis_sub_flush(p->bus);
	set_blocking();
	n = p->conns.live;
	if (send_state(p) && is_ready() && ctl_send(end.fd, &(struct ctl_message){ .kind = CTL_COMMIT }, NULL, 0, 0)) {
		log_info("handed over", lf_int("connections", n), lf_int("us", clock_mono_us() - began));
		let_go(p);
		return;
	}
	ctl_send(end.fd, &(struct ctl_message){ .kind = CTL_ABORT }, NULL, 0, MSG_DONTWAIT);
	drop_peer(p);
	log_warn("goes on, nothing was handed over", lf_int("us", clock_mono_us() - began));
}

static void
on_timer(void *ctx)
{
	struct push *p = ctx;

	if (end.quiet_ms == 0) {
		log_warn("no hand-over", lf_str("why", "the other one takes too long"));
		drop_peer(p);
	} else if ((marks_is_idle(p) && relay_has_caught_up(p)) || clock_mono_ms() >= end.quiet_ms) {
		hand_over(p);
	} else {
		loop_timer_once(&end.timer, QUIET_TICK_MS);
	}
}

/*
 * Clients are not heard any more, so that what they have told can be stored; events still go out. What has no
 * number can't be asked for again, so what the other one has read from the bus before GO is read here.
 */
static void
take_go(struct push *p)
{
	crowd_pause(&p->crowd);
	server_pause();
	relay_catch_up(p);
	loop_io_stop(&end.peer);
	end.quiet_ms = clock_mono_ms() + QUIET_MS;
	loop_timer_once(&end.timer, 0);
}

/* ---- the peer */

/* After NO. It listens for itself, or it has failed to. */
static void
refused_one_ended(struct push *p)
{
	if (server_has_name(p))
		drop_peer(p);
	else
		end.drain(p);
}

static void
on_peer(void *ctx, int events)
{
	struct push *p = ctx;
	struct ctl_message m;
	int fds[CTL_FDS_MAX], got;
	uint32_t n;

	(void)events;
	got = ctl_recv(end.fd, &m, fds, &n, MSG_DONTWAIT);
	if (got < 0 && errno == EAGAIN)
		return;
	for (uint32_t i = 0; i < n; i++)
		close(fds[i]);
	if (got == 1 && m.kind == CTL_HELLO && !end.greeted && !end.refused) {
		take_hello(p, &m);
	} else if (got == 1 && m.kind == CTL_GO && end.greeted) {
		take_go(p);
	} else if (got == 0 && end.refused) {
		refused_one_ended(p);
	} else {
		log_warn("no hand-over", lf_str("why", got == 0 ? "the other one has ended" : "it said something else"));
		drop_peer(p);
	}
}

static void on_connection(void *ctx, int events);

static void
on_again(void *ctx)
{
	loop_io_start(&end.listener, loop_io_fd(&end.listener), LOOP_READ, on_connection, ctx);
}

static void
on_connection(void *ctx, int events)
{
	struct push *p = ctx;
	int fd = accept4(loop_io_fd(&end.listener), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd < 0) {
		/* Without descriptors it would be reported again at once. */
		loop_io_stop(&end.listener);
		loop_timer_once(&end.again, ACCEPT_AGAIN_MS);
		return;
	}
	if (end.has_peer || p->draining || !ctl_is_ours(fd)) {
		log_warn("no hand-over", lf_str("why", end.has_peer ? "another one is at it" : "not now, or not to him"));
		close(fd);
		return;
	}
	end.fd = fd;
	end.has_peer = true;
	loop_timer_once(&end.timer, PEER_MS);
	loop_io_start(&end.peer, fd, LOOP_READ, on_peer, p);
}

bool
handover_start(struct push *p, void (*drain)(void *ctx), char *msg, size_t msg_len)
{
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct stat st;
	int fd;

	end.drain = drain;
	end.timer.fire = on_timer;
	end.again.fire = on_again;
	end.timer.ctx = end.again.ctx = p;
	if (!ctl_path(p, path, sizeof(path))) {
		snprintf(msg, msg_len, "push_socket: path too long");
		return false;
	}
	fd = server_listen(path, SOCK_SEQPACKET, 0600, BACKLOG, msg, msg_len);
	if (fd < 0)
		return false;
	end.inode = stat(path, &st) == 0 ? st.st_ino : 0;
	loop_io_start(&end.listener, fd, LOOP_READ, on_connection, p);
	return true;
}

void
handover_stop(struct push *p)
{
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct stat st;
	int fd = loop_io_fd(&end.listener);

	drop_peer(p);
	loop_timer_stop(&end.again);
	if (loop_io_is_active(&end.listener))
		loop_io_stop(&end.listener);
	if (fd > 0)
		close(fd);
	memset(&end.listener, 0, sizeof(end.listener));
	if (end.inode != 0 && ctl_path(p, path, sizeof(path)) && stat(path, &st) == 0 && st.st_ino == end.inode)
		unlink(path);
	end.inode = 0;
}
