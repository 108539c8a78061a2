/*
 * The end that has the clients, with everything around it made up: what it stops and lets go on at
 * each way through its states, and that a hand-over has one limit for all of its messages.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/heap.h"
#include "push/conn.h"
#include "push/ctl.h"
#include "push/deliver.h"
#include "push/handover.h"
#include "push/marks.h"
#include "push/presence.h"
#include "push/relay.h"
#include "push/server.h"
#include "push/snapshot.h"
#include "push/state.h"
#include "tests/unit/support/unit.h"

#define NAP_MS 50	/* that a slow peer takes for a message */

static struct push push;
static struct buf seen;		/* what was called, in order */
static const char *says;	/* what the peer says next, a letter each; '.': it ends */
static uint32_t n_fds;
static bool slow, busy;
static int peer;

static void
note(const char *what)
{
	buf_add_cstr(&seen, what);
	buf_add_char(&seen, ' ');
}

/* ---- the peer */

void
ctl_proof(const struct push *p, uint8_t out[CRYPT_SHA256_LEN])
{
	(void)p;
	memset(out, 0, CRYPT_SHA256_LEN);
}

bool
ctl_path(const struct push *p, char *out, size_t size)
{
	(void)p, (void)out, (void)size;
	return true;
}

bool
ctl_is_ours(int fd)
{
	(void)fd;
	return true;
}

void
ctl_block(int fd, int64_t ms)
{
	(void)fd;
	ck_assert_int_gt(ms, 0);
	ck_assert_int_le(ms, HANDOVER_MS);
}

bool
ctl_send(int fd, const struct ctl_message *m, const int *fds, uint32_t n, int flags)
{
	static const char *const words[] = { [CTL_NO] = "NO", [CTL_STREAMS] = "STREAMS",
		[CTL_STATE] = "STATE", [CTL_COMMIT] = "COMMIT", [CTL_ABORT] = "ABORT" };
	struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };

	(void)fd, (void)fds, (void)n, (void)flags;
	if (m->kind != CTL_FDS)
		note(words[m->kind]);
	else if (slow)
		nanosleep(&nap, NULL);
	return true;
}

int
ctl_recv_none(int fd, struct ctl_message *m, int flags)
{
	char next = *says++;

	(void)fd, (void)flags;
	*m = (struct ctl_message){ .version = SNAP_VERSION, .epoch = push.epoch };
	m->kind = next == 'H' ? CTL_HELLO : next == 'G' ? CTL_GO : CTL_READY;
	if (next == '.') {
		note("ends");
		loop_stop();
	}
	return next != '.';
}

int
ctl_file_new(const char *name)
{
	(void)name;
	return open("/dev/null", O_RDWR);
}

bool
ctl_file_end(int file, int64_t *len)
{
	(void)file;
	*len = 0;
	return true;
}

bool
ctl_streams_write(const struct push *p, int file)
{
	(void)p, (void)file;
	return true;
}

/* ---- the rest of the daemon */

