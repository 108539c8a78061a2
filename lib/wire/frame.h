/*
 * frame - how events and control messages look on each transport of the stream.
 *
 *              event                    control
 *   SSE        data: <json>\n\n         event: <name>\n [id: <cursor>\n] data: {…}\n\n
 *   WebSocket  text frame of <json>     text frame of {"control":"<name>",…[,"cursor":"…"]}
 *   NDJSON     <json>\n                 the same object as in a WebSocket, \n
 *   text       a line a message         an empty line for hb, nothing for the others
 *   poll       element of "items"       none
 *
 * FRAME_CHUNKED is SSE whose writer puts chunks around what it writes.
 */
#ifndef MOOT_WIRE_FRAME_H
#define MOOT_WIRE_FRAME_H

#include "base/buf.h"
#include "base/str.h"

enum frame_format { FRAME_SSE, FRAME_WS, FRAME_NDJSON, FRAME_TEXT, FRAME_POLL, FRAME_CHUNKED, FRAME__MAX };

#define FRAME_SSE_PREFIX "data: "
#define FRAME_SSE_SUFFIX "\n\n"

/*
 * A chunk (RFC 9112, 7.1) is its head, so many bytes, and the end, whose zeros are the first digits of
 * the next head: see push/chunk.h. The last one stands behind an end.
 */
#define FRAME_CHUNK_HEAD 8	/* the head's bytes, and a NUL */
#define FRAME_CHUNK_END "\r\n00000000"
#define FRAME_CHUNK_SIZE (FRAME_CHUNK_HEAD - 1 + sizeof(FRAME_CHUNK_END) - 1)
#define FRAME_CHUNK_LAST "0\r\n\r\n"

static inline bool
frame_is_sse(enum frame_format f)
{
	return f == FRAME_SSE || f == FRAME_CHUNKED;
}

/* Of a chunk of len bytes, below 1 MiB. */
void frame_chunk_head(char head[FRAME_CHUNK_HEAD], size_t len);
/* With FRAME_CHUNKED what is appended between the two becomes one chunk; else nothing is added. */
size_t frame_begin(struct buf *out, enum frame_format f);
void frame_end(struct buf *out, enum frame_format f, size_t began);

/*
 * Appends one control message. members: the object's members as JSON without the braces, may be
 * empty. cursor: absent for none; of cursor_encode(), so it needs no escaping.
 */
void frame_control(struct buf *out, enum frame_format f, struct str name, struct str members, struct str cursor);
/*
 * "#channel <username> text\n" with the text on one line: line breaks become U+23CE, what else would
 * move a terminal's cursor is escaped (text_add_shown()), tabs too. channel and username may be absent: "?" stands for them.
 */
void frame_text_line(struct buf *out, struct str channel, struct str username, struct str text);

/* The seq of a message, of its message.created or message.updated envelope as SQL writes it. False when it is another. */
bool frame_message_seq(struct str envelope, int64_t *seq);

#endif
