/*
 * Wherever the kernel stops taking a batch, the peer gets the same bytes in the end, and the
 * connection stands where it would. And what bye says of coming back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "push/account.h"
#include "push/chunk.h"
#include "push/control.h"
#include "push/core/pool.h"
#include "push/flow.h"
#include "push/resume.h"
#include "push/stream.h"
#include "push/typing.h"
#include "tests/unit/support/unit.h"

#define EVENTS 4

static struct push push;
static struct conn *conn;
static struct batch batch;

/* ---- what the files under test call of others */

void
resume_history(struct push *p, uint32_t stream, int64_t rev)
{
	(void)p, (void)stream, (void)rev;
	ck_abort_msg("nothing is missing");
}

bool
typing_is_own(const struct push *p, const struct conn *c, const struct frame *f)
{
	(void)p, (void)c, (void)f;
	return false;
}

uint32_t
deliver_ephemerals(const struct push *p, struct frame *const **list)
{
	(void)p;
	*list = NULL;
	return 0;
}

void
account_want(struct push *p, uint32_t account)
{
	(void)p, (void)account;
}

/* ---- a stream with a few events, and who has got none of them */

static struct frame *
event_of(const struct stream *s, int64_t rev)
{
	static const char text[] =
	    "some text that is as long as all of the events here need, which is not so very long,"
	    " and goes on for a while after that so that its frames have heads of both sizes, of"
	    " two bytes and of four";
	char body[512];
	struct feed_event ev = { .e = { .rev = rev, .event_id = rev,
	    .type = STR("message.created") } };

	snprintf(body, sizeof(body),
	    "{\"type\":\"message.created\",\"rev\":%d,\"data\":{\"content\":\"%.*s\","
	    "\"author\":{\"username\":\"bob\"}}}",
	    (int)rev, (int)rev * 40, text);
	if (rev != 2)		/* one that cannot be sent */
		ev.e.body = str_of(body);
	return flow_frame(s, &ev);
}

static void
setup(enum frame_format format)
{
	struct stream *s;
	struct sub *subs = pool_take(sizeof(*subs));

	memset(&push, 0, sizeof(push));
	push.rings.max = SIZE_MAX;
	push.live = true;
	push.epoch = 1;
	streams_init(&push);
	slab_init(&push.conns, sizeof(struct conn));
	s = stream_at(&push, stream_intern(&push, 77, FEED_CHANNEL, SLAB_NONE));
	flow_begin(s, 0);
	for (int64_t rev = 1; rev <= EVENTS; rev++)
		flow_advance(&push, s, event_of(s, rev));
	conn = conn_at(&push, slab_take(&push.conns));
	conn->state = CONN_LIVE;
	conn->format = format & 7;
	conn->hint = HINT_ALL;
	conn->told_down = true;
	conn->hb_due = true;
	conn->ping_due = format == FRAME_WS;
	*subs = (struct sub){ s->number, 0 };
	conn_set_subs(&push, conn, subs, 1);
	buf_init(&batch.text, BATCH_TEXT_MAX);
}

static void
teardown(void)
{
	conn_set_subs(&push, conn, NULL, 0);
	conn_drop_extra(conn);
	buf_release(&batch.text);
	slab_release(&push.conns);
	streams_release(&push);
	ck_assert_uint_eq(push.rings.bytes, 0);
}

/* The pieces of the batch as they would be written; how many. */
static size_t
pieces(char head[FRAME_CHUNK_HEAD])
{
	bool chunk = chunk_is_for(&batch);
	size_t n = compose_iov(&batch, batch.iov + chunk, BATCH_PIECES - 2);

	return chunk ? chunk_around(&batch, head, batch.iov, n) : n;
}

static size_t
size_of(size_t n)
{
	size_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += batch.iov[i].iov_len;
	return all;
}

/* Composes and writes; of it the kernel takes `most` bytes. Returns how many there were. */
static size_t
write_some(struct buf *out, size_t most)
{
	char head[FRAME_CHUNK_HEAD];
	size_t n, all, left;

	compose(&batch, &push, conn);
	ck_assert(buf_ok(&batch.text));
	n = pieces(head);
	all = size_of(n);
	left = most < all ? most : all;
	for (size_t i = 0; i < n && left > 0; i++) {
		size_t len = batch.iov[i].iov_len < left ? batch.iov[i].iov_len : left;

		buf_add(out, batch.iov[i].iov_base, len);
		left -= len;
	}
	if (!chunk_is_for(&batch)) {
		ck_assert(compose_commit(&batch, most < all ? most : all));
		return all;
	}
	ck_assert(compose_commit(&batch, most == 0 ? 0 : batch.bytes));
	if (most > 0 && most < all)
		ck_assert(chunk_keep(conn, batch.iov, n, most));
	return all;
}

