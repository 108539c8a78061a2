/*
 * The end that has the clients; see handover.h, and ctl.h for what the messages mean.
 *
 *              HELLO             GO     the peer's end           something else   too late
 *   ALONE
 *   CONNECTED  GREETED, REFUSED  ALONE  ALONE                    ALONE            ALONE
 *   REFUSED    ALONE             ALONE  ALONE, or it takes leave ALONE            ALONE
 *   GREETED    ALONE             QUIET  ALONE                    ALONE            ALONE
 *   QUIET      (nothing is read: clients are not heard, events go out)            SENDING
 *   SENDING    (blocks: READY makes it GONE, anything else, or nothing, ALONE)
 *   GONE       (the other one writes to the clients; this process ends)
 *
 * One peer at a time: who connects in any state but ALONE is sent away. In ALONE clients are
 * served, and what was stopped for QUIET goes on. set_state() is the only place that changes it.
 */
#include "push/handover.h"

#include <assert.h>
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
/* What clients have told may take so long to be stored, and the bus to be read. */
#define QUIET_MS 300
#define QUIET_TICK_MS 5
#define SEND_S 1
#define READY_S 2
#define ACCEPT_AGAIN_MS 1000

enum giver { ALONE, CONNECTED, REFUSED, GREETED, QUIET, SENDING, GONE };

static const char *const state_names[] = { "alone", "connected", "refused", "greeted", "quiet",
	"sending", "gone" };

static struct {
	enum giver state;
	struct loop_io listener, peer;
	struct loop_timer timer;	/* the peer's deadline; in QUIET the next look */
	struct loop_timer again;	/* the listener rests until then */
	ino_t inode;
	int fd;				/* of the peer; not in ALONE */
	int64_t quiet_until_ms;		/* QUIET: then it is quiet enough */
	void (*drain)(void *ctx);
} giver;

static bool
may_follow(enum giver from, enum giver to)
{
	switch (from) {
	case ALONE:
		return to == CONNECTED;
	case CONNECTED:
		return to == ALONE || to == REFUSED || to == GREETED;
	case REFUSED:
		return to == ALONE;
	case GREETED:
		return to == ALONE || to == QUIET;
	case QUIET:
		return to == ALONE || to == SENDING;
	case SENDING:
		return to == ALONE || to == GONE;
	case GONE:
		return to == ALONE;
	}
	return false;
}

/*
 * Clients are not heard any more, so that what they have told can be stored; events still go out.
 * What has no number can't be asked for again, so what the other one has read from the bus before
 * GO is read here.
 */
static void
stand_still(struct push *p)
{
	loop_io_stop(&giver.peer);
	crowd_pause(&p->crowd);
	server_pause();
	relay_catch_up(p);
	giver.quiet_until_ms = clock_mono_ms() + QUIET_MS;
	loop_timer_once(&giver.timer, 0);
}

/* Sending and the answer to it are waited for. */
static void
set_blocking(void)
{
	struct timeval send = { .tv_sec = SEND_S }, receive = { .tv_sec = READY_S };

	fcntl(giver.fd, F_SETFL, fcntl(giver.fd, F_GETFL) & ~O_NONBLOCK);
	setsockopt(giver.fd, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof(send));
	setsockopt(giver.fd, SOL_SOCKET, SO_RCVTIMEO, &receive, sizeof(receive));
}

static void
let_peer_go(void)
{
	loop_timer_stop(&giver.timer);
	if (loop_io_is_active(&giver.peer))
		loop_io_stop(&giver.peer);
	close(giver.fd);
}

