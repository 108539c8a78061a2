/*
 * The end that takes over; see handover.h, and ctl.h for what the messages mean. One step after the
 * other; whatever else comes, or nothing in time, ends this process (give_up()), and the clients
 * stay with the other one.
 *
 *   LINKS    until database and bus are there: HELLO             \
 *   HELLO    until STREAMS; with NO it begins alone, and is DONE  } START_MS in all
 *   STREAMS  until all of them are on the bus: GO                /
 *   STATE    blocks until STATE and FDS have come: READY         ANSWER_S a message
 *   COMMIT   blocks until COMMIT, or until the other one is dead  without end, for nothing but the
 *            other one's word, or its death, says whose the clients are
 *   DONE     serves
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "link/loop.h"
#include "push/conn.h"
#include "push/ctl.h"
#include "push/deliver.h"
#include "push/handover.h"
#include "push/server.h"
#include "push/snapshot.h"
#include "push/state.h"
#include "push/wheel.h"

#define TICK_MS 5
#define START_MS 15000	/* until database and bus are there and all streams are on it */
#define ANSWER_S 10
#define DEATH_MS 10000	/* a process that ends, on a busy machine, may take so long to be gone */

enum taker { LINKS, HELLO, STREAMS, STATE, COMMIT, DONE };

static struct {
	int fd;
	int process;		/* pidfd of the other one; 0: not known yet */
	struct loop_io io;
	struct loop_timer tick;
	int64_t until_ms;
	enum taker step;
	uint32_t wanted;	/* streams to be on the bus */
	void (*done)(struct push *p);
} other;

/* Whoever runs the one that has the clients runs it on. */
static _Noreturn void
give_up(const char *why)
{
	log_fatal(1, "could not take over", why);
}

/* For a message, when they are waited for; 0: without end. */
static void
block(time_t seconds)
{
	struct timeval answer = { .tv_sec = seconds };

	fcntl(other.fd, F_SETFL, fcntl(other.fd, F_GETFL) & ~O_NONBLOCK);
	setsockopt(other.fd, SOL_SOCKET, SO_RCVTIMEO, &answer, sizeof(answer));
}

static void
set_step(enum taker to)
{
	assert(to == other.step + 1 || (other.step == HELLO && to == DONE));
	other.step = to;
	log_debug("taking over", lf_int("step", to));
	if (to >= STATE && loop_io_is_active(&other.io)) {
		loop_io_stop(&other.io);
		loop_timer_stop(&other.tick);
	}
	if (to == STATE || to == COMMIT)
		block(to == STATE ? ANSWER_S : 0);
}

/* ---- the state */

static void
receive(struct ctl_message *m, enum ctl_kind kind, int fds[CTL_FDS_MAX], uint32_t *n)
{
	int got = ctl_recv(other.fd, m, fds, n, 0);

	if (got == 0)
		give_up("the other one has ended");
	if (got < 0)
		give_up(strerror(errno));
	if (m->kind != (uint32_t)kind)
		give_up(m->kind == CTL_ABORT ? "the other one goes on" : "it said something else");
}

/* The descriptors that have come and were not taken yet. */
struct incoming {
	int fds[CTL_FDS_MAX];
	uint32_t at, n;
};

static int
next_fd(void *ctx)
{
	struct incoming *in = ctx;
	struct ctl_message m;

	if (in->at == in->n) {
		in->at = 0;
		receive(&m, CTL_FDS, in->fds, &in->n);
		if (in->n == 0 || in->n != m.n)
			return -1;
	}
	return in->fds[in->at++];
}

/* The listening sockets first, because with them goes the limit of descriptors. */
static void
receive_all(struct push *p)
{
	struct incoming in = { .n = 0 };
	struct ctl_message m;
	const char *bytes, *wrong;
	char why[512];

	receive(&m, CTL_STATE, in.fds, &in.n);
	if (in.n != 2 && in.n != 1 + SERVER_LISTENERS)
		give_up("no state");
	for (uint32_t i = 1; i < in.n; i++)
		if (!server_is_listener(in.fds[i]))
			give_up("what it listens on is no such socket");
	if (!server_adopt(p, in.fds[1], in.n > 2 ? in.fds[2] : -1, why, sizeof(why)))
		give_up(why);
	bytes = ctl_file_map(in.fds[0], m.len);
	close(in.fds[0]);
	if (bytes == NULL)
		give_up("the state cannot be read");
	in.n = 0;
	/* Its seconds must not lie ahead of ours. */
	wheel_tick(p, (uint32_t)(clock_mono_ms() / 1000));
	wrong = state_load(p, (struct str){ bytes, (size_t)m.len }, m.n, next_fd, &in);
	if (wrong != NULL)
		give_up(wrong);
	if (in.at != in.n)
		give_up("more connections than were announced");
	ctl_file_unmap(bytes, m.len);
}

static bool
has_died(void)
{
	struct pollfd process = { .fd = other.process, .events = POLLIN };
	int n;

	do
		n = poll(&process, 1, DEATH_MS);
	while (n < 0 && errno == EINTR);
	return n == 1 && (process.revents & POLLIN) != 0;
}

