/*
 * push - the daemon's state: streams, accounts, connections and what ties them together.
 *
 * A stream is known here while somebody reads it, or a channel below it, and a little longer. An
 * account is known while it has a connection. Who reads what stands in the connection: one
 * subscription per stream, 8 bytes: the stream and the rev sent last. So live delivery, a slow
 * reader and a resumed one are the same thing: whatever lies between `sent` and the stream's head
 * is still to be written.
 *
 * Everything names everything else by slab numbers. One thread, one loop.
 */
#ifndef MOOT_PUSH_PUSH_H
#define MOOT_PUSH_PUSH_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "domain/feed.h"
#include "domain/site.h"
#include "link/crowd.h"
#include "link/loop.h"
#include "link/redis_sub.h"
#include "push/core/idmap.h"
#include "push/core/list.h"
#include "push/core/readers.h"
#include "push/core/ring.h"
#include "push/core/slab.h"
#include "wire/cursor.h"
#include "wire/jwt.h"

#define HOLD_MS 50		/* how long before the earlier ones are fetched */
#define SWEEP_GRACE_MS 100	/* how long the bus may still be first with what the sweep found */
#define HEAD_GRACE_MS 25	/* … with what a head tells of, which was read when the bus was there */
#define FETCH_AGAIN_MS 1000	/* a fetch that brought nothing is repeated */
#define CLOCKS_DIFFER_MS 60000	/* between two machines, at most; older events begin the sweep */
#define GAINS_MAX 64		/* streams given to an account since its picture; of more a reset tells */
#define SWEEP_WINDOW_S 6	/* a commit is seen so long after its event id was made, at most */
#define WHEEL_SLOTS 64
#define WHEEL_OFF 127
#define IDLE_S 30		/* a stream nobody reads is kept so long */
#define DEAF_MS 3000		/* without bus or database: then the clients are told */

struct push;

struct stream {
	int64_t id;
	int64_t head;		/* newest rev processed; -1: not known yet */
	int64_t access_rev;	/* newest processed rev that changed who may read what */
	struct flow *flow;	/* see flow.h; NULL when all is quiet */
	struct readers readers;
	uint32_t parent;	/* of a channel: its server, or SLAB_NONE */
	uint32_t refs;		/* channels below it */
	char *name;		/* of a channel, for the text format */
	uint32_t number;	/* its own, in the slab */
	uint8_t kind;		/* enum feed_kind; 0: no stream has this number */
	bool is_idle : 1;		/* stands in the list of idle ones */
	bool is_stuck : 1;		/* … of those with a due_ms */
	bool is_blocked : 1;	/* … of those waiting for their server */
	bool wants_fetch : 1;	/* … of those to be fetched */
	bool fetching : 1;
	bool wants_head : 1;
	bool has_barrier : 1;	/* an access reread must end before anything more is delivered */
};

static_assert(sizeof(struct stream) <= 72, "a stream has become larger");


/* Why a stream begins anew for a client; in a snapshot by number. */
enum reset_why {
	RESET_OLD,		/* too much was missed */
	RESET_HISTORY,		/* no permission to read back */
	RESET_JOINED,		/* it could not be read before */
	RESET_WHY__MAX
};

struct gain {
	int64_t stream;
	int64_t rev;
};

struct account {
	int64_t id;
	uint64_t read_seq;	/* the newest picture that was applied was asked as this number */
	struct gain *gains;	/* access events that named it since then */
	uint32_t first;		/* connections, newest first */
	uint32_t n_conns;
	uint8_t n_gains;	/* at most GAINS_MAX */
	uint8_t on;		/* enum presence: what was told of him last */
	uint8_t chosen;		/* … what he has chosen by hand */
	bool wanted : 1;	/* stands in the queue for a picture */
	bool in_flight : 1;
	bool again : 1;		/* wanted once more while in flight */
	bool due : 1;		/* stands in the list of presence.c */
	bool unstored : 1;	/* what was chosen is not known to be in the database */
	bool shows_seen : 1;	/* others may know when he was here last */
};

