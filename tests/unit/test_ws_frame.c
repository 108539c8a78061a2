#include <string.h>

#include "base/buf.h"
#include "tests/unit/support/unit.h"
#include "wire/ws_accept.h"
#include "wire/ws_frame.h"

static struct buf wire;		/* bytes a client sends */

static void
put(int first, struct str payload)
{
	static const uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
	uint8_t head[4] = { (uint8_t)first, (uint8_t)(0x80 | (payload.len < 126 ? payload.len : 126)),
		(uint8_t)(payload.len >> 8), (uint8_t)payload.len };

	if (wire.max == 0)
		buf_init(&wire, 65536);
	buf_add(&wire, head, payload.len < 126 ? 2 : 4);
	buf_add(&wire, mask, 4);
	for (size_t i = 0; i < payload.len; i++)
		buf_add_char(&wire, (char)((uint8_t)payload.p[i] ^ mask[i & 3]));
}

/* Feeds all in pieces of `piece` bytes; writes a line for each event. */
static const char *
read_all(size_t piece)
{
	static struct ws_reader r;
	struct arena *a = unit_arena();
	const char *log = "";

	memset(&r, 0, sizeof(r));
	for (size_t at = 0; at < wire.len;) {
		size_t n = wire.len - at < piece ? wire.len - at : piece, taken;
		struct str part = guard_copy((struct str){ wire.p + at, n });
		struct ws_event ev;
		enum ws_result res = ws_reader_feed(&r, part.p, part.len, &taken, &ev);

		ck_assert(ws_reader_is_sane(&r));
		ck_assert_uint_le(taken, n);
		ck_assert(res != WS_MORE || taken == n);
		at += taken;
		if (res == WS_FAIL)
			return arena_printf(a, "%sfail %d", log, ev.code);
		if (res == WS_EVENT && ev.op == WS_CLOSE)
			log = arena_printf(a, "%sclose %d %.*s|", log, ev.code, STR_FMT(ev.payload));
		else if (res == WS_EVENT)
			log = arena_printf(a, "%s%d %.*s|", log, (int)ev.op, STR_FMT(ev.payload));
	}
	return arena_printf(a, "%s%s", log, ws_reader_is_idle(&r) ? "idle" : "open");
}

static void
expect(const char *want)
{
	for (size_t piece = 1; piece < 20; piece++)
		ck_assert_str_eq(read_all(piece), want);
	ck_assert_str_eq(read_all(wire.len), want);
	buf_clear(&wire);
}

START_TEST(reads_messages_and_control_frames)
{
	put(0x81, STR("hello"));
	expect("1 hello|idle");
	put(0x82, STR(""));
	expect("2 |idle");
	put(0x01, STR("hel"));
	put(0x89, STR("ping"));
	put(0x00, STR(""));
	put(0x80, STR("lo"));
	put(0x8a, STR("pong"));
	expect("9 ping|1 hello|10 pong|idle");
	put(0x01, STR("begun"));
	expect("open");
	put(0x88, STR(""));
	expect("close 1005 |idle");
	put(0x88, STR("\x03\xe9why"));
	expect("close 1001 why|idle");
}
END_TEST

