/* The end that takes over; handover_step.h has its steps, and ctl.h says what the messages mean.
 * Whatever else comes, or nothing in time, ends this process (give_up()), and the clients stay with
 * the other one. */
#include "push/handover.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "link/loop.h"
#include "push/conn.h"
#include "push/ctl.h"
#include "push/deliver.h"
#include "push/handover_step.h"
#include "push/relay.h"
#include "push/server.h"
#include "push/snapshot.h"
#include "push/state.h"
#include "push/wheel.h"

#define TICK_MS 5
#define START_MS 15000	/* until database and bus are there and all streams are on it */
#define ANSWER_MS 10000	/* for a message of the state */
#define COMMIT_MS 0	/* without end: nothing but its word, or its death, says whose they are */
#define DEATH_MS 10000	/* a process that ends, on a busy machine, may take so long to be gone */

struct takeover {
	int fd;
	int process;		/* pidfd of the other one; 0: not known yet */
	struct loop_io io;
	struct loop_timer tick;
	int64_t until_ms;
	enum taker step;
	uint32_t wanted;	/* streams to be on the bus */
	void (*done)(struct push *p);
};

/* Whoever runs the one that has the clients runs it on. */
static _Noreturn void
give_up(const char *why)
{
	log_fatal(1, "could not take over", why);
}

/* From STATE on messages are waited for. */
static void
set_step(struct takeover *t, enum taker to)
{
	enum taker from = t->step;

	assert(taker_may_follow(from, to));
	t->step = to;
	log_debug("taking over", lf_str("from", taker_word(from)), lf_str("to", taker_word(to)));
	if (to >= TAKER_STATE && loop_io_is_active(&t->io)) {
		loop_io_stop(&t->io);
		loop_timer_stop(&t->tick);
	}
	if (to == TAKER_STATE)
		ctl_block(t->fd, ANSWER_MS);
	else if (to == TAKER_COMMIT)
		ctl_block(t->fd, COMMIT_MS);
}

/* ---- the state */

static void
receive(const struct takeover *t, enum ctl_kind kind, struct ctl_message *m, int fds[CTL_FDS_MAX],
    uint32_t *n)
{
	int got = ctl_recv(t->fd, m, fds, n, 0);

	assert(taker_hears(t->step, kind));
	if (got == 0)
		give_up("the other one has ended");
	if (got < 0)
		give_up(strerror(errno));
	if (m->kind != (uint32_t)kind)
		give_up(m->kind == CTL_ABORT ? "the other one goes on" : "it said something else");
}

/* The descriptors that have come and were not taken yet. */
struct incoming {
	const struct takeover *from;
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
		receive(in->from, CTL_FDS, &m, in->fds, &in->n);
		if (in->n == 0 || in->n != m.n)
			return -1;
	}
	return in->fds[in->at++];
}

