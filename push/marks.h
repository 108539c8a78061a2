/*
 * marks - read and delivered positions: what clients say on a WebSocket, and what a cursor proves.
 *
 * A mark is put to the database together with others of the same few milliseconds (may he, does it
 * move, what is told), then kept in Redis and told; see domain/mark_keys.h. Of one person's marks
 * in one channel that wait, the furthest counts. Nothing is answered when all is well. While nobody
 * flushes, or more waits for that than should, a mark is refused: REST stores it at once.
 */
#ifndef MOOT_PUSH_MARKS_H
#define MOOT_PUSH_MARKS_H

#include "push/conn.h"
#include "wire/json.h"

struct op_frame;

#define MARKS_WANTED 1024	/* marks waiting for a question; above it clients are told so */
#define MARKS_PROVED 512	/* waiting marks above which cursors are not looked at */
#define MARKS_BATCH_MS 5
#define MARKS_CHECK_MS 1000	/* how long "a flush will come" holds */
#define MARKS_PAUSE_MS 500	/* after a failure */
#define MARKS_IN_FLIGHT 2	/* questions */
#define MARKS_LOOK 64		/* events before a cursor among which its message is looked for */

/* {"op":"read","channel_id","seq"} and {"op":"delivered",…}: see ops.h. */
enum err marks_op_read(struct push *p, struct conn *c, const struct op_frame *f);
enum err marks_op_delivered(struct push *p, struct conn *c, const struct op_frame *f);
/* c came back having had everything of the stream up to rev: of a conversation that is delivered.
 */
void marks_resumed(struct push *p, const struct conn *c, uint32_t stream, int64_t rev);
/* Nothing that a client has told is on its way into Redis. */
bool marks_is_idle(const struct push *p);
void marks_release(struct push *p);

#endif
