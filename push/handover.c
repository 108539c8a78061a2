/* The end that has the clients; handover_step.h has its states, and ctl.h says what the messages
 * mean. giver_set() is the only place that changes one, and knows what each needs. */
#include "push/handover.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "push/conn.h"
#include "push/ctl.h"
#include "push/deliver.h"
#include "push/handover_step.h"
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
#define ACCEPT_AGAIN_MS 1000

struct handover {
	enum giver state;
	struct loop_io listener, peer;
	struct loop_timer timer;	/* the peer's deadline; in QUIET the next look */
	struct loop_timer again;	/* the listener rests until then */
	ino_t inode;
	int fd;				/* of the peer; not in ALONE */
	int64_t quiet_until_ms;		/* QUIET: then it is quiet enough */
	int64_t until_ms;		/* SENDING: then it has taken too long */
	void (*drain)(void *ctx);
};

/*
 * Clients are not heard any more, so that what they have told can be stored; events still go out.
 * What has no number can't be asked for again, so what the other one has read from the bus before
 * GO is read here.
 */
static void
stand_still(struct push *p)
{
	struct handover *h = p->handover;

	loop_io_stop(&h->peer);
	crowd_pause(&p->crowd);
	server_pause(p);
	relay_catch_up(p);
	h->quiet_until_ms = clock_mono_ms() + QUIET_MS;
	loop_timer_once(&h->timer, 0);
}

static void
let_peer_go(struct handover *h)
{
	loop_timer_stop(&h->timer);
	if (loop_io_is_active(&h->peer))
		loop_io_stop(&h->peer);
	close(h->fd);
}

/* why: NULL where the log has it already, or it is no failure. */
static void
giver_set(struct push *p, enum giver to, const char *why)
{
	struct handover *h = p->handover;
	enum giver from = h->state;

	assert(giver_may_follow(from, to));
	h->state = to;
	log_debug("hand-over", lf_str("from", giver_word(from)), lf_str("to", giver_word(to)));
	if (why != NULL)
		log_warn("no hand-over", lf_str("why", why));
	switch (to) {
	case GIVER_ALONE:
		let_peer_go(h);
		if (from == GIVER_QUIET || from == GIVER_SENDING) {
			crowd_go_on(&p->crowd);
			server_go_on(p);
		}
		break;
	case GIVER_CONNECTED:
		loop_timer_once(&h->timer, PEER_MS);
		break;
	case GIVER_QUIET:
		stand_still(p);
		break;
	case GIVER_SENDING:
		h->until_ms = clock_mono_ms() + HANDOVER_MS + p->conns.live / HANDOVER_CONNS;
		break;
	case GIVER_GONE:
		ctl_block(h->fd, HANDOVER_LAST_MS);
		break;
	case GIVER_REFUSED:
	case GIVER_GREETED:
	case GIVER__MAX:
		break;
	}
}

static void
refuse_peer(struct push *p, const char *why)
{
	struct ctl_message m = { .kind = CTL_NO };

	giver_set(p, GIVER_REFUSED, why);
	snprintf(m.why, sizeof(m.why), "%s", why);
	if (!ctl_send(p->handover->fd, &m, NULL, 0, MSG_DONTWAIT))
		giver_set(p, GIVER_ALONE, NULL);
}

/* ---- the streams that it is to listen to */

static void
send_streams(struct push *p)
{
	struct ctl_message m = { .kind = CTL_STREAMS };
	int file = ctl_file_new("moot-push streams");
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (file < 0 || self < 0)
		giver_set(p, GIVER_ALONE, strerror(errno));
	else if (!ctl_streams_write(p, file) || !ctl_file_end(file, &m.len))
		giver_set(p, GIVER_ALONE, "the list of streams cannot be written");
	else if (!ctl_send(p->handover->fd, &m, (int[]){ file, self }, 2, MSG_DONTWAIT))
		giver_set(p, GIVER_ALONE, strerror(errno));
	else
		giver_set(p, GIVER_GREETED, NULL);
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
		refuse_peer(p, "another version");
	else if (!p->has_epoch || m->epoch != p->epoch)
		refuse_peer(p, "another epoch");
	else if (!crypt_equal(m->proof, proof, sizeof(proof)))
		refuse_peer(p, "another token key");
	else
		send_streams(p);
}

