/*
 * loop - the one door to libev: descriptors, timers, signals, and the end of each turn.
 *
 * One loop a process. Watchers are embedded in their owner's memory and must be stopped before it
 * goes. Callbacks never block. A turn is: wait, run the callbacks of all that is ready, then the
 * functions registered with loop_at_turn_end(), in order of registration.
 */
#ifndef MOOT_LINK_LOOP_H
#define MOOT_LINK_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

/* Zeroed memory is a stopped watcher. The layout belongs to libev. */
struct loop_io {
	_Alignas(8) unsigned char opaque[48];	/* with the owner's context */
	void (*ready)(void *ctx, int events);
};

struct loop_timer {
	_Alignas(8) unsigned char opaque[48];
	void (*fire)(void *ctx);
	void *ctx;
};

struct loop_signal {
	_Alignas(8) unsigned char opaque[48];
	void (*fire)(void *ctx);
	void *ctx;
};

/* False: no loop can be made. */
bool loop_init(void);
void loop_release(void);
/* Runs until loop_stop(). */
void loop_run(void);
void loop_stop(void);

/*
 * ready(ctx, LOOP_READ and/or LOOP_WRITE) when fd can be read or written, until loop_io_stop(). A
 * connection that the kernel cannot watch for want of memory is shut down, so that its owner reads
 * its end; a listening socket is tried again.
 */
void loop_io_start(
    struct loop_io *io, int fd, int events, void (*ready)(void *ctx, int events), void *ctx);
/* Changes what is waited for; the watcher runs. */
void loop_io_events(struct loop_io *io, int events);
void loop_io_stop(struct loop_io *io);
int loop_io_fd(const struct loop_io *io);
bool loop_io_is_active(const struct loop_io *io);

/* t->fire and t->ctx are set by the owner. Starts anew when it runs. ms may be 0. */
void loop_timer_once(struct loop_timer *t, int64_t ms);
void loop_timer_every(struct loop_timer *t, int64_t ms);
void loop_timer_stop(struct loop_timer *t);
bool loop_timer_is_active(const struct loop_timer *t);

void loop_signal_start(struct loop_signal *s, int signum);
void loop_signal_stop(struct loop_signal *s);

/* At most LOOP_ENDS functions. Work that is left makes them call loop_wake(). */
#define LOOP_ENDS 4
void loop_at_turn_end(void (*f)(void *ctx), void *ctx);
/* The next turn does not wait. */
void loop_wake(void);

#endif
