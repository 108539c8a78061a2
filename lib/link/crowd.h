/*
 * crowd - very many descriptors beside the loop, at no memory of ours for each of them.
 *
 * An epoll instance of its own, which the loop watches as one descriptor. What a watcher would hold
 * is a name of 64 bits that the kernel keeps; the owner finds its things by it.
 */
#ifndef MOOT_LINK_CROWD_H
#define MOOT_LINK_CROWD_H

#include "link/loop.h"

#define CROWD_BATCH 512		/* descriptors served in one turn */

struct crowd {
	struct loop_io io;
	int fd;			/* of the epoll instance */
	/* LOOP_READ and/or LOOP_WRITE; both when the peer is gone. A descriptor closed in the same
	 * turn may still be reported. */
	void (*ready)(void *ctx, uint64_t name, int events);
	void *ctx;
};

/* ready and ctx are set by the owner. False: errno says why. */
bool crowd_init(struct crowd *c);
void crowd_release(struct crowd *c);
/* Between the two nothing is reported; what happens meanwhile is reported after. */
void crowd_pause(struct crowd *c);
void crowd_go_on(struct crowd *c);
/* Closing fd takes it out, when nobody else has it open. False: errno says why. */
bool crowd_add(struct crowd *c, int fd, int events, uint64_t name);
/* Changes what is waited for; fd is in it. */
void crowd_change(struct crowd *c, int fd, int events, uint64_t name);

#endif
