#include "wire/frame.h"

#include <assert.h>
#include <string.h>

#include "wire/text.h"
#include "wire/ws_frame.h"

#define RETURN_SYMBOL "\xe2\x8f\x8e"

void
frame_chunk_head(char head[FRAME_CHUNK_HEAD], size_t len)
{
	assert(len < 1u << 20);
	memcpy(head, "00000\r\n", FRAME_CHUNK_HEAD);
	for (size_t i = 5; i-- > 0; len >>= 4)
		head[i] = "0123456789abcdef"[len & 15];
}

size_t
frame_begin(struct buf *out, enum frame_format f)
{
	if (f == FRAME_CHUNKED)
		buf_add_cstr(out, "00000\r\n");
	return out->len;
}

void
frame_end(struct buf *out, enum frame_format f, size_t began)
{
	char head[FRAME_CHUNK_HEAD];

	if (f != FRAME_CHUNKED || !buf_ok(out))
		return;
	frame_chunk_head(head, out->len - began);
	memcpy(out->p + began - (FRAME_CHUNK_HEAD - 1), head, FRAME_CHUNK_HEAD - 1);
	buf_add_cstr(out, FRAME_CHUNK_END);
}

static void
control_sse(struct buf *out, struct str name, struct str members, struct str cursor)
{
	buf_add_cstr(out, "event: ");
	buf_add_str(out, name);
	if (cursor.p != NULL) {
		buf_add_cstr(out, "\nid: ");
		buf_add_str(out, cursor);
	}
	buf_add_cstr(out, "\n" FRAME_SSE_PREFIX "{");
	buf_add_str(out, members);
	buf_add_cstr(out, "}" FRAME_SSE_SUFFIX);
}

#define OBJECT_HEAD "{\"control\":\""
#define OBJECT_CURSOR ",\"cursor\":\""

static size_t
object_len(struct str name, struct str members, struct str cursor)
{
	return sizeof(OBJECT_HEAD) - 1 + name.len + 2 + (members.len > 0 ? members.len + 1 : 0) +
	    (cursor.p != NULL ? sizeof(OBJECT_CURSOR) + cursor.len : 0);
}

static void
control_object(struct buf *out, struct str name, struct str members, struct str cursor)
{
	buf_add_cstr(out, OBJECT_HEAD);
	buf_add_str(out, name);
	buf_add_char(out, '"');
	if (members.len > 0) {
		buf_add_char(out, ',');
		buf_add_str(out, members);
	}
	if (cursor.p != NULL) {
		buf_add_cstr(out, OBJECT_CURSOR);
		buf_add_str(out, cursor);
		buf_add_char(out, '"');
	}
	buf_add_char(out, '}');
}

static void
control_ws(struct buf *out, struct str name, struct str members, struct str cursor)
{
	uint8_t head[WS_HEADER_MAX];

	buf_add(out, head, ws_header(head, WS_TEXT, object_len(name, members, cursor)));
	control_object(out, name, members, cursor);
}

void
frame_control(struct buf *out, enum frame_format f, struct str name, struct str members, struct str cursor)
{
	switch (f) {
	case FRAME_SSE:
	case FRAME_CHUNKED:
		control_sse(out, name, members, cursor);
		break;
	case FRAME_WS:
		control_ws(out, name, members, cursor);
		break;
	case FRAME_NDJSON:
		control_object(out, name, members, cursor);
		buf_add_char(out, '\n');
		break;
	case FRAME_TEXT:
		if (str_eq(name, STR("hb")))
			buf_add_char(out, '\n');
		break;
	case FRAME_POLL:
	case FRAME__MAX:
		break;
	}
}

static void
add_one_line(struct buf *out, struct str s)
{
	text_add_shown(out, s, RETURN_SYMBOL, "\\x09");
}

void
frame_text_line(struct buf *out, struct str channel, struct str username, struct str text)
{
	buf_add_char(out, '#');
	add_one_line(out, channel.p != NULL ? channel : STR("?"));
	buf_add_cstr(out, " <");
	add_one_line(out, username.p != NULL ? username : STR("?"));
	buf_add_cstr(out, "> ");
	add_one_line(out, text);
	buf_add_char(out, '\n');
}

/* Takes `lit` from the front of *s. */
static bool
take(struct str *s, struct str lit)
{
	if (!str_has_prefix(*s, lit))
		return false;
	*s = (struct str){ s->p + lit.len, s->len - lit.len };
	return true;
}

static bool
take_digits(struct str *s, struct str *out)
{
	size_t n = 0;

	while (n < s->len && s->p[n] >= '0' && s->p[n] <= '9')
		n++;
	*out = (struct str){ s->p, n };
	*s = (struct str){ s->p + n, s->len - n };
	return n > 0;
}

/* No string of the envelope can hold the quotes that `data` begins with. */
bool
frame_message_seq(struct str envelope, int64_t *seq)
{
	static const char data[] = ",\"data\":{\"id\":\"";
	struct str rest = envelope, digits;
	const char *at;
	uint64_t v;

	if (!take(&rest, STR("{\"type\":\"message.created\",")) && !take(&rest, STR("{\"type\":\"message.updated\",")))
		return false;
	at = memmem(rest.p, rest.len, data, sizeof(data) - 1);
	if (at == NULL)
		return false;
	rest = (struct str){ at, rest.len - (size_t)(at - rest.p) };
	if (!take(&rest, STR(",\"data\":{\"id\":\"")) || !take_digits(&rest, &digits) ||
	    !take(&rest, STR("\",\"channel_id\":\"")) || !take_digits(&rest, &digits) ||
	    !take(&rest, STR("\",\"seq\":")) || !take_digits(&rest, &digits) || !take(&rest, STR(",")) ||
	    !str_to_u64(digits, INT64_MAX, &v))
		return false;
	*seq = (int64_t)v;
	return true;
}
