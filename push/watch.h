/*
 * watch - whom a connection wants to know about, and telling it.
 *
 * A person is known here while some connection watches it; an edge joins the two. Only whom the
 * account of the connection may know of gets an edge, so the question is put to the database at
 * each watch and whenever a server or a conversation was lost on either side; from that moment
 * until the answer the edge is held and tells nothing. At most one flush a second to a connection,
 * of what is true then; a reader that lags is told when it has caught up.
 */
#ifndef MOOT_PUSH_WATCH_H
#define MOOT_PUSH_WATCH_H

#include "domain/presence_word.h"
#include "push/conn.h"
#include "wire/json.h"

struct op_frame;
struct snap_edge;
struct snap_extra;

#define WATCH_PERSONS 200000	/* of one node */
#define WATCH_EDGES 2000000
#define WATCH_ASK_MS 5
#define WATCH_ONCE_MS 1000	/* between two questions about one connection */
#define WATCH_FLUSH_MS 1000
#define WATCH_TICK_MS 50

struct watch;

void watch_init(struct push *p);
void watch_release(struct push *p);
/* A JSON array of at most PRESENCE_WATCHED ids, each once; false for anything else. */
bool watch_ids(const struct json *list, int64_t ids[PRESENCE_WATCHED], size_t *n);
/* Takes the place of what it watched. False: too much is watched on this node. */
bool watch_set(struct push *p, struct conn *c, const int64_t *ids, size_t n);
/* {"op":"watch","user_ids":[…]}: see ops.h. */
enum err watch_op(struct push *p, struct conn *c, const struct op_frame *f);
/* ?watch=: kept until watch_begin(), when the connection is live. False: not such a list. */
bool watch_query(struct conn *c, struct str list);
void watch_begin(struct push *p, struct conn *c);
/* What another daemon knew of it: whom it watches, and what it was told of them. Asks anew who may
 * be watched; what was told is not said again. */
void watch_restore(struct push *p, struct conn *c, const struct snap_extra *x);
/* For another daemon; edges: room for PRESENCE_WATCHED, borrowed as long as out is used. */
void watch_save(
    const struct push *p, const struct conn *c, struct snap_edge *edges, struct snap_extra *out);
/* The connection is gone. */
void watch_end(struct push *p, struct conn *c);

/* A server or conversation went or came for this connection, or for that account. */
void watch_conn_lost(struct push *p, struct conn *c);
/* Somebody may have lost a channel of a server that this connection reads, or read. Costs nothing
 * where no guest is watched, nor watches. */
void watch_channel_lost(struct push *p, struct conn *c);
void watch_conn_gained(struct push *p, struct conn *c);
void watch_person_lost(struct push *p, int64_t account);
/* Something was posted there: in a conversation perhaps its author's first, who is shown from then
 * on. */
void watch_posted(struct push *p, uint32_t stream);

/* What the bus says: `on` at that node since Unix second s; 0 with PRESENCE_OFFLINE: not to be
 * shown. */
void watch_state(struct push *p, int64_t account, uint32_t node, enum presence on, int64_t s);
/* Whom of the watched that node has is read anew. */
void watch_read_node(struct push *p, uint32_t node);
void watch_node_gone(struct push *p, uint32_t node);
/* The bus was away, and what it said meanwhile of blocks nobody says again: all are asked about.
 * All nodes are read anew, when they had the time to say all again. */
void watch_bus_back(struct push *p);
/* Now and then: connections whose streams do not tell all losses are asked about anew. */
void watch_sweep(struct push *p);

#endif