/* why: NULL where the log has it already, or it is no failure. */
static void
set_state(struct push *p, enum giver to, const char *why)
{
	enum giver from = giver.state;

	assert(may_follow(from, to));
	giver.state = to;
	log_debug("hand-over", lf_str("from", state_names[from]), lf_str("to", state_names[to]));
	if (why != NULL)
		log_warn("no hand-over", lf_str("why", why));
	switch (to) {
	case ALONE:
		let_peer_go();
		if (from == QUIET || from == SENDING) {
			crowd_go_on(&p->crowd);
			server_go_on();
		}
		break;
	case CONNECTED:
		loop_timer_once(&giver.timer, PEER_MS);
		break;
	case QUIET:
		stand_still(p);
		break;
	case SENDING:
		set_blocking();
		break;
	case REFUSED:
	case GREETED:
	case GONE:
		break;
	}
}

static void
refuse(struct push *p, const char *why)
{
	struct ctl_message m = { .kind = CTL_NO };

	set_state(p, REFUSED, why);
	snprintf(m.why, sizeof(m.why), "%s", why);
	if (!ctl_send(giver.fd, &m, NULL, 0, MSG_DONTWAIT))
		set_state(p, ALONE, NULL);
}

/* ---- the streams that it is to listen to */

static void
send_streams(struct push *p)
{
	struct ctl_message m = { .kind = CTL_STREAMS };
	int file = ctl_file_new("moot-push streams");
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (file < 0 || self < 0)
		set_state(p, ALONE, strerror(errno));
	else if (!ctl_streams_write(p, file) || !ctl_file_end(file, &m.len))
		set_state(p, ALONE, "the list of streams cannot be written");
	else if (!ctl_send(giver.fd, &m, (int[]){ file, self }, 2, MSG_DONTWAIT))
		set_state(p, ALONE, strerror(errno));
	else
		set_state(p, GREETED, NULL);
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
		if (!ctl_send(giver.fd, &m, fds + at, m.n, 0))
			return false;
	}
	return true;
}

static bool
send_state(const struct push *p)
{
	struct ctl_message m = { .kind = CTL_STATE };
	int file = ctl_file_new("moot-push state"), *fds = NULL;
	int own[1 + SERVER_LISTENERS] = { file };
	uint32_t n_own = 1 + server_fds(own + 1);
	bool ok;

	ok = file >= 0 && state_save(p, file, &fds, &m.n) && ctl_file_end(file, &m.len) &&
	    ctl_send(giver.fd, &m, own, n_own, 0) && send_fds(fds, m.n);
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
	int got = ctl_recv(giver.fd, &m, fds, &n, 0);

	for (uint32_t i = 0; i < n; i++)
		close(fds[i]);
	if (got == 1 && m.kind == CTL_READY)
		return true;
	log_warn("nobody took over",
	    lf_str("said", got == 0 ? "it has ended" : got < 0 ? strerror(errno) : "no READY"));
	return false;
}

/*
 * The other one writes to them from now on: nothing here may. A service manager takes the end of
 * this process for the end of the service until the other one, which then closes the connection,
 * has told it of itself.
 */
static void
let_go(struct push *p)
{
	struct ctl_message m;
	int fds[CTL_FDS_MAX];
	uint32_t n;

	ctl_recv(giver.fd, &m, fds, &n, 0);
	/* The other one's first turn is worth more than what is left to do here. */
	setpriority(PRIO_PROCESS, 0, 19);
	presence_let_go(p);
	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);)
		conn_kill(p, conn_at(p, i), "handed over");
	server_forget();
	giver.inode = 0;
	loop_stop();
}

static bool
was_taken(struct push *p)
{
	return send_state(p) && is_ready() &&
	    ctl_send(giver.fd, &(struct ctl_message){ .kind = CTL_COMMIT }, NULL, 0, 0);
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
	set_state(p, SENDING, NULL);
	n = p->conns.live;
	if (was_taken(p)) {
		log_info("handed over", lf_int("connections", n),
		    lf_int("us", clock_mono_us() - began));
		set_state(p, GONE, NULL);
		let_go(p);
		return;
	}
	ctl_send(giver.fd, &(struct ctl_message){ .kind = CTL_ABORT }, NULL, 0, MSG_DONTWAIT);
	set_state(p, ALONE, NULL);
	log_warn("goes on, nothing was handed over", lf_int("us", clock_mono_us() - began));
}

