#include "wire/ws_frame.h"

#include <string.h>

#include "wire/text.h"

static bool
is_control(uint8_t op)
{
	return (op & 8) != 0;
}

static enum ws_result
fail(struct ws_event *ev, uint16_t code)
{
	ev->code = code;
	return WS_FAIL;
}

/* Bytes of the header as far as its first two tell. */
static size_t
head_size(const uint8_t *head)
{
	uint8_t len = head[1] & 0x7f;

	return 2 + (len == 126 ? 2u : len == 127 ? 8u : 0u) + ((head[1] & 0x80) != 0 ? 4u : 0u);
}

/* The checks of 5.2, 5.4 and 5.5 that need the first two bytes only; 0 or a close code. */
static uint16_t
check_first_bytes(const struct ws_reader *r)
{
	uint8_t op = r->head[0] & 0x0f;
	bool fin = (r->head[0] & 0x80) != 0;

	if ((r->head[0] & 0x70) != 0 || (r->head[1] & 0x80) == 0)
		return WS_PROTOCOL;
	if (is_control(op))
		return op > WS_PONG || !fin || (r->head[1] & 0x7f) > WS_CONTROL_MAX ? WS_PROTOCOL
										    : 0;
	if (op > WS_BINARY)
		return WS_PROTOCOL;
	return (op == WS_CONT) != (r->message_op != 0) ? WS_PROTOCOL : 0;
}

static uint64_t
read_be(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

/* The header is whole: takes lengths and mask from it. 0 or a close code. */
static uint16_t
open_frame(struct ws_reader *r)
{
	uint64_t len = r->head[1] & 0x7f;

	if (len == 126) {
		len = read_be(r->head + 2, 2);
		if (len < 126)
			return WS_PROTOCOL;
	} else if (len == 127) {
		len = read_be(r->head + 2, 8);
		if (len >> 63 != 0 || len <= 0xffff)
			return WS_PROTOCOL;
	}
	r->op = r->head[0] & 0x0f;
	r->fin = (r->head[0] & 0x80) != 0;
	if (!is_control(r->op) && len > WS_MESSAGE_MAX - r->message_len)
		return WS_TOO_BIG;
	if (r->op == WS_TEXT || r->op == WS_BINARY)
		r->message_op = r->op;
	memcpy(r->mask, r->head + r->head_len - 4, 4);
	r->frame_len = (uint32_t)len;
	r->frame_got = 0;
	r->in_payload = true;
	return 0;
}

bool
ws_code_is_valid(uint16_t code)
{
	if (code >= 3000)
		return code <= 4999;
	return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

static enum ws_result
end_close(struct ws_reader *r, struct ws_event *ev)
{
	ev->op = WS_CLOSE;
	ev->code = WS_NO_CODE;
	ev->payload = (struct str){ (const char *)r->control, 0 };
	if (r->frame_len == 0)
		return WS_EVENT;
	if (r->frame_len == 1)
		return fail(ev, WS_PROTOCOL);
	ev->code = (uint16_t)read_be(r->control, 2);
	if (!ws_code_is_valid(ev->code))
		return fail(ev, WS_PROTOCOL);
	ev->payload = (struct str){ (const char *)r->control + 2, r->frame_len - 2 };
	return utf8_is_valid(ev->payload) ? WS_EVENT : fail(ev, WS_NOT_UTF8);
}

/* A frame's last byte has come. */
static enum ws_result
end_frame(struct ws_reader *r, struct ws_event *ev)
{
	r->in_payload = false;
	r->head_len = 0;
	if (r->op == WS_CLOSE)
		return end_close(r, ev);
	if (is_control(r->op)) {
		ev->op = (enum ws_op)r->op;
		ev->payload = (struct str){ (const char *)r->control, r->frame_len };
		return WS_EVENT;
	}
	r->message_len += r->frame_len;
	if (!r->fin)
		return WS_MORE;
	ev->op = (enum ws_op)r->message_op;
	ev->payload = (struct str){ (const char *)r->message, r->message_len };
	r->message_op = 0;
	r->message_len = 0;
	if (ev->op == WS_TEXT && !utf8_is_valid(ev->payload))
		return fail(ev, WS_NOT_UTF8);
	return WS_EVENT;
}

/* Takes header bytes until the header is whole; 0 or a close code. */
static uint16_t
feed_head(struct ws_reader *r, const uint8_t *p, size_t n, size_t *used)
{
	uint16_t code;

	while (*used < n && !r->in_payload) {
		r->head[r->head_len++] = p[(*used)++];
		if (r->head_len == 2 && (code = check_first_bytes(r)) != 0)
			return code;
		if (r->head_len >= 2 && r->head_len == head_size(r->head) &&
		    (code = open_frame(r)) != 0)
			return code;
	}
	return 0;
}

static void
feed_payload(struct ws_reader *r, const uint8_t *p, size_t n, size_t *used)
{
	uint8_t *to = is_control(r->op) ? r->control : r->message + r->message_len;
	size_t take = r->frame_len - r->frame_got;

	if (take > n - *used)
		take = n - *used;
	for (size_t i = 0; i < take; i++, r->frame_got++)
		to[r->frame_got] = p[*used + i] ^ r->mask[r->frame_got & 3];
	*used += take;
}

enum ws_result
ws_reader_feed(struct ws_reader *r, const void *p, size_t n, size_t *used, struct ws_event *ev)
{
	*used = 0;
	while (*used < n) {
		uint16_t code = feed_head(r, p, n, used);

		if (code != 0)
			return fail(ev, code);
		if (!r->in_payload)
			return WS_MORE;
		feed_payload(r, p, n, used);
		if (r->frame_got == r->frame_len) {
			enum ws_result res = end_frame(r, ev);

			if (res != WS_MORE)
				return res;
		}
	}
	return WS_MORE;
}

bool
ws_reader_is_idle(const struct ws_reader *r)
{
	return r->head_len == 0 && !r->in_payload && r->message_op == 0;
}

bool
ws_reader_is_sane(const struct ws_reader *r)
{
	if (r->head_len > sizeof(r->head) || r->message_len > WS_MESSAGE_MAX)
		return false;
	if (r->message_op != 0 && r->message_op != WS_TEXT && r->message_op != WS_BINARY)
		return false;
	if (!r->in_payload)
		return r->message_op != 0 || r->message_len == 0;
	if (is_control(r->op))
		return r->frame_len <= WS_CONTROL_MAX && r->frame_got <= r->frame_len;
	return r->frame_got <= r->frame_len && r->message_len + r->frame_len <= WS_MESSAGE_MAX;
}

size_t
ws_header(uint8_t out[WS_HEADER_MAX], enum ws_op op, uint64_t len)
{
	out[0] = (uint8_t)(0x80 | op);
	if (len < 126) {
		out[1] = (uint8_t)len;
		return 2;
	}
	if (len <= 0xffff) {
		out[1] = 126;
		out[2] = (uint8_t)(len >> 8);
		out[3] = (uint8_t)len;
		return 4;
	}
	out[1] = 127;
	for (int i = 0; i < 8; i++)
		out[2 + i] = (uint8_t)(len >> (56 - 8 * i));
	return 10;
}

void
ws_close_frame(uint8_t out[4], uint16_t code)
{
	out[0] = 0x80 | WS_CLOSE;
	out[1] = 2;
	out[2] = (uint8_t)(code >> 8);
	out[3] = (uint8_t)code;
}