#define NOTES(name) \
	void \
	name(struct push *p) \
	{ \
		(void)p; \
		note(#name); \
	}

NOTES(conns_bury)
NOTES(deliver_flush_now)
NOTES(presence_let_go)
NOTES(relay_catch_up)
NOTES(server_forget)
NOTES(server_go_on)
NOTES(server_pause)

void
crowd_pause(struct crowd *c)
{
	(void)c;
	note("crowd_pause");
}

void
crowd_go_on(struct crowd *c)
{
	(void)c;
	note("crowd_go_on");
	loop_stop();
}

void
conn_kill(struct push *p, struct conn *c, const char *why)
{
	(void)p, (void)c, (void)why;
	ck_abort_msg("nobody is connected");
}

bool
marks_is_idle(const struct push *p)
{
	(void)p;
	if (busy)
		loop_stop();
	return !busy;
}

bool
relay_has_caught_up(const struct push *p)
{
	(void)p;
	return true;
}

void
redis_sub_flush(struct redis_sub *r)
{
	(void)r;
}

bool
server_has_name(const struct push *p)
{
	(void)p;
	return true;
}

uint32_t
server_fds(const struct push *p, int fds[SERVER_LISTENERS])
{
	(void)p;
	fds[0] = -1;
	return 1;
}

int
server_listen(const char *path, int kind, unsigned mode, int backlog, char *msg, size_t msg_len)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(addr.sun_family);
	int fd = socket(AF_UNIX, kind | SOCK_CLOEXEC, 0);

	(void)path, (void)mode, (void)msg, (void)msg_len;
	/* The kernel gives it a name. */
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, len), 0);
	ck_assert_int_eq(listen(fd, backlog), 0);
	peer = socket(AF_UNIX, kind | SOCK_CLOEXEC, 0);
	len = sizeof(addr);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	ck_assert_int_eq(connect(peer, (struct sockaddr *)&addr, len), 0);
	ck_assert_int_eq(send(peer, "x", 1, 0), 1);
	return fd;
}

bool
state_save(const struct push *p, int file, int **fds, uint32_t *n)
{
	(void)p, (void)file;
	*fds = heap_alloc((n_fds + 1) * sizeof(**fds));
	*n = n_fds;
	return true;
}

/* ---- */

/* What happens when the peer says that. */
static struct str
run(const char *words)
{
	char msg[64];

	memset(&push, 0, sizeof(push));
	slab_init(&push.conns, sizeof(struct conn));
	push.has_epoch = true;
	push.epoch = 7;
	says = words;
	buf_init(&seen, 4096);
	ck_assert(loop_init());
	ck_assert(handover_start(&push, NULL, msg, sizeof(msg)));
	loop_run();
	return buf_str(&seen);
}

static void
finish(void)
{
	handover_stop(&push);
	close(peer);
	loop_release();
	slab_release(&push.conns);
	buf_release(&seen);
}

START_TEST(who_is_handed_over_is_heard_no_more)
{
	n_fds = CTL_FDS_MAX + 1;
	ck_str_is(run("HGR."), "STREAMS crowd_pause server_pause relay_catch_up deliver_flush_now "
	    "conns_bury STATE COMMIT ends presence_let_go server_forget ");
	finish();
}
END_TEST

START_TEST(all_go_on_when_nobody_is_ready)
{
	n_fds = 0;
	ck_str_is(run("HGH"), "STREAMS crowd_pause server_pause relay_catch_up deliver_flush_now "
	    "conns_bury STATE ABORT crowd_go_on server_go_on ");
	finish();
}
END_TEST

/* What clients have told is not stored yet. */
START_TEST(all_go_on_when_it_ends_while_it_is_quiet)
{
	busy = true;
	ck_str_is(run("HG"), "STREAMS crowd_pause server_pause relay_catch_up ");
	buf_clear(&seen);
	handover_stop(&push);
	ck_str_is(buf_str(&seen), "crowd_go_on server_go_on ");
	finish();
}
END_TEST

START_TEST(nothing_stands_still_before_go)
{
	ck_str_is(run("."), "ends ");
	finish();
	ck_str_is(run("H."), "STREAMS ends ");
	finish();
}
END_TEST

START_TEST(all_messages_together_have_one_limit)
{
	n_fds = 3 * HANDOVER_MS / NAP_MS * CTL_FDS_MAX;
	slow = true;
	ck_str_is(run("HGR."), "STREAMS crowd_pause server_pause relay_catch_up deliver_flush_now "
	    "conns_bury STATE ABORT crowd_go_on server_go_on ");
	finish();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { who_is_handed_over_is_heard_no_more,
		all_go_on_when_nobody_is_ready, all_go_on_when_it_ends_while_it_is_quiet,
		nothing_stands_still_before_go, all_messages_together_have_one_limit, NULL };

	return unit_run("handover", tests);
}
