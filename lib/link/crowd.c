#include "link/crowd.h"

#include <assert.h>
#include <sys/epoll.h>
#include <unistd.h>

static void
on_ready(void *ctx, int loop_events)
{
	struct epoll_event events[CROWD_BATCH];
	struct crowd *c = ctx;
	int n = epoll_wait(c->fd, events, CROWD_BATCH, 0);

	(void)loop_events;
	for (int i = 0; i < n; i++) {
		uint32_t e = events[i].events, gone = EPOLLERR | EPOLLHUP;

		c->ready(c->ctx, events[i].data.u64, ((e & (EPOLLIN | gone)) != 0 ? LOOP_READ : 0) |
		    ((e & (EPOLLOUT | gone)) != 0 ? LOOP_WRITE : 0));
	}
}

bool
crowd_init(struct crowd *c)
{
	c->fd = epoll_create1(EPOLL_CLOEXEC);
	if (c->fd < 0)
		return false;
	loop_io_start(&c->io, c->fd, LOOP_READ, on_ready, c);
	return true;
}

void
crowd_release(struct crowd *c)
{
	if (c->fd <= 0)
		return;
	loop_io_stop(&c->io);
	close(c->fd);
	c->fd = -1;
}

void
crowd_pause(struct crowd *c)
{
	loop_io_stop(&c->io);
}

void
crowd_go_on(struct crowd *c)
{
	loop_io_start(&c->io, c->fd, LOOP_READ, on_ready, c);
}

static int
control(const struct crowd *c, int op, int fd, int events, uint64_t name)
{
	struct epoll_event e = { .data.u64 = name };

	e.events =
	    ((events & LOOP_READ) != 0 ? EPOLLIN : 0) | ((events & LOOP_WRITE) != 0 ? EPOLLOUT : 0);
	return epoll_ctl(c->fd, op, fd, &e);
}

bool
crowd_add(struct crowd *c, int fd, int events, uint64_t name)
{
	return control(c, EPOLL_CTL_ADD, fd, events, name) == 0;
}

void
crowd_change(struct crowd *c, int fd, int events, uint64_t name)
{
	int failed = control(c, EPOLL_CTL_MOD, fd, events, name);

	assert(!failed);
	(void)failed;
}