/* The other one has let go of the clients; see ctl.h about its death. */
static void
wait_for_commit(void)
{
	struct ctl_message m;
	int fds[CTL_FDS_MAX], got;
	uint32_t n;

	set_step(COMMIT);
	if (!ctl_send(other.fd, &(struct ctl_message){ .kind = CTL_READY }, NULL, 0, 0))
		give_up(strerror(errno));
	got = ctl_recv(other.fd, &m, fds, &n, 0);
	if (got < 0 && errno != ECONNRESET)
		give_up(strerror(errno));
	if ((got > 0 && m.kind != CTL_COMMIT) || (got <= 0 && !has_died()))
		give_up("the other one goes on");
	if (got <= 0)
		log_warn("the other one died while it handed over");
}

/* Clients wait for what was published meanwhile more than to be heard. The other one waits for the
 * end of the connection. */
static void
finish(struct push *p)
{
	set_step(DONE);
	p->taking = false;
	state_go_on(p);
	deliver_flush_now(p);
	conns_watch(p);
	other.done(p);
	close(other.fd);
	if (other.process > 0)
		close(other.process);
}

static void
take_over(struct push *p)
{
	int64_t began = clock_mono_us();

	set_step(STATE);
	if (!ctl_send(other.fd, &(struct ctl_message){ .kind = CTL_GO }, NULL, 0, 0))
		give_up(strerror(errno));
	receive_all(p);
	wait_for_commit();
	finish(p);
	log_info("took over", lf_int("connections", p->conns.live),
	    lf_int("us", clock_mono_us() - began));
}

/* ---- before it */

static void
say_hello(const struct push *p)
{
	struct ctl_message m = { .kind = CTL_HELLO, .version = SNAP_VERSION, .epoch = p->epoch };

	ctl_proof(p, m.proof);
	if (!ctl_send(other.fd, &m, NULL, 0, MSG_DONTWAIT))
		give_up(strerror(errno));
	set_step(HELLO);
}

/* Another version, key or history: this one begins anew, the other one takes leave of its clients.
 */
static void
start_alone(struct push *p, const char *why)
{
	char msg[512];

	log_warn("cannot take over, begins anew", lf_str("why", why));
	if (!server_start(p, msg, sizeof(msg)))
		give_up(msg);
	finish(p);
}

static void
listen_to_streams(struct push *p, int file, int64_t len)
{
	bool ok = ctl_streams_read(p, file, len);

	close(file);
	if (!ok)
		give_up("the list of streams cannot be read");
	other.wanted = p->streams.live;
	set_step(STREAMS);
}

static void
on_taker_answer(void *ctx, int events)
{
	struct push *p = ctx;
	struct ctl_message m;
	int fds[CTL_FDS_MAX];
	uint32_t n;
	int got = ctl_recv(other.fd, &m, fds, &n, MSG_DONTWAIT);

	(void)events;
	if (got < 0 && errno == EAGAIN)
		return;
	if (got == 0)
		give_up("the other one has ended, or does not want to");
	if (got < 0)
		give_up(strerror(errno));
	if (m.kind == CTL_STREAMS && n == 2 && other.step == HELLO) {
		other.process = fds[1];
		listen_to_streams(p, fds[0], m.len);
	} else if (m.kind == CTL_NO && other.step == HELLO) {
		m.why[sizeof(m.why) - 1] = '\0';
		start_alone(p, m.why);
	} else {
		give_up("it said something else");
	}
}

/* The first canary has come back: both ends of the bus work. */
static bool
has_links(const struct push *p)
{
	return feed_is_up(p->feed) && p->has_epoch && p->feed_lost_ms == 0 &&
	    (p->bus == NULL || p->bus_lost_ms == 0);
}

static void
on_taker_tick(void *ctx)
{
	struct push *p = ctx;

	if (clock_mono_ms() >= other.until_ms)
		give_up(other.step == LINKS ? "database or Redis is away" : "it takes too long");
	if (other.step == LINKS && has_links(p))
		say_hello(p);
	else if (other.step == STREAMS && (p->bus == NULL || p->subscribed >= other.wanted))
		take_over(p);
}

bool
takeover_begin(struct push *p, void (*done)(struct push *p))
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (!ctl_path(p, addr.sun_path, sizeof(addr.sun_path)))
		return false;
	other.fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (other.fd < 0 || connect(other.fd, (struct sockaddr *)&addr, sizeof(addr)) != 0) {
		log_info("nobody to take over from", lf_str("said", strerror(errno)));
		if (other.fd >= 0)
			close(other.fd);
		return false;
	}
	if (!ctl_is_ours(other.fd)) {
		log_warn("nobody to take over from", lf_str("said", "somebody else's socket"));
		close(other.fd);
		return false;
	}
	p->taking = true;
	other.done = done;
	other.step = LINKS;
	other.until_ms = clock_mono_ms() + START_MS;
	other.tick.fire = on_taker_tick;
	other.tick.ctx = p;
	loop_timer_every(&other.tick, TICK_MS);
	loop_io_start(&other.io, other.fd, LOOP_READ, on_taker_answer, p);
	return true;
}
