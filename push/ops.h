/*
 * ops - what clients say on a WebSocket: {"op":…} frames, pings, the close.
 *
 *   {"op":"typing","channel_id":"…"}                  typing.h
 *   {"op":"read","channel_id":"…","seq":n}            marks.h
 *   {"op":"delivered","channel_id":"…","seq":n}       marks.h
 *   {"op":"presence","status":"…"}                    presence.h
 *   {"op":"watch","user_ids":["…"]}                   watch.h
 *
 * Nothing is answered when all is well. A wrong frame is answered by {"control":"error","code":…};
 * breaking the protocol or a limit ends the connection with the code of RFC 6455 7.4.
 */
#ifndef MOOT_PUSH_OPS_H
#define MOOT_PUSH_OPS_H

#include "domain/presence_word.h"
#include "push/conn.h"

#define OPS_WINDOW_S 60		/* what a client says is counted by the minute */
#define OPS_PER_MINUTE 120	/* messages of one connection; one more ends it */
#define OPS_FRAME_MAX 4096	/* bytes; but a list to watch may fill WS_MESSAGE_MAX */
#define OPS_FRAMES_PER_MINUTE 300	/* with pings and pongs */

/* A frame that ops.c has let pass: what its row of the table says is there. Borrowed. */
struct op_frame {
	const struct json *json;
	uint32_t stream;	/* OP_CHANNEL: of the channel, which the connection reads */
	int64_t channel;
	int64_t seq;		/* OP_SEQ: 0 … MARK_SEQ_MAX */
	enum presence status;	/* OP_STATUS: never PRESENCE_OFFLINE */
};

/* Bytes of an open WebSocket, in any pieces; may end the connection. bytes: borrowed. */
void ops_take(struct push *p, struct conn *c, struct str bytes);

/* Answers a frame of that op with the code word of an error. */
void ops_error(struct push *p, struct conn *c, enum err e, struct str op);

#endif