static void
write_rest(struct buf *out)
{
	conn->hint = HINT_ALL;
	while (write_some(out, SIZE_MAX) > 0)
		conn->hint = HINT_ALL;
}

static void
is_done(void)
{
	ck_assert_uint_eq(conn->subs[0].sent, EVENTS);
	ck_assert(!conn->told_down && !conn->hb_due && !conn->ping_due);
	ck_assert_int_eq(conn->ping_open, conn->format == FRAME_WS);
	ck_assert_ptr_null(conn_part(conn));
}

/* Cut at each byte of each of its batches. */
static void
is_cut_anywhere(enum frame_format format)
{
	struct buf whole, out;
	size_t size;

	buf_init(&whole, 65536);
	buf_init(&out, 65536);
	setup(format);
	write_rest(&whole);
	is_done();
	teardown();
	for (size_t first = 0, cut = 0; first < 2; cut++) {
		buf_clear(&out);
		setup(format);
		if (first == 1)
			write_some(&out, SIZE_MAX);
		size = write_some(&out, cut);
		write_rest(&out);
		is_done();
		ck_assert_msg(str_eq(buf_str(&out), buf_str(&whole)),
		    "format %d, batch %zu cut at %zu of %zu: '%.*s'", (int)format, first, cut, size,
		    STR_FMT(buf_str(&out)));
		teardown();
		if (cut >= size) {
			first++;
			cut = 0;
		}
	}
	buf_release(&whole);
	buf_release(&out);
}

START_TEST(what_the_kernel_takes_in_part_arrives_whole)
{
	is_cut_anywhere(FRAME_SSE);
	is_cut_anywhere(FRAME_WS);
	is_cut_anywhere(FRAME_NDJSON);
	is_cut_anywhere(FRAME_TEXT);
}
END_TEST

START_TEST(lines_of_text_count_among_the_rings)
{
	struct buf out;
	size_t before;

	buf_init(&out, 65536);
	setup(FRAME_TEXT);
	conn->hb_due = false;
	before = push.rings.bytes;
	write_rest(&out);
	ck_assert_uint_gt(out.len, 0);
	ck_assert_uint_eq(push.rings.bytes, before + out.len);
	teardown();
	buf_release(&out);
}
END_TEST

START_TEST(a_chunk_that_is_taken_in_part_arrives_whole)
{
	is_cut_anywhere(FRAME_CHUNKED);
}
END_TEST

/* The rest of a rest, byte by byte. */
START_TEST(a_peer_that_takes_a_byte_at_a_time_gets_it_all)
{
	struct buf whole, out;

	buf_init(&whole, 65536);
	buf_init(&out, 65536);
	setup(FRAME_WS);
	write_rest(&whole);
	teardown();
	setup(FRAME_WS);
	do
		conn->hint = HINT_ALL;
	while (write_some(&out, 1) > 0);
	is_done();
	ck_assert(str_eq(buf_str(&out), buf_str(&whole)));
	teardown();
	buf_release(&whole);
	buf_release(&out);
}
END_TEST

START_TEST(a_last_word_is_cut_anywhere)
{
	static const enum frame_format formats[] = { FRAME_SSE, FRAME_WS, FRAME_NDJSON,
		FRAME_CHUNKED };

	for (size_t k = 0; k < sizeof(formats) / sizeof(formats[0]); k++)
		for (size_t cut = 1, size = 2; cut < size; cut++) {
			char head[FRAME_CHUNK_HEAD];
			struct buf whole, out;
			size_t n;

			buf_init(&whole, 4096);
			buf_init(&out, 4096);
			setup(formats[k]);
			conn->state = CONN_DRAINING;
			conn->bye = 4000;
			/* what it says is by chance: taken from the batch that is cut */
			size = write_some(&out, cut);
			n = pieces(head);
			for (size_t i = 0; formats[k] != FRAME_CHUNKED && i < n; i++)
				buf_add(&whole, batch.iov[i].iov_base, batch.iov[i].iov_len);
			write_some(&out, SIZE_MAX);
			ck_assert_uint_eq(out.len, size);
			if (formats[k] != FRAME_CHUNKED)
				ck_assert(str_eq(buf_str(&out), buf_str(&whole)));
			ck_assert(conn->bye_written);
			ck_assert_ptr_null(conn_part(conn));
			teardown();
			buf_release(&whole);
			buf_release(&out);
		}
}
END_TEST

