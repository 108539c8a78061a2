/*
 * fake_redis - a peer on a unix socket, in the loop of the test, that says what the test wants.
 */
#ifndef MOOT_TESTS_FAKE_REDIS_H
#define MOOT_TESTS_FAKE_REDIS_H

#include "base/buf.h"
#include "link/loop.h"

#define FAKE_PEERS 8	/* connections in all; more end the test */

struct fake_redis;

struct fake_peer {
	struct fake_redis *owner;
	struct loop_io io;
	struct buf in, out;
};

struct fake_redis {
	/* The words of a whole command with a blank between them; borrowed for the call. */
	void (*command)(struct fake_peer *peer, const char *words);
	struct loop_io io;
	int n;
	struct fake_peer peers[FAKE_PEERS];
};

/* Listens; f is zeroed but for `command`, the path in the test's directory is returned as a target
 * for redis_sub_new(). */
const char *fake_redis_start(struct fake_redis *f);
void fake_redis_stop(struct fake_redis *f);
/* Sent as they are, when the peer reads. */
void fake_redis_say(struct fake_peer *peer, const char *bytes);

#endif
