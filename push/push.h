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
 *
 * The words:
 *   picture    what an account may read, as the database said at one moment; see admit.h
 *   claim      a session or a token that a connection came with, for the database to confirm
 *   gain       an event that gave an account a stream since its last picture
 *   barrier    a stream waits until the access of all who read it has been read anew
 *   flow       how far a stream has come; what it holds are events that wait for earlier ones
 *   sweep      the look, each second, for events that the bus did not bring
 *   head       a stream's newest rev; walk, run, batch: ways of what lies before it to the readers
 *   special    what a reader is told of a stream beside its events: reset or revoke
 *   part       the rest of a write of which the kernel took only the beginning
 *   hello, bye the first and the last word on a stream; hb: a heartbeat, with a cursor
 *   canary     a message of our own that comes back through the whole bus
 *   leaver     somebody whose last connection has gone and who is not missed yet
 *   burial     what becomes of what a dead node said in Redis
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

#define HOLD_MS 50		/* how long an event waits before the earlier ones are fetched */
#define FETCH_AGAIN_MS 1000	/* until a fetch that brought nothing is repeated */
#define FEED_PAUSE_MS 500	/* until the database is asked again after a failure */
#define CLOCKS_DIFFER_MS 60000	/* between two machines, at most; older events begin the sweep */
#define GAINS_MAX 64		/* streams given to an account since its picture; more are resets */
#define SWEEP_WINDOW_S 6	/* a commit is seen so long after its event id was made, at most */

struct push;

struct stream {
	int64_t id;
	int64_t head;		/* newest rev processed; -1: not known yet */
	int64_t access_rev;	/* newest processed rev that changed who may read what, at least
				   the head it began with: pictures from before are too old */
	struct flow *flow;	/* see flow.h; NULL when all is quiet */
	struct readers readers;
	uint32_t parent;	/* of a channel: its server, or SLAB_NONE */
	uint32_t refs;		/* channels below it */
	char *name;		/* of a channel, for the text format */
	uint32_t number;	/* its own, in the slab */
	uint8_t kind;		/* enum feed_kind; 0: no stream has this number */
	bool is_idle : 1;		/* in the list of stream.c: nobody reads it */
	bool is_stuck : 1;		/* in a list of apply.c: it has a due_ms */
	bool is_blocked : 1;	/* in a list of apply.c: it waits for its server */
	bool wants_fetch : 1;	/* in a list of resume.c: its events are to be asked for */
	bool fetching : 1;		/* they are being asked for */
	bool wants_head : 1;	/* in a list of resume.c: its head is to be asked for */
	bool has_barrier : 1;	/* an access reread must end before anything more is delivered */
	uint8_t spare : 1;	/* no holes: whoever adds a field is asked in snapshot.c */
	uint8_t unused[2];
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
	uint8_t chosen;		/* enum presence: what he has chosen by hand */
	bool wanted : 1;	/* in the list of account.c: a picture of it is to be taken */
	bool in_flight : 1;	/* it is being taken */
	bool again : 1;		/* wanted once more while in flight */
	bool due : 1;		/* in the list of presence.c: what it says of itself is looked at */
	bool unstored : 1;	/* what was chosen is not known to be in the database */
	bool shows_seen : 1;	/* others may know when he was here last */
	uint8_t spare : 2;	/* no holes: whoever adds a field is asked in snapshot.c */
	uint8_t unused[4];
};

static_assert(sizeof(struct account) <= 40, "an account has become larger");

#define PUSH_LISTS 8	/* that push_trims() takes */
#define PUSH_JSON_MAX (4 * 1024 * 1024)	/* bytes that an event or a frame takes, read */

/*
 * What every file knows of the daemon. What only one needs stands behind a pointer to a struct that
 * is known there; xxx_init() makes it and xxx_release() ends it.
 */
struct push {
	/* From the beginning. */
	struct config config;
	struct site site;	/* of its base_url */
	struct jwt_key key;
	uint8_t key_bytes[4096];
	size_t key_len;
	char node[9];		/* of another daemon, once it has been taken over */

	/* The links, see relay.h, and what they say. */
	struct feed *feed;
	struct redis_sub *bus;	/* NULL: no Redis configured */
	int64_t epoch;
	bool has_epoch;
	bool live;		/* what clients are told of the links */

	/* What there is. */
	struct slab streams, accounts, conns;
	struct idmap stream_ids, account_ids;
	struct ring_store rings;
	struct crowd crowd;	/* descriptors of connections */
	uint32_t serial;	/* numbers connections */
	uint64_t seq;		/* numbers pictures and barriers */
	int64_t ends_ms;	/* when the next membership is over; INT64_MAX: none is */
	uint32_t n_stream_conns, n_ws_conns;	/* live ones, and long polls being answered */
	uint32_t blocked_conns;

	/* The turn. */
	uint32_t now_s;		/* monotonic seconds of the last tick */
	struct list dirty;	/* connections: to be written to at its end */
	struct list dead;	/* connections: to be freed at its end */
	struct list *trimmed[PUSH_LISTS];
	uint32_t n_trimmed;

	/* What it is about. */
	bool draining;		/* takes leave of all */
	bool taking;		/* another daemon still serves: no stream is spoken of */
	bool unheard;		/* connections are there, but not in the crowd yet */
	bool untold;		/* once it serves, all of presence is to be said anew */

	/* Of one file each. */
	struct access *access;
	struct apply *apply;
	struct bury *bury;
	struct deliver *deliver;
	struct ends *ends;
	struct handover *handover;	/* NULL: nothing can be handed over (yet) */
	struct handshake *handshake;
	struct idle_streams *idle;
	struct marks *marks;		/* made when first wanted */
	struct nodes_hub *nodes;
	struct pictures *pictures;
	struct presence_hub *presence;
	struct relay *relay;
	struct resume *resume;
	struct runs *runs;
	struct server *server;
	struct takeover *takeover;	/* NULL: nothing is being taken over */
	struct typing_hub *typing;
	struct watch_hub *watch;
	struct wheel *wheel;
};

/* What a list does not use is given back now and then, as long as the daemon lives. */
static inline void
push_trims(struct push *p, struct list *l)
{
	assert(p->n_trimmed < PUSH_LISTS);
	p->trimmed[p->n_trimmed++] = l;
}

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