/* The listening sockets first, because with them goes the limit of descriptors. */
static void
receive_all(struct push *p)
{
	struct incoming in = { .from = p->takeover };
	struct ctl_message m;
	const char *bytes, *wrong;
	char why[512];

	receive(in.from, CTL_STATE, &m, in.fds, &in.n);
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
has_died(int pidfd)
{
	struct pollfd process = { .fd = pidfd, .events = POLLIN };
	int n;

	do
		n = poll(&process, 1, DEATH_MS);
	while (n < 0 && errno == EINTR);
	return n == 1 && (process.revents & POLLIN) != 0;
}

/* The other one has let go of the clients; see ctl.h about its death. */
static void
wait_for_commit(struct takeover *t)
{
	struct ctl_message m;
	int got;

	set_step(t, TAKER_COMMIT);
	if (!ctl_send(t->fd, &(struct ctl_message){ .kind = CTL_READY }, NULL, 0, 0))
		give_up(strerror(errno));
	got = ctl_recv_none(t->fd, &m, 0);
	if (got < 0 && errno != ECONNRESET)
		give_up(strerror(errno));
	if (got > 0 ? !taker_hears(t->step, m.kind) : !has_died(t->process))
		give_up("the other one goes on");
	if (got <= 0)
		log_warn("the other one died while it handed over");
}

/* Clients wait for what was published meanwhile more than to be heard. The other one waits for the
 * end of the connection. */
static void
finish(struct push *p)
{
	set_step(p->takeover, TAKER_DONE);
	p->taking = false;
	state_go_on(p);
	deliver_flush_now(p);
	conns_watch(p);
	p->takeover->done(p);
	takeover_stop(p);
}

static void
take_over(struct push *p)
{
	struct takeover *t = p->takeover;
	int64_t began = clock_mono_us();

	set_step(t, TAKER_STATE);
	if (!ctl_send(t->fd, &(struct ctl_message){ .kind = CTL_GO }, NULL, 0, 0))
		give_up(strerror(errno));
	receive_all(p);
	wait_for_commit(t);
	finish(p);
	log_info("took over", lf_int("connections", p->conns.live),
	    lf_int("us", clock_mono_us() - began));
}

/* ---- before it */

static void
taker_say_hello(const struct push *p)
{
	struct ctl_message m = { .kind = CTL_HELLO, .version = SNAP_VERSION, .epoch = p->epoch };

	ctl_proof(p, m.proof);
	if (!ctl_send(p->takeover->fd, &m, NULL, 0, MSG_DONTWAIT))
		give_up(strerror(errno));
	set_step(p->takeover, TAKER_HELLO);
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
	p->takeover->wanted = p->streams.live;
	set_step(p->takeover, TAKER_STREAMS);
}

static void
on_taker_answer(void *ctx, int events)
{
	struct push *p = ctx;
	struct takeover *t = p->takeover;
	struct ctl_message m;
	int fds[CTL_FDS_MAX];
	uint32_t n;
	int got = ctl_recv(t->fd, &m, fds, &n, MSG_DONTWAIT);

	(void)events;
	if (got < 0 && errno == EAGAIN)
		return;
	if (got == 0)
		give_up("the other one has ended, or does not want to");
	if (got < 0)
		give_up(strerror(errno));
	if (!taker_hears(t->step, m.kind) || n != (m.kind == CTL_STREAMS ? 2 : 0))
		give_up("it said something else");
	if (m.kind == CTL_STREAMS) {
		t->process = fds[1];
		listen_to_streams(p, fds[0], m.len);
	} else {
		m.why[sizeof(m.why) - 1] = '\0';
		start_alone(p, m.why);
	}
}

/* The first canary has come back: both ends of the bus work. */
static bool
has_links(const struct push *p)
{
	return feed_is_up(p->feed) && p->has_epoch && relay_has_feed(p) && relay_has_bus(p);
}

static void
on_taker_tick(void *ctx)
{
	struct push *p = ctx;
	const struct takeover *t = p->takeover;

	if (clock_mono_ms() >= t->until_ms)
		give_up(t->step == TAKER_LINKS ? "database or Redis is away" : "it takes too long");
	if (t->step == TAKER_LINKS && has_links(p))
		taker_say_hello(p);
	else if (t->step == TAKER_STREAMS && (p->bus == NULL || relay_subscribed(p) >= t->wanted))
		take_over(p);
}

/* -1: nobody is there. */
static int
connect_to_other(const struct push *p)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (!ctl_path(p, addr.sun_path, sizeof(addr.sun_path)))
		return -1;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0) {
		log_info("nobody to take over from", lf_str("said", strerror(errno)));
	} else if (!ctl_is_ours(fd)) {
		log_warn("nobody to take over from", lf_str("said", "somebody else's socket"));
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

bool
takeover_begin(struct push *p, void (*done)(struct push *p))
{
	struct takeover *t;
	int fd = connect_to_other(p);

	if (fd < 0)
		return false;
	t = heap_alloc(sizeof(*t));
	t->fd = fd;
	t->done = done;
	t->step = TAKER_LINKS;
	t->until_ms = clock_mono_ms() + START_MS;
	t->tick.fire = on_taker_tick;
	t->tick.ctx = p;
	p->takeover = t;
	p->taking = true;
	loop_timer_every(&t->tick, TICK_MS);
	loop_io_start(&t->io, fd, LOOP_READ, on_taker_answer, p);
	return true;
}

void
takeover_stop(struct push *p)
{
	struct takeover *t = p->takeover;

	if (t == NULL)
		return;
	loop_timer_stop(&t->tick);
	if (loop_io_is_active(&t->io))
		loop_io_stop(&t->io);
	close(t->fd);
	if (t->process > 0)
		close(t->process);
	heap_free(t);
	p->takeover = NULL;
}