START_TEST(refuses_broken_frames)
{
	static const struct { int first; struct str payload; const char *want; } bad[] = {
		{ 0xc1, STR("x"), "fail 1002" }, { 0xa1, STR("x"), "fail 1002" }, { 0x91, STR("x"), "fail 1002" },
		{ 0x83, STR("x"), "fail 1002" }, { 0x8b, STR("x"), "fail 1002" }, { 0x09, STR("x"), "fail 1002" },
		{ 0x80, STR("x"), "fail 1002" }, { 0x00, STR("x"), "fail 1002" }, { 0x88, STR("x"), "fail 1002" },
		{ 0x88, STR("\x03\xed"), "fail 1002" }, { 0x88, STR("\x03\xe8\xff"), "fail 1007" },
		{ 0x81, STR("\xc0\xaf"), "fail 1007" }, { 0x81, STR("\xed\xa0\x80"), "fail 1007" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put(bad[i].first, bad[i].payload);
		expect(bad[i].want);
	}
	put(0x01, STR("a"));
	put(0x81, STR("b"));
	expect("fail 1002");
	buf_add(&wire, "\x81\x01x", 3);
	expect("fail 1002");
}
END_TEST

START_TEST(bounds_messages_before_reading_them)
{
	static char many[WS_MESSAGE_MAX + 1];
	static const struct { struct str head; const char *want; } big[] = {
		{ STR("\x81\xff\x00\x00\x01\x00\x00\x00\x00\x00mask"), "fail 1009" },
		{ STR("\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00mask"), "fail 1002" },
		{ STR("\x81\xff\x00\x00\x00\x00\x00\x00\x00\x05mask"), "fail 1002" },
		{ STR("\x81\xfe\x00\x7dmask"), "fail 1002" },
		{ STR("\x81\xfe\x14\x01mask"), "fail 1009" },
		{ STR("\x89\xfe\x00\x7emask"), "fail 1002" },
	};

	memset(many, 'm', sizeof(many));
	put(0x81, (struct str){ many, WS_MESSAGE_MAX });
	ck_assert_uint_eq(strlen(read_all(1000)), WS_MESSAGE_MAX + strlen("1 |idle"));
	buf_clear(&wire);
	for (size_t i = 0; i < sizeof(big) / sizeof(big[0]); i++) {
		buf_add_str(&wire, big[i].head);
		expect(big[i].want);
	}
	put(0x01, (struct str){ many, WS_MESSAGE_MAX });
	put(0x80, STR("x"));
	ck_assert_str_eq(read_all(100), "fail 1009");
	buf_clear(&wire);
}
END_TEST

START_TEST(writes_headers)
{
	uint8_t h[WS_HEADER_MAX];

	ck_assert_uint_eq(ws_header(h, WS_TEXT, 125), 2);
	ck_assert_mem_eq(h, "\x81\x7d", 2);
	ck_assert_uint_eq(ws_header(h, WS_PONG, 126), 4);
	ck_assert_mem_eq(h, "\x8a\x7e\x00\x7e", 4);
	ck_assert_uint_eq(ws_header(h, WS_TEXT, 65535), 4);
	ck_assert_uint_eq(ws_header(h, WS_TEXT, 65536), 10);
	ck_assert_mem_eq(h, "\x81\x7f\0\0\0\0\0\x01\0\0", 10);
	ws_close_frame(h, 4001);
	ck_assert_mem_eq(h, "\x88\x02\x0f\xa1", 4);
}
END_TEST

START_TEST(knows_close_codes)
{
	static const uint16_t good[] = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4999 };
	static const uint16_t bad[] = { 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535 };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert(ws_code_is_valid(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert(!ws_code_is_valid(bad[i]));
}
END_TEST

/* RFC 6455 1.3 and the SHA-1 of a key with every bit set */
START_TEST(answers_the_handshake)
{
	char out[WS_ACCEPT_LEN + 1];

	ws_accept(STR("dGhlIHNhbXBsZSBub25jZQ=="), out);
	ck_assert_str_eq(out, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	ws_accept(STR("/////////////////////w=="), out);
	ck_assert_uint_eq(strlen(out), WS_ACCEPT_LEN);
	ck_assert(ws_key_is_valid(STR("dGhlIHNhbXBsZSBub25jZQ==")));
	ck_assert(!ws_key_is_valid(STR("dGhlIHNhbXBsZSBub25jZQ=")));
	ck_assert(!ws_key_is_valid(STR("dGhlIHNhbXBsZSBub25jZR==")));
	ck_assert(!ws_key_is_valid(STR("dGhlIHNhbXBsZSBub25jZ===")));
	ck_assert(!ws_key_is_valid(STR("dGhlIHNhbXBsZ\0Bub25jZQ==")));
	ck_assert(!ws_key_is_valid(STR("")));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { reads_messages_and_control_frames, refuses_broken_frames,
		bounds_messages_before_reading_them, writes_headers, knows_close_codes, answers_the_handshake, NULL };

	return unit_run("ws_frame", tests);
}
