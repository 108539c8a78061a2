/*
 * state - all that a daemon knows of its clients, to and from a snapshot.
 *
 * Saving changes nothing, so who has saved can go on. What is not in it is found out again:
 * pictures of access and events in flight, heads, who may be watched; ephemeral events are lost. A
 * stream that waited for access to be read anew waits there too.
 */
#ifndef MOOT_PUSH_STATE_H
#define MOOT_PUSH_STATE_H

#include "push/conn.h"

/* Of events for readers that are behind; above it they are fetched. */
#define STATE_RING_BYTES (64 * 1024 * 1024)

/* Writes the records to a file and gives the connections' descriptors in their order (borrowed;
 * caller frees the array). False: it could not be written, or found no memory: then errno is
 * ENOMEM. */
bool state_save(const struct push *p, int file, int **fds, uint32_t *n);

/*
 * Puts it into a daemon that has streams without heads and nothing else. next(ctx) gives the
 * descriptors of the n connections, one after the other, which are taken; -1: that was not
 * possible. NULL, or what is wrong; then the process is good for nothing more. No client is written
 * to.
 */
const char *state_load(
    struct push *p, struct str bytes, uint32_t n, int (*next)(void *ctx), void *ctx);
/* From now on this is the daemon: goes on with what the other one had begun. */
void state_go_on(struct push *p);

#endif
