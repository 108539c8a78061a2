/*
 * presence - what this node says of the people that are connected to it: a hash in Redis and a line
 * on the topic at each change, never more. A change waits a moment, so that many are one question
 * and one message. Who leaves stays for a while in a list of his own, so that a reload is not seen.
 *
 * What somebody chose by hand stands in Postgres and comes with his picture. What he chooses on a
 * stream is put into Redis for the jobs to store, told to his other nodes, and holds here until a
 * picture says the same: so losing Redis or a node shows nobody who has hidden.
 */
#ifndef MOOT_PUSH_PRESENCE_H
#define MOOT_PUSH_PRESENCE_H

#include "domain/presence_word.h"
#include "push/conn.h"
#include "wire/json.h"

struct op_frame;
struct snap_leaver;

#define PRESENCE_BATCH 500	/* accounts in one command */
#define PRESENCE_BATCH_MS 20
#define PRESENCE_BUSY_MS 100	/* until it is tried again when too much waits for Redis already */
#define PRESENCE_SLICE 2000	/* people that are said anew in one turn */
#define PRESENCE_WAITING (1024 * 1024)	/* bytes on their way to Redis above which they wait */
#define PRESENCE_POLL_TIMES 6	/* who polls stays so many times longer */

void presence_init(struct push *p);
/* After the bus has gone: its answers are told to us to the end. */
void presence_release(struct push *p);
/* The daemon ends soon: its people may come back elsewhere before they are missed. */
void presence_stop(struct push *p);
/* Redis takes commands (again), or others took this node for dead: says all anew. */
void presence_say_all(struct push *p);
/* All is being said anew, or has to be. */
bool presence_is_untold(const struct push *p);
/* Once a second: who has left for long enough. */
void presence_tick(struct push *p);

/* An account of which nothing is known so far. */
void presence_begin(struct account *a);
/* A connection of his was let in: he had not left, when he is not missed yet. */
void presence_back(struct push *p, struct account *a);
/* Its connections, or what they say of themselves, have changed. */
void presence_look(struct push *p, uint32_t account);
/* Its last connection is gone; those that were not let in do not count. */
void presence_left(struct push *p, struct account *a, bool polled);
/* Gone, but not missed yet: what he changed just before still counts. */
bool presence_is_leaving(const struct push *p, const struct account *a);
/* Who has left and is not missed yet, for another daemon: places 0 … presence_leavers() - 1, some
 * of them empty (false). */
bool presence_leaver(const struct push *p, uint32_t i, struct snap_leaver *out);
uint32_t presence_leavers(const struct push *p);
void presence_restore_leaver(struct push *p, const struct snap_leaver *l);
/* Another daemon has them all: who goes here from now on does not leave. */
void presence_let_go(struct push *p);
/* Access was read: `own` is the row of the account's own stream, which has what he chose by hand
 * and whether others may see when he was here. A choice that is not stored yet stands until it says
 * the same. */
void presence_picture(struct push *p, uint32_t account, const struct feed_access *own);
/* What passes by on the topic of an account: true when it is for the daemons only. */
bool presence_control(struct push *p, uint32_t stream, const struct bus_event *e);
/* What the account was told of itself, user.updated: it names the status. */
void presence_told(struct push *p, uint32_t stream, struct str envelope);
/* {"op":"presence","status"}: see ops.h. */
enum err presence_op(struct push *p, struct conn *c, const struct op_frame *f);

#endif