static void
on_giver_timer(void *ctx)
{
	struct push *p = ctx;

	if (giver.state != QUIET)
		set_state(p, ALONE, "the other one takes too long");
	else if ((marks_is_idle(p) && relay_has_caught_up(p)) ||
	    clock_mono_ms() >= giver.quiet_until_ms)
		hand_over(p);
	else
		loop_timer_once(&giver.timer, QUIET_TICK_MS);
}

/* ---- the peer */

/* After NO. It listens for itself, or it has failed to. */
static void
refused_one_ended(struct push *p)
{
	if (server_has_name(p))
		set_state(p, ALONE, NULL);
	else
		giver.drain(p);
}

static void
on_peer(void *ctx, int events)
{
	struct push *p = ctx;
	struct ctl_message m;
	int fds[CTL_FDS_MAX], got;
	uint32_t n;

	(void)events;
	got = ctl_recv(giver.fd, &m, fds, &n, MSG_DONTWAIT);
	if (got < 0 && errno == EAGAIN)
		return;
	for (uint32_t i = 0; i < n; i++)
		close(fds[i]);
	if (got == 1 && m.kind == CTL_HELLO && giver.state == CONNECTED)
		take_hello(p, &m);
	else if (got == 1 && m.kind == CTL_GO && giver.state == GREETED)
		set_state(p, QUIET, NULL);
	else if (got == 0 && giver.state == REFUSED)
		refused_one_ended(p);
	else
		set_state(
		    p, ALONE, got == 0 ? "the other one has ended" : "it said something else");
}

static void on_connection(void *ctx, int events);

static void
on_again(void *ctx)
{
	loop_io_start(&giver.listener, loop_io_fd(&giver.listener), LOOP_READ, on_connection, ctx);
}

static void
on_connection(void *ctx, int events)
{
	struct push *p = ctx;
	int fd = accept4(loop_io_fd(&giver.listener), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd < 0) {
		/* Without descriptors it would be reported again at once. */
		loop_io_stop(&giver.listener);
		loop_timer_once(&giver.again, ACCEPT_AGAIN_MS);
		return;
	}
	if (giver.state != ALONE || p->draining || !ctl_is_ours(fd)) {
		log_warn("no hand-over", lf_str("why", giver.state != ALONE
		    ? "another one is at it" : "not now, or not to him"));
		close(fd);
		return;
	}
	giver.fd = fd;
	set_state(p, CONNECTED, NULL);
	loop_io_start(&giver.peer, fd, LOOP_READ, on_peer, p);
}

bool
handover_start(struct push *p, void (*drain)(void *ctx), char *msg, size_t msg_len)
{
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct stat st;
	int fd;

	giver.drain = drain;
	giver.timer.fire = on_giver_timer;
	giver.again.fire = on_again;
	giver.timer.ctx = giver.again.ctx = p;
	if (!ctl_path(p, path, sizeof(path))) {
		snprintf(msg, msg_len, "push_socket: path too long");
		return false;
	}
	fd = server_listen(path, SOCK_SEQPACKET, 0600, BACKLOG, msg, msg_len);
	if (fd < 0)
		return false;
	giver.inode = stat(path, &st) == 0 ? st.st_ino : 0;
	loop_io_start(&giver.listener, fd, LOOP_READ, on_connection, p);
	return true;
}

void
handover_stop(struct push *p)
{
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct stat st;
	int fd = loop_io_fd(&giver.listener);

	if (giver.state != ALONE)
		set_state(p, ALONE, NULL);
	loop_timer_stop(&giver.again);
	if (loop_io_is_active(&giver.listener))
		loop_io_stop(&giver.listener);
	if (fd > 0)
		close(fd);
	memset(&giver.listener, 0, sizeof(giver.listener));
	if (giver.inode != 0 && ctl_path(p, path, sizeof(path)) && stat(path, &st) == 0 &&
	    st.st_ino == giver.inode)
		unlink(path);
	giver.inode = 0;
}