/* ---- the hand-over itself */

/* The next message may take what is left of the time. False: none is. */
static bool
has_time(const struct handover *h)
{
	int64_t left = h->until_ms - clock_mono_ms();

	errno = ETIMEDOUT;
	if (left > 0)
		ctl_block(h->fd, left);
	return left > 0;
}

static bool
send_fds(const struct handover *h, const int *fds, uint32_t n)
{
	struct ctl_message m = { .kind = CTL_FDS };

	for (uint32_t at = 0; at < n; at += m.n) {
		m.n = n - at < CTL_FDS_MAX ? n - at : CTL_FDS_MAX;
		if (!has_time(h) || !ctl_send(h->fd, &m, fds + at, m.n, 0))
			return false;
	}
	return true;
}

/* NULL: all of it is there, else what failed. */
static const char *
write_state(const struct push *p, struct ctl_message *m, int *file, int **fds)
{
	*file = ctl_file_new("moot-push state");
	if (*file < 0)
		return "no file in memory";
	if (!state_save(p, *file, fds, &m->n))
		return "it could not be written";
	return ctl_file_end(*file, &m->len) ? NULL : "its file could not be sealed";
}

static bool
send_state(const struct push *p)
{
	struct ctl_message m = { .kind = CTL_STATE };
	const struct handover *h = p->handover;
	int file, *fds = NULL, own[1 + SERVER_LISTENERS];
	const char *failed = write_state(p, &m, &file, &fds);
	uint32_t n_own = 1 + server_fds(p, own + 1);

	own[0] = file;
	if (failed == NULL && (!has_time(h) || !ctl_send(h->fd, &m, own, n_own, 0) ||
	    !send_fds(h, fds, m.n)))
		failed = "it could not be sent";
	if (failed != NULL)
		log_warn("no state for the other one", lf_str("why", failed),
		    lf_str("said", strerror(errno)));
	if (file >= 0)
		close(file);
	heap_free(fds);
	return failed == NULL;
}

static bool
is_ready(const struct handover *h)
{
	struct ctl_message m;
	int got = has_time(h) ? ctl_recv_none(h->fd, &m, 0) : -1;

	if (got == 1 && giver_hears(GIVER_SENDING, m.kind))
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

	ctl_recv_none(p->handover->fd, &m, 0);
	/* The other one's first turn is worth more than what is left to do here. */
	setpriority(PRIO_PROCESS, 0, 19);
	presence_let_go(p);
	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);)
		conn_kill(p, conn_at(p, i), "handed over");
	server_forget(p);
	p->handover->inode = 0;
	loop_stop();
}

static bool
was_taken(struct push *p)
{
	const struct handover *h = p->handover;

	return send_state(p) && is_ready(h) &&
	    ctl_send(h->fd, &(struct ctl_message){ .kind = CTL_COMMIT }, NULL, 0, 0);
}

static void
hand_over(struct push *p)
{
	const struct ctl_message abort = { .kind = CTL_ABORT };
	int64_t began = clock_mono_us();
	uint32_t n;

	deliver_flush_now(p);
	conns_bury(p);
	if (p->bus != NULL)
		redis_sub_flush(p->bus);
	giver_set(p, GIVER_SENDING, NULL);
	n = p->conns.live;
	if (was_taken(p)) {
		log_info("handed over", lf_int("connections", n),
		    lf_int("us", clock_mono_us() - began));
		giver_set(p, GIVER_GONE, NULL);
		let_go(p);
		return;
	}
	ctl_send(p->handover->fd, &abort, NULL, 0, MSG_DONTWAIT);
	giver_set(p, GIVER_ALONE, NULL);
	log_warn("goes on, nothing was handed over", lf_int("us", clock_mono_us() - began));
}

static void
on_giver_timer(void *ctx)
{
	struct push *p = ctx;
	struct handover *h = p->handover;

	if (h->state != GIVER_QUIET)
		giver_set(p, GIVER_ALONE, "the other one takes too long");
	else if ((marks_is_idle(p) && relay_has_caught_up(p)) ||
	    clock_mono_ms() >= h->quiet_until_ms)
		hand_over(p);
	else
		loop_timer_once(&h->timer, QUIET_TICK_MS);
}

