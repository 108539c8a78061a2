/*
 * ws_frame - WebSocket frames as a server reads and writes them (RFC 6455 sections 5–7).
 *
 * The reader takes bytes in any pieces and yields whole messages and control frames. It holds at
 * most one message of WS_MESSAGE_MAX bytes; a length above that is refused when the frame's header
 * is read, before a byte of payload is kept. No extension is ever negotiated, so every reserved bit
 * is an error.
 */
#ifndef MOOT_WIRE_WS_FRAME_H
#define MOOT_WIRE_WS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define WS_MESSAGE_MAX 5120
#define WS_CONTROL_MAX 125
#define WS_HEADER_MAX 10

enum ws_op { WS_CONT = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

enum ws_code {
	WS_NORMAL = 1000,
	WS_PROTOCOL = 1002,
	WS_UNSUPPORTED = 1003,
	WS_NO_CODE = 1005,	/* a close frame without a code; never on the wire */
	WS_NOT_UTF8 = 1007,
	WS_POLICY = 1008,
	WS_TOO_BIG = 1009
};

enum ws_result {
	WS_MORE,	/* all bytes used, no event */
	WS_EVENT,	/* *ev is set; go on with the rest */
	WS_FAIL		/* ev->code says why; close with it and read no more */
};

struct ws_event {
	enum ws_op op;		/* TEXT, BINARY, CLOSE, PING or PONG */
	struct str payload;	/* view into the reader until the next call; for CLOSE the reason */
	uint16_t code;		/* of CLOSE or of WS_FAIL */
};

/* Zeroed it is ready. */
struct ws_reader {
	uint8_t head[14];
	uint8_t head_len;
	bool in_payload;
	bool fin;
	uint8_t op;		/* of the frame being read */
	uint8_t message_op;	/* TEXT or BINARY while a message is open, else 0 */
	uint8_t mask[4];
	uint32_t frame_len;
	uint32_t frame_got;
	uint32_t message_len;
	uint8_t control[WS_CONTROL_MAX];
	uint8_t message[WS_MESSAGE_MAX];
};

/* *used of the n bytes were taken. Payload of text messages is valid UTF-8. */
enum ws_result ws_reader_feed(struct ws_reader *r, const void *p, size_t n, size_t *used, struct ws_event *ev);
/* Between messages: nothing is lost when the reader is dropped now. */
bool ws_reader_is_idle(const struct ws_reader *r);
/* For tests: lengths within bounds, flags agree. */
bool ws_reader_is_sane(const struct ws_reader *r);

/* Header of an unmasked final frame; returns its length, 2 to 10. */
size_t ws_header(uint8_t out[WS_HEADER_MAX], enum ws_op op, uint64_t len);
/* A whole close frame with a code and no reason: 4 bytes. */
void ws_close_frame(uint8_t out[4], uint16_t code);
/* May stand in a close frame that somebody sends (7.4). */
bool ws_code_is_valid(uint16_t code);

#endif
