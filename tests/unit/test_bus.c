#include "base/buf.h"
#include "tests/unit/support/unit.h"
#include "wire/bus.h"
#include "wire/frame.h"

static enum err
parse(struct str payload, struct bus_event *e)
{
	return bus_parse(guard_copy(payload), e);
}

START_TEST(round_trips)
{
	struct bus_event in = { 1882518112345620481, 7, 5, 9, BUS_LOST, INT64_MAX, STR("member.left"),
		STR_NULL, STR("{\"a\":\n\"b\"}") }, out = { 0 };
	struct buf b;

	buf_init(&b, 1000);
	bus_render(&b, &in);
	ck_str_is(buf_str(&b), "1 1882518112345620481 7 5 9 2 9223372036854775807 member.left\n{\"a\":\n\"b\"}");
	ck_err(parse(buf_str(&b), &out), ERR_OK);
	ck_assert_int_eq(out.event_id, in.event_id);
	ck_assert_int_eq(out.rev, 7);
	ck_assert_int_eq(out.parent, 5);
	ck_assert_int_eq(out.parent_rev, 9);
	ck_assert_int_eq(out.access, BUS_LOST);
	ck_assert_int_eq(out.subject, INT64_MAX);
	ck_str_is(out.type, "member.left");
	ck_str_is(out.body, "{\"a\":\n\"b\"}");
	buf_release(&b);
}
END_TEST

START_TEST(reads_an_ephemeral_event)
{
	struct bus_event e;

	ck_err(parse(STR("1 0 0 0 0 0 0 typing.started\n{}"), &e), ERR_OK);
	ck_assert_int_eq(e.rev, 0);
	ck_assert(e.hidden.p == NULL && !bus_is_hidden(e.hidden, 1));
}
END_TEST

START_TEST(says_whom_an_ephemeral_event_is_hidden_from)
{
	static const struct str bad[] = { STR("1 0 0 0 0 0 0 a \n{}"), STR("1 0 0 0 0 0 0 a 7,\n{}"),
		STR("1 0 0 0 0 0 0 a ,7\n{}"), STR("1 0 0 0 0 0 0 a 07\n{}"), STR("1 0 0 0 0 0 0 a 7 8\n{}"),
		STR("1 0 0 0 0 0 0 a x\n{}"), STR("1 1 1 0 0 0 0 a 7\n{}") };
	struct bus_event e, in = { .subject = 5, .type = STR("typing.started"), .hidden = STR("7,9223372036854775807"),
		.body = STR("{}") };
	struct buf b;

	buf_init(&b, 10000);
	bus_render(&b, &in);
	ck_str_is(buf_str(&b), "1 0 0 0 0 0 5 typing.started 7,9223372036854775807\n{}");
	ck_err(parse(buf_str(&b), &e), ERR_OK);
	ck_str_is(e.type, "typing.started");
	ck_assert(bus_is_hidden(e.hidden, 7) && bus_is_hidden(e.hidden, INT64_MAX));
	ck_assert(!bus_is_hidden(e.hidden, 5) && !bus_is_hidden(e.hidden, 77));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(parse(bad[i], &e) == ERR_BAD_REQUEST, "case %zu", i);
	buf_clear(&b);
	buf_add_cstr(&b, "1 0 0 0 0 0 0 a 1");
	while (b.len < BUS_HIDDEN_MAX + 16)
		buf_add_cstr(&b, "1");
	buf_add_cstr(&b, ",1\n{}");
	ck_err(parse(buf_str(&b), &e), ERR_BAD_REQUEST);
	buf_release(&b);
}
END_TEST