/* ---- the peer */

/* After NO. It listens for itself, or it has failed to. */
static void
refused_one_ended(struct push *p)
{
	if (server_has_name(p))
		giver_set(p, GIVER_ALONE, NULL);
	else
		p->handover->drain(p);
}

static void
take_peer_message(struct push *p, const struct ctl_message *m)
{
	if (!giver_hears(p->handover->state, m->kind))
		giver_set(p, GIVER_ALONE, "it said something else");
	else if (m->kind == CTL_HELLO)
		take_hello(p, m);
	else
		giver_set(p, GIVER_QUIET, NULL);
}

static void
on_peer(void *ctx, int events)
{
	struct push *p = ctx;
	struct ctl_message m;
	int got = ctl_recv_none(p->handover->fd, &m, MSG_DONTWAIT);

	(void)events;
	if (got == 1)
		take_peer_message(p, &m);
	else if (got == 0 && p->handover->state == GIVER_REFUSED)
		refused_one_ended(p);
	else if (got == 0 || errno != EAGAIN)
		giver_set(p, GIVER_ALONE, got == 0 ? "the other one has ended" : strerror(errno));
}

static void on_peer_connects(void *ctx, int events);

static void
on_again(void *ctx)
{
	struct push *p = ctx;
	struct loop_io *l = &p->handover->listener;

	loop_io_start(l, loop_io_fd(l), LOOP_READ, on_peer_connects, p);
}

static void
on_peer_connects(void *ctx, int events)
{
	struct push *p = ctx;
	struct handover *h = p->handover;
	int fd = accept4(loop_io_fd(&h->listener), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd < 0) {
		/* Without descriptors it would be reported again at once. */
		loop_io_stop(&h->listener);
		loop_timer_once(&h->again, ACCEPT_AGAIN_MS);
		return;
	}
	if (h->state != GIVER_ALONE || p->draining || !ctl_is_ours(fd)) {
		log_warn("no hand-over", lf_str("why", h->state != GIVER_ALONE
		    ? "another one is at it" : "not now, or not to him"));
		close(fd);
		return;
	}
	h->fd = fd;
	giver_set(p, GIVER_CONNECTED, NULL);
	loop_io_start(&h->peer, fd, LOOP_READ, on_peer, p);
}

static struct handover *
handover_new(struct push *p, void (*drain)(void *ctx))
{
	struct handover *h = heap_alloc(sizeof(*h));

	h->drain = drain;
	h->timer.fire = on_giver_timer;
	h->again.fire = on_again;
	h->timer.ctx = h->again.ctx = p;
	return h;
}

bool
handover_start(struct push *p, void (*drain)(void *ctx), char *msg, size_t msg_len)
{
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct stat st;
	int fd;

	if (!ctl_path(p, path, sizeof(path))) {
		snprintf(msg, msg_len, "push_socket: path too long");
		return false;
	}
	fd = server_listen(path, SOCK_SEQPACKET, 0600, BACKLOG, msg, msg_len);
	if (fd < 0)
		return false;
	p->handover = handover_new(p, drain);
	p->handover->inode = stat(path, &st) == 0 ? st.st_ino : 0;
	loop_io_start(&p->handover->listener, fd, LOOP_READ, on_peer_connects, p);
	return true;
}

void
handover_stop(struct push *p)
{
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct handover *h = p->handover;
	struct stat st;

	if (h == NULL)
		return;
	if (h->state != GIVER_ALONE)
		giver_set(p, GIVER_ALONE, NULL);
	loop_timer_stop(&h->again);
	if (loop_io_is_active(&h->listener))
		loop_io_stop(&h->listener);
	close(loop_io_fd(&h->listener));
	if (h->inode != 0 && ctl_path(p, path, sizeof(path)) && stat(path, &st) == 0 &&
	    st.st_ino == h->inode)
		unlink(path);
	heap_free(h);
	p->handover = NULL;
}
