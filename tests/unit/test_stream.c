/* Who reads a stream, as connections come and go, and how long it is kept. */
#include <string.h>

#include "push/conn.h"
#include "push/flow.h"
#include "push/stream.h"
#include "tests/unit/support/unit.h"

#define CONNS 60
#define STEPS 20000

static struct push push;
static uint32_t stream;

static void
setup(void)
{
	memset(&push, 0, sizeof(push));
	push.now_s = 1000;
	push.rings.max = SIZE_MAX;
	streams_init(&push);
	slab_init(&push.conns, sizeof(struct conn));
	stream = stream_intern(&push, 4, FEED_SERVER, SLAB_NONE);
	stream = stream_intern(&push, 5, FEED_CHANNEL, stream);
}

static void
teardown(void)
{
	for (uint32_t i = SLAB_NONE; slab_next(&push.conns, &i);)
		conn_set_subs(&push, conn_at(&push, i), NULL, 0);
	slab_release(&push.conns);
	streams_release(&push);
}

/* Every reader is named, nobody who reads is missing, and the list is no longer than it may be. */
static void
readers_are_right(void)
{
	const struct readers *r = &stream_at(&push, stream)->readers;
	uint32_t times[2 * CONNS] = { 0 }, reading = 0, n = 0, conn;
	struct reader_at at;

	for (at = readers_first(r); readers_next(&at, &conn); n++) {
		ck_assert_uint_lt(conn, 2 * CONNS);
		times[conn]++;
	}
	ck_assert_uint_eq(n, r->n);
	for (uint32_t i = SLAB_NONE; slab_next(&push.conns, &i);)
		if (conn_reads(conn_at(&push, i), stream)) {
			ck_assert_uint_ge(times[i], 1);
			reading++;
		}
	ck_assert_uint_eq(stream_readers(stream_at(&push, stream)), reading);
	ck_assert(stream_is_sane(&push, stream));
	/* a quarter may be untrue, and one more at the moment */
	ck_assert_uint_le(r->n, reading + reading / 3 + 1);
}

START_TEST(readers_are_right_whoever_comes_and_goes)
{
	uint64_t any = 5;

	setup();
	for (int step = 0; step < STEPS; step++) {
		uint32_t i;

		any = any * 6364136223846793005u + 1442695040888963407u;
		i = (uint32_t)(any >> 33) % CONNS;
		if (!slab_has(&push.conns, i)) {
			/* perhaps the number of somebody who has just gone */
			i = slab_take(&push.conns);
			conn_at(&push, i)->id = i;
			ck_assert(conn_add_sub(&push, conn_at(&push, i), stream, 0));
		} else if (conn_reads(conn_at(&push, i), stream)) {
			conn_drop_sub(&push, conn_at(&push, i), stream);
		} else if ((any >> 20 & 1) != 0) {
			conn_set_subs(&push, conn_at(&push, i), NULL, 0);
			slab_give(&push.conns, i);
		} else {
			ck_assert(conn_add_sub(&push, conn_at(&push, i), stream, 0));
		}
		if (step % 7 == 0)
			readers_are_right();
	}
	teardown();
}
END_TEST

/* A second later each time; how many until it was forgotten. */
static uint32_t
kept_s(int64_t id)
{
	uint32_t n = 0;

	while (stream_find(&push, id) != SLAB_NONE && n < 1000) {
		push.now_s++;
		n++;
		streams_tick(&push);
	}
	return n;
}

START_TEST(a_stream_that_nobody_reads_is_forgotten)
{
	struct conn *c;

	setup();
	c = conn_at(&push, slab_take(&push.conns));
	conn_add_sub(&push, c, stream, 0);
	push.now_s += 1000;
	streams_tick(&push);
	ck_assert_uint_ne(stream_find(&push, 5), SLAB_NONE);
	conn_drop_sub(&push, c, stream);
	ck_assert_uint_eq(kept_s(5), 30);
	/* its server from then on */
	ck_assert_uint_eq(kept_s(4), 30);
	teardown();
}
END_TEST

START_TEST(who_comes_back_in_time_finds_it)
{
	struct conn *c;

	setup();
	c = conn_at(&push, slab_take(&push.conns));
	for (int round = 0; round < 5; round++) {
		conn_add_sub(&push, c, stream, 0);
		streams_tick(&push);
		conn_drop_sub(&push, c, stream);
		push.now_s += 29;
		streams_tick(&push);
		ck_assert_uint_ne(stream_find(&push, 5), SLAB_NONE);
	}
	teardown();
}
END_TEST

/* In a work list it is named by its number, which must not be somebody else's. */
START_TEST(what_is_being_worked_on_is_kept)
{
	setup();
	stream_at(&push, stream)->wants_fetch = true;
	push.now_s += 1000;
	streams_tick(&push);
	ck_assert_uint_ne(stream_find(&push, 5), SLAB_NONE);
	stream_at(&push, stream)->wants_fetch = false;
	ck_assert_uint_eq(kept_s(5), 1);
	teardown();
}
END_TEST

START_TEST(many_that_are_idle_go_together)
{
	setup();
	for (int64_t id = 100; id < 1100; id++)
		stream_intern(&push, id, FEED_USER, SLAB_NONE);
	ck_assert_uint_eq(push.streams.live, 1002);
	push.now_s += 31;
	streams_tick(&push);
	/* the server had a channel until now */
	ck_assert_uint_eq(push.streams.live, 1);
	ck_assert_uint_eq(kept_s(4), 30);
	ck_assert_uint_eq(push.streams.live, 0);
	stream = stream_intern(&push, 5, FEED_CHANNEL, SLAB_NONE);
	ck_assert_int_eq(stream_at(&push, stream)->head, -1);
	ck_assert_uint_eq(stream_at(&push, stream)->number, stream);
	teardown();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { readers_are_right_whoever_comes_and_goes,
		a_stream_that_nobody_reads_is_forgotten, who_comes_back_in_time_finds_it,
		what_is_being_worked_on_is_kept, many_that_are_idle_go_together, NULL };

	return unit_run("stream", tests);
}