START_TEST(refuses_everything_else)
{
	static const struct str bad[] = { STR(""), STR("\n"), STR("1"), STR("1\n{}"), STR("1 1 1 0 0 0 0 a"),
		STR("1 1 1 0 0 0 a\n{}"), STR("1 1 1 0 0 0 0 0 a\n{}"), STR("2 1 1 0 0 0 0 a\n{}"),
		STR("01 1 1 0 0 0 0 a\n{}"), STR("1 01 1 0 0 0 0 a\n{}"), STR("1 -1 1 0 0 0 0 a\n{}"),
		STR("1 +1 1 0 0 0 0 a\n{}"), STR("1  1 1 0 0 0 0 a\n{}"), STR("1 1 1 0 0 6 0 a\n{}"),
		STR("1 9223372036854775808 1 0 0 0 0 a\n{}"), STR("1 1 1 0 0 0 0 \n{}"),
		STR("1 1 1 0 0 0 0 A\n{}"), STR("1 1 1 0 0 0 0 a b\n{}"), STR("1 1 1 0 0 0 0 a\n"),
		STR("1 1 1 0 0 0 0 a\n[]"), STR("1 1 1 0 0 0 0 a\n{"), STR("1 1 1 0 0 0 0 a\n{\0}"),
		STR("1 1 1 0 0 0 0 a\n{\x1b}"), STR("1 0 1 0 0 0 0 a\n{}"), STR("1 1 0 0 0 0 0 a\n{}"),
		STR("1 0 0 0 0 2 5 a\n{}"),
		STR("1 1 1 0 0 0 0 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n{}") };
	struct bus_event e = { .rev = 42 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(parse(bad[i], &e) == ERR_BAD_REQUEST, "case %zu", i);
	ck_assert_int_eq(e.rev, 42);
}
END_TEST

static struct str
control(struct buf *b, enum frame_format f, const char *name, const char *members, const char *cursor)
{
	buf_clear(b);
	frame_control(b, f, str_of(name), str_of(members), str_of(cursor));
	return buf_str(b);
}

START_TEST(frames_control_messages)
{
	struct buf b;

	buf_init(&b, 10000);
	ck_str_is(control(&b, FRAME_SSE, "hb", "", "1.AA"), "event: hb\nid: 1.AA\ndata: {}\n\n");
	ck_str_is(control(&b, FRAME_SSE, "state", "\"live\":true", NULL), "event: state\ndata: {\"live\":true}\n\n");
	ck_str_is(control(&b, FRAME_NDJSON, "hb", "", "1.AA"), "{\"control\":\"hb\",\"cursor\":\"1.AA\"}\n");
	ck_str_is(control(&b, FRAME_NDJSON, "x", "\"a\":1", NULL), "{\"control\":\"x\",\"a\":1}\n");
	ck_str_is(control(&b, FRAME_WS, "x", "\"a\":1", "c"), "\x81\x22{\"control\":\"x\",\"a\":1,\"cursor\":\"c\"}");
	ck_str_is(control(&b, FRAME_WS, "x", "", NULL), "\x81\x0f{\"control\":\"x\"}");
	ck_str_is(control(&b, FRAME_TEXT, "hb", "", "c"), "\n");
	ck_str_is(control(&b, FRAME_TEXT, "bye", "", NULL), "");
	buf_release(&b);
}
END_TEST

/* Several in a row are one body: the zeros behind a chunk are the first digits of the next. */
START_TEST(puts_chunks_around_what_is_written)
{
	struct buf b;
	size_t began;

	buf_init(&b, 10000);
	for (size_t i = 0; i < 2; i++) {
		began = frame_begin(&b, FRAME_CHUNKED);
		frame_control(&b, FRAME_CHUNKED, STR("hb"), STR(""), STR_NULL);
		frame_end(&b, FRAME_CHUNKED, began);
	}
	buf_add_cstr(&b, FRAME_CHUNK_LAST);
	ck_str_is(buf_str(&b), "00014\r\nevent: hb\ndata: {}\n\n\r\n00000000" "00014\r\nevent: hb\ndata: {}\n\n\r\n00000000"
	    "0\r\n\r\n");
	ck_assert_uint_eq(b.len, 2 * (FRAME_CHUNK_SIZE + 0x14) + 5);
	buf_clear(&b);
	began = frame_begin(&b, FRAME_SSE);
	frame_control(&b, FRAME_SSE, STR("hb"), STR(""), STR_NULL);
	frame_end(&b, FRAME_SSE, began);
	ck_str_is(buf_str(&b), "event: hb\ndata: {}\n\n");
	buf_release(&b);
}
END_TEST

START_TEST(tells_the_seq_of_a_message)
{
	static const char whole[] = "{\"type\":\"message.created\",\"stream\":\"channel:7\",\"rev\":4,\"at\":\"x\",\"nonce\":"
	    "\"\\\",\\\"data\\\":{\\\"id\\\":\\\"1\",\"data\":{\"id\":\"12\",\"channel_id\":\"7\",\"seq\":345,\"rev\":4}}";
	static const char edited[] = "{\"type\":\"message.updated\",\"x\":1,\"data\":{\"id\":\"12\",\"channel_id\":\"7\",\"seq\":6,";
	static const char *const others[] = {
		"", "{}", "{\"type\":\"message.created\",\"stream\":\"channel:7\"}",
		"{\"type\":\"message.deleted\",\"stream\":\"channel:7\",\"data\":{\"id\":\"12\",\"channel_id\":\"7\",\"seq\":345,",
		"{\"type\":\"message.created\",\"x\":1,\"data\":{\"id\":\"\",\"channel_id\":\"7\",\"seq\":345,",
		"{\"type\":\"message.created\",\"x\":1,\"data\":{\"id\":\"12\",\"seq\":345,",
		"{\"type\":\"message.created\",\"x\":1,\"data\":{\"id\":\"12\",\"channel_id\":\"7\",\"seq\":-3,",
		"{\"type\":\"message.created\",\"x\":1,\"data\":{\"id\":\"12\",\"channel_id\":\"7\",\"seq\":99999999999999999999,",
	};
	int64_t seq = 0;

	ck_assert(frame_message_seq(str_of(edited), &seq) && seq == 6);
	ck_assert(frame_message_seq(str_of(whole), &seq) && seq == 345);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert(!frame_message_seq(str_of(others[i]), &seq));
	for (size_t n = 0; n < sizeof(whole) - 9; n++)
		ck_assert(!frame_message_seq((struct str){ whole, n }, &seq) || n > strlen(whole) - 10);
	ck_assert_int_eq(seq, 345);
}
END_TEST

START_TEST(makes_one_line_of_any_text)
{
	struct buf b;

	buf_init(&b, 10000);
	frame_text_line(&b, STR("gen"), STR("bob"), STR("a\nb\r\nc\rd\te\x1b[1m\x7f \xc2\x9b \xc3\xa9"));
	ck_str_is(buf_str(&b), "#gen <bob> a\xe2\x8f\x8e" "b\xe2\x8f\x8e" "c\xe2\x8f\x8e" "d\\x09e\\x1b[1m\\x7f \\x9b \xc3\xa9\n");
	buf_clear(&b);
	frame_text_line(&b, STR("gen"), STR("bob"), STR("\xe2\x80\xa8 \xe2\x80\xaeoof\xe2\x81\xa6 \xc2\x85 \xf0\x9f\x99\x82 \\"));
	ck_str_is(buf_str(&b), "#gen <bob> \\u2028 \\u202eoof\\u2066 \\x85 \xf0\x9f\x99\x82 \\\n");
	buf_clear(&b);
	frame_text_line(&b, STR_NULL, STR_NULL, STR(""));
	ck_str_is(buf_str(&b), "#? <?> \n");
	buf_release(&b);
}
END_TEST

START_TEST(topics_name_streams)
{
	static const struct str bad[] = { STR(""), STR("s:"), STR("s"), STR("x:1"), STR("s:0"), STR("s:-1"),
		STR("s:1 "), STR("s:9223372036854775808"), STR("1") };
	char topic[BUS_TOPIC_MAX];
	int64_t stream = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!bus_topic_parse(guard_copy(bad[i]), &stream), "bad %zu", i);
	ck_assert_int_eq(stream, 7);
	bus_topic(INT64_MAX, topic);
	ck_assert_str_eq(topic, "s:9223372036854775807");
	ck_assert(bus_topic_parse(str_of(topic), &stream));
	ck_assert_int_eq(stream, INT64_MAX);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { topics_name_streams, round_trips, reads_an_ephemeral_event,
		says_whom_an_ephemeral_event_is_hidden_from, refuses_everything_else,
		frames_control_messages, puts_chunks_around_what_is_written, makes_one_line_of_any_text,
		tells_the_seq_of_a_message, NULL };

	return unit_run("bus", tests);
}
