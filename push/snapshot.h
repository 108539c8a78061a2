/*
 * snapshot - what a daemon hands to the one that takes over from it, as bytes: records, each a head
 * of 8 bytes (kind, length of what follows; both uint32_t) and its fields one after the other, in
 * the machine's byte order. Both ends run on one machine, so seconds are those of its monotonic
 * clock.
 *
 * The order: streams, servers before channels, each with its frames behind it; accounts; who has
 * left; connections, the oldest first; and SNAP_GLOBAL, which says how many there were. Streams and
 * accounts are named by their place in there.
 *
 * …_put() appends a record; …_get() reads the payload of one and refuses whatever _put() would not
 * have written: what is read is within all bounds, and its texts and lists are views into the
 * payload. Whoever changes a record raises SNAP_VERSION.
 */
#ifndef MOOT_PUSH_SNAPSHOT_H
#define MOOT_PUSH_SNAPSHOT_H

#include "push/conn.h"
#include "push/nodes.h"

#define SNAP_VERSION 7
#define SNAP_NAME_MAX 4096
#define SNAP_FILTER_MAX 8192
#define SNAP_RECORD_MAX (CONN_PART_MAX + 512 * 1024)

/*
 * The plain fields of an account, of a connection and of its extra that go over under their own
 * names: X(type, field, highest value of a byte). The records, who writes and reads them, who saves
 * and loads and the tests are made of these lists. Whatever else there is goes over in another way,
 * or stays: with the connection's number its places in the account, the wheel and the turn (marked,
 * claimed, ephemeral, dirty, hint); blocked, which its socket says again; ping_due, as the next
 * heartbeat does; of extra `scanned`, for the head is read from its beginning.
 */
#define SNAP_ACCOUNT_FIELDS(X) \
	X(uint8_t, on, PRESENCE__MAX - 1) \
	X(uint8_t, chosen, PRESENCE__MAX - 1) \
	X(bool, unstored, 1) \
	X(bool, shows_seen, 1)

#define SNAP_CONN_FIELDS(X) \
	X(int64_t, credential, 0) \
	X(uint32_t, deadline_s, 0) \
	X(uint32_t, wrote_s, 0) \
	X(uint32_t, mark_s, 0) \
	X(uint8_t, since_mark, UINT8_MAX) \
	X(bool, idle, 1) \
	X(bool, chose, 1) \
	X(bool, no_receipts, 1) \
	X(bool, told_down, 1) \
	X(bool, hb_due, 1) \
	X(bool, ping_open, 1) \
	X(bool, behind, 1) \
	X(bool, bye_written, 1) \
	X(bool, peer_closed, 1) \
	X(bool, head_written, 1)

#define SNAP_EXTRA_FIELDS(X) \
	X(bool, is_token, 1) \
	X(bool, may_write, 1) \
	X(bool, has_cursor, 1) \
	X(bool, recheck, 1) \
	X(int64_t, epoch, 0) \
	X(uint32_t, exp_s, 0) \
	X(uint32_t, wait_s, 0) \
	X(uint32_t, window_s, 0) \
	X(uint32_t, frames, 0) \
	X(uint32_t, messages, 0)

#define SNAP_DECLARE(type, field, most) type field;
/* From `from` to `to`, either of them the record. */
#define SNAP_COPY(type, field, most) to->field = from->field;

enum snap_kind {
	SNAP_GLOBAL = 1,
	SNAP_STREAM,
	SNAP_FRAME,
	SNAP_ACCOUNT,
	SNAP_LEAVER,
	SNAP_CONN,
	SNAP__MAX
};

/* n items of one size, anywhere in memory. */
struct snap_list {
	const void *p;
	uint32_t n;
};

struct snap_node {
	char name[NODE_NAME_MAX + 1];
};

struct snap_global {
	int64_t epoch;
	int64_t max_event;
	int64_t seen_ids[SWEEP_WINDOW_S];
	struct str node;
	struct snap_list nodes;		/* struct snap_node */
	bool untold;			/* what Redis knows of this node's people may not be all */
	uint32_t n_streams, n_accounts, n_leavers, n_conns;
};