/* Bytes of a chunk that remain, from whichever piece on. */
START_TEST(of_a_chunk_the_rest_is_kept)
{
	char a[] = "abc", b[] = "", c[] = "defgh", d[] = "i";
	const struct iovec iov[] = { { a, 3 }, { b, 0 }, { c, 5 }, { d, 1 } };

	for (size_t taken = 0; taken < 9; taken++) {
		setup(FRAME_CHUNKED);
		ck_assert(chunk_keep(conn, iov, 4, taken));
		ck_assert_uint_eq(conn_part(conn)->len, 9 - taken);
		ck_assert_mem_eq(conn_part(conn)->bytes, &"abcdefghi"[taken], 9 - taken);
		teardown();
	}
}
END_TEST

/* The last digit of its head is of bytes that one more would not have room for. */
START_TEST(the_largest_event_is_one_chunk)
{
	const size_t size = RING_PREFIX + BUS_BODY_MAX + RING_SUFFIX;
	char *body = malloc(BUS_BODY_MAX), said[16];
	struct feed_event ev = { .e = { .rev = EVENTS + 1, .event_id = 1, .type = STR("x") } };
	struct buf out;
	struct stream *s;

	ck_assert_ptr_nonnull(body);
	memset(body, '1', BUS_BODY_MAX);
	body[0] = '{';
	body[BUS_BODY_MAX - 1] = '}';
	ev.e.body = (struct str){ body, BUS_BODY_MAX };
	ck_assert(bus_body_is_valid(ev.e.body));
	buf_init(&out, 2 * BUS_BODY_MAX);
	setup(FRAME_CHUNKED);
	s = stream_at(&push, conn->subs[0].stream);
	conn->subs[0].sent = EVENTS;
	conn->told_down = conn->hb_due = false;
	flow_advance(&push, s, flow_frame(s, &ev));
	write_rest(&out);
	ck_assert_uint_eq(conn->subs[0].sent, EVENTS + 1);
	snprintf(said, sizeof(said), "%05zx\r\n", size);
	ck_assert_uint_eq(out.len, FRAME_CHUNK_SIZE + size);
	ck_assert_mem_eq(out.p, said, FRAME_CHUNK_HEAD - 1);
	teardown();
	buf_release(&out);
	free(body);
}
END_TEST

static uint32_t
retry_of(uint16_t code)
{
	struct conn c = { .format = FRAME_SSE, .bye = code & CONN_BYE_MAX };
	struct str line;
	struct buf out;
	uint64_t ms;

	buf_init(&out, 1024);
	control_bye(&push, &out, &c);
	line = buf_str(&out);
	ck_assert(str_has_prefix(line, STR("retry: ")));
	str_cut(&line, ' ');
	ck_assert(str_to_u64(str_cut(&line, '\n'), UINT32_MAX, &ms));
	buf_release(&out);
	return (uint32_t)ms;
}

START_TEST(how_long_to_stay_away_goes_by_the_code)
{
	static const struct { uint16_t code; uint32_t least, most; } rows[] = {
		{ 4000, 100, 3099 }, { 4001, 1000, 3999 }, { 4002, 1000, 3999 },
		{ 4100, 200, 1199 }, { 4200, 30000, 44999 }, { 4201, 30000, 44999 },
		{ 4202, 30000, 44999 }, { 4400, 3600000, 3600000 }, { 4401, 3600000, 3600000 },
		{ 4403, 3600000, 3600000 } };

	memset(&push, 0, sizeof(push));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int round = 0; round < 50; round++) {
			uint32_t ms = retry_of(rows[i].code);

			ck_assert_msg(ms >= rows[i].least && ms <= rows[i].most, "%d: %u ms",
			    rows[i].code, ms);
		}
	/* the node goes away: its clients come back at once, to another */
	push.draining = true;
	ck_assert_uint_lt(retry_of(4201), 3100);
	for (int e = 0; e < ERR__MAX; e++)
		ck_assert(e == ERR_OK || (err_info((enum err)e)->ws >= 4000 &&
		    err_info((enum err)e)->ws <= (int)CONN_BYE_MAX));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { what_the_kernel_takes_in_part_arrives_whole,
		lines_of_text_count_among_the_rings,
		a_chunk_that_is_taken_in_part_arrives_whole,
		a_peer_that_takes_a_byte_at_a_time_gets_it_all, a_last_word_is_cut_anywhere,
		of_a_chunk_the_rest_is_kept, the_largest_event_is_one_chunk,
		how_long_to_stay_away_goes_by_the_code, NULL };

	return unit_run("compose", tests);
}
