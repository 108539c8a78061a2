#include "link/loop.h"

#include <assert.h>
#include <errno.h>
#include <ev.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"

static_assert(sizeof(struct ev_io) <= 48, "struct loop_io is too small");
static_assert(sizeof(struct ev_timer) <= 48, "struct loop_timer is too small");
static_assert(sizeof(struct ev_signal) <= 48, "struct loop_signal is too small");
static_assert(
    offsetof(struct loop_io, opaque) == 0, "on_io() finds a loop_io where libev keeps its watcher");
static_assert(
    (int)EV_READ == (int)LOOP_READ && (int)EV_WRITE == (int)LOOP_WRITE, "event bits differ");

static struct {
	struct ev_loop *ev;
	struct ev_prepare prepare;
	struct ev_idle wake;
	size_t n;
	struct {
		void (*f)(void *ctx);
		void *ctx;
	} ends[LOOP_ENDS];
} loop;

/* libev waits behind its prepare watchers, so this is the last thing of a turn. */
static void
on_prepare(struct ev_loop *ev, struct ev_prepare *w, int revents)
{
	(void)ev, (void)w, (void)revents;
	ev_idle_stop(loop.ev, &loop.wake);
	for (size_t i = 0; i < loop.n; i++)
		loop.ends[i].f(loop.ends[i].ctx);
}

static void
on_idle(struct ev_loop *ev, struct ev_idle *w, int revents)
{
	(void)ev, (void)w, (void)revents;
}

static void
on_failure(const char *what)
{
	log_fatal(EX_SOFTWARE, "event loop", what);
}

bool
loop_init(void)
{
	ev_set_syserr_cb(on_failure);
	loop.ev = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
	if (loop.ev == NULL)
		return false;
	loop.n = 0;
	ev_prepare_init(&loop.prepare, on_prepare);
	ev_prepare_start(loop.ev, &loop.prepare);
	ev_idle_init(&loop.wake, on_idle);
	return true;
}

void
loop_release(void)
{
	if (loop.ev == NULL)
		return;
	ev_prepare_stop(loop.ev, &loop.prepare);
	ev_idle_stop(loop.ev, &loop.wake);
	ev_loop_destroy(loop.ev);
	loop.ev = NULL;
}

void
loop_run(void)
{
	ev_run(loop.ev, 0);
}

void
loop_stop(void)
{
	ev_break(loop.ev, EVBREAK_ALL);
}

void
loop_at_turn_end(void (*f)(void *ctx), void *ctx)
{
	assert(loop.n < LOOP_ENDS);
	loop.ends[loop.n].f = f;
	loop.ends[loop.n++].ctx = ctx;
}

void
loop_wake(void)
{
	ev_idle_start(loop.ev, &loop.wake);
}

/* The kernel refused to watch the descriptor and libev stopped the watcher. */
static void
unwatched(struct ev_loop *ev, struct ev_io *w)
{
	int listens = 0;
	socklen_t n = sizeof(listens);

	log_warn("descriptor cannot be watched", lf_str("said", strerror(errno)));
	if (getsockopt(w->fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) != 0 || !listens) {
		shutdown(w->fd, SHUT_RDWR);
		return;
	}
	ev_io_set(w, w->fd, w->events & (EV_READ | EV_WRITE)); /* else libev takes it for watched */
	ev_io_start(ev, w);
}

/* Its data pointer is the owner's context; the loop_io begins with it. */
static void
on_io(struct ev_loop *ev, struct ev_io *w, int revents)
{
	const struct loop_io *io = (const struct loop_io *)(void *)w;

	if ((revents & EV_ERROR) != 0)
		unwatched(ev, w);
	io->ready(w->data, revents & (EV_READ | EV_WRITE));
}

static struct ev_io *
io_of(struct loop_io *io)
{
	return (struct ev_io *)(void *)io->opaque;
}

void
loop_io_start(
    struct loop_io *io, int fd, int events, void (*ready)(void *ctx, int events), void *ctx)
{
	struct ev_io *w = io_of(io);

	ev_io_init(w, on_io, fd, events);
	w->data = ctx;
	io->ready = ready;
	ev_io_start(loop.ev, w);
}

void
loop_io_events(struct loop_io *io, int events)
{
	struct ev_io *w = io_of(io);

	if ((w->events & (EV_READ | EV_WRITE)) == events)
		return;
	ev_io_stop(loop.ev, w);
	ev_io_set(w, w->fd, events);
	ev_io_start(loop.ev, w);
}

void
loop_io_stop(struct loop_io *io)
{
	ev_io_stop(loop.ev, io_of(io));
}

int
loop_io_fd(const struct loop_io *io)
{
	return ((const struct ev_io *)(const void *)io->opaque)->fd;
}

bool
loop_io_is_active(const struct loop_io *io)
{
	return ev_is_active((const struct ev_io *)(const void *)io->opaque);
}

static void
on_timer(struct ev_loop *ev, struct ev_timer *w, int revents)
{
	struct loop_timer *t = w->data;

	(void)ev, (void)revents;
	t->fire(t->ctx);
}

static void
timer_start(struct loop_timer *t, int64_t ms, bool again)
{
	struct ev_timer *w = (struct ev_timer *)(void *)t->opaque;
	double s = (double)ms / 1000;

	ev_timer_stop(loop.ev, w);
	ev_timer_init(w, on_timer, s, again ? s : 0.);
	w->data = t;
	ev_timer_start(loop.ev, w);
}

void
loop_timer_once(struct loop_timer *t, int64_t ms)
{
	timer_start(t, ms, false);
}

void
loop_timer_every(struct loop_timer *t, int64_t ms)
{
	timer_start(t, ms, true);
}

void
loop_timer_stop(struct loop_timer *t)
{
	ev_timer_stop(loop.ev, (struct ev_timer *)(void *)t->opaque);
}

bool
loop_timer_is_active(const struct loop_timer *t)
{
	return ev_is_active((const struct ev_timer *)(const void *)t->opaque);
}

static void
on_signal(struct ev_loop *ev, struct ev_signal *w, int revents)
{
	struct loop_signal *s = w->data;

	(void)ev, (void)revents;
	s->fire(s->ctx);
}

void
loop_signal_start(struct loop_signal *s, int signum)
{
	struct ev_signal *w = (struct ev_signal *)(void *)s->opaque;

	ev_signal_init(w, on_signal, signum);
	w->data = s;
	ev_signal_start(loop.ev, w);
}

void
loop_signal_stop(struct loop_signal *s)
{
	ev_signal_stop(loop.ev, (struct ev_signal *)(void *)s->opaque);
}