struct snap_stream {
	int64_t id;
	int64_t head;
	int64_t access_rev;
	int64_t floor;
	uint32_t parent;	/* place of its server, or SLAB_NONE */
	uint32_t n_frames;	/* that follow, the last one being the head; revs without a gap */
	uint8_t kind;		/* enum feed_kind */
	bool has_barrier;
	struct str name;	/* absent: none */
};

/* An event of the stream before it; one that cannot be sent has no body. */
struct snap_frame {
	struct bus_event e;
};

/* Of the account's membership in a server; see ends.h. */
struct snap_end {
	int64_t server;
	int64_t due_ms;		/* of the monotonic clock */
};

struct snap_account {
	int64_t id;
	SNAP_ACCOUNT_FIELDS(SNAP_DECLARE)
	bool wanted;		/* its access is to be read anew */
	struct snap_list gains;	/* struct gain */
	struct snap_list ends;	/* struct snap_end */
};

struct snap_leaver {
	int64_t id;
	uint32_t since_s, due_s;
	uint8_t on, chosen;
	bool unstored, shows_seen;
};

struct snap_special {
	int64_t rev;
	uint32_t stream;	/* its place */
	uint8_t why;		/* enum reset_why */
	bool revoke;
	bool regained;
	uint8_t zero;
};

struct snap_past {
	int64_t seq;
	uint32_t stream;	/* its place */
	uint32_t zero;
};

struct snap_edge {
	int64_t person;
	uint32_t told_seen;
	uint8_t told;		/* enum presence, or PRESENCE__MAX */
	bool shows;
	uint8_t zero[2];
};

/* Of struct extra; zeroed when there is none. */
struct snap_extra {
	SNAP_EXTRA_FIELDS(SNAP_DECLARE)
	uint8_t hash[CRYPT_SHA256_LEN];
	char accept[29];
	struct str in;
	struct str channels, types;	/* of the filter, as in a query; absent: all */
	struct str reader;		/* struct ws_reader; absent: between two frames */
	struct str resets;
	struct str part;		/* as it goes to the peer; absent: there is none */
	struct snap_list cursor;	/* struct cursor_entry */
	struct snap_list specials;	/* struct snap_special */
	struct snap_list pasts;		/* struct snap_past */
	struct snap_list typing;	/* struct typing, none or TYPING_CHANNELS */
	struct snap_list watched;	/* int64_t, ascending */
	struct snap_list edges;		/* struct snap_edge, ascending by person */
};

struct snap_conn {
	SNAP_CONN_FIELDS(SNAP_DECLARE)
	uint32_t account;	/* its place, or SLAB_NONE */
	uint16_t bye;
	uint8_t state, format;
	bool has_extra;
	struct snap_list subs;	/* struct sub, its stream being a place */
	struct snap_extra x;
};

void snap_global_put(struct buf *out, const struct snap_global *g);
void snap_stream_put(struct buf *out, const struct snap_stream *s);
void snap_frame_put(struct buf *out, const struct snap_frame *f);
void snap_account_put(struct buf *out, const struct snap_account *a);
void snap_leaver_put(struct buf *out, const struct snap_leaver *l);
void snap_conn_put(struct buf *out, const struct snap_conn *c);

/* Cuts the next record off *in. False: there is none, or it is not whole. */
bool snap_next(struct str *in, enum snap_kind *kind, struct str *payload);
bool snap_global_get(struct str payload, struct snap_global *g);
bool snap_stream_get(struct str payload, struct snap_stream *s);
bool snap_frame_get(struct str payload, struct snap_frame *f);
bool snap_account_get(struct str payload, struct snap_account *a);
bool snap_leaver_get(struct str payload, struct snap_leaver *l);
bool snap_conn_get(struct str payload, struct snap_conn *c);

/* Item i of a list, copied to where its type has its alignment. */
#define SNAP_AT(type, list, i, out) \
	memcpy((out), (const char *)(list).p + (size_t)(i) * sizeof(type), sizeof(type))

#endif