static_assert(sizeof(struct account) <= 40, "an account has become larger");

/* Streams (and those below) wait until these accounts were read anew. */
struct barrier {
	uint32_t stream;
	uint64_t seq;
	uint32_t *accounts;
	uint32_t n;
};

struct push {
	struct config config;
	struct site site;	/* of its base_url */
	struct feed *feed;
	struct redis_sub *bus;	/* NULL: no Redis configured */
	struct jwt_key key;
	uint8_t key_bytes[4096];
	size_t key_len;
	char node[9];
	char canary[9];		/* ends the name of its topic; of this process alone */
	int64_t epoch;
	bool has_epoch;

	struct crowd crowd;	/* descriptors of connections */
	struct slab streams, accounts, conns;
	struct idmap stream_ids, account_ids;
	struct ring_store rings;

	union {
		struct {
			struct list idle;	/* streams, and the second since, by turns */
			struct list stuck, blocked, fetch, heads;	/* streams */
			struct list dirty, dead;			/* connections */
			struct list access;				/* accounts wanting a picture */
		};
		struct list lists[8];
	};
	struct barrier *barriers;
	uint32_t n_barriers;
	uint64_t seq;		/* numbers pictures and barriers */
	uint32_t serial;	/* numbers connections */
	int pictures;		/* in flight */
	int fetches;
	struct burial *burials;	/* of nodes, going on */
	int64_t bury_said_ms;	/* when the log was told that Redis refuses it, 0: never */
	struct marks *marks;	/* made when first wanted */

	struct frame **ephemerals;	/* of this turn */
	uint32_t n_ephemerals;

	struct loop_timer second, access_timer, stuck_timer, fetch_timer, flush_timer;
	uint32_t now_s;		/* monotonic seconds of the last tick */
	int64_t flushed_us;
	uint32_t flush_writes, flush_deliveries;

	int64_t max_event;	/* newest event id seen */
	int64_t seen_ids[SWEEP_WINDOW_S];	/* max_event of the last seconds, newest first */
	bool sweeping;
	uint32_t recent[SWEEP_WINDOW_S];	/* events a second */
	uint32_t heads_checked_s;

	int64_t bus_lost_ms, feed_lost_ms;	/* 0: is there */
	int64_t canary_ms;	/* when the last one came back */
	uint32_t canaries;	/* numbers them */
	uint32_t canary_back;	/* the newest that came back */
	uint32_t canary_wanted;	/* relay_catch_up() */
	bool live;		/* what clients were told */

	struct presence_hub *presence;
	struct nodes_hub *nodes;
	struct watch_hub *watch;
	struct typing_hub *typing;
	struct server *server;
	struct handover *handover;	/* NULL: nothing can be handed over (yet) */
	struct takeover *takeover;	/* NULL: nothing is being taken over */

	uint32_t wheel[WHEEL_SLOTS];	/* connections by second */
	uint32_t blocked_conns;
	uint32_t n_stream_conns, n_ws_conns;	/* live ones */
	bool taking;		/* another daemon still serves: nothing is said or asked about streams */
	bool unheard;		/* connections are there, but not in the crowd yet */
	bool untold;		/* … and all of presence is to be said anew by us */
	uint32_t subscribed;	/* … streams that are on the bus already */
	bool draining;
	int64_t drain_until_ms;
};

static_assert(offsetof(struct push, access) + sizeof(struct list) ==
    offsetof(struct push, lists) + sizeof(((struct push *)NULL)->lists), "lists holds all of them");

static inline struct stream *
stream_at(const struct push *p, uint32_t i)
{
	return slab_at(&p->streams, i);
}

static inline struct account *
account_at(const struct push *p, uint32_t i)
{
	return slab_at(&p->accounts, i);
}

#endif
