#include <string.h>

#include "push/flow.h"
#include "tests/unit/support/unit.h"

static struct push push;
static struct stream *s;

static void
setup(void)
{
	memset(&push, 0, sizeof(push));
	push.rings.max = SIZE_MAX;
	slab_init(&push.streams, sizeof(struct stream));
	s = stream_at(&push, slab_take(&push.streams));
	flow_init(s);
	flow_begin(s, 10);
}

static void
teardown(void)
{
	ck_assert(flow_is_sane(s));
	flow_free(&push, s);
	ck_assert_uint_eq(push.rings.bytes, 0);
	slab_release(&push.streams);
}

static struct feed_event
event(int64_t rev, int64_t subject)
{
	return (struct feed_event){ .e = { .rev = rev, .event_id = rev, .subject = subject,
	    .type = STR("message.created"), .body = STR("{}") } };
}

static struct frame *
frame(int64_t rev, int64_t subject)
{
	struct feed_event ev = event(rev, subject);

	return flow_frame(s, &ev);
}

START_TEST(what_waits_is_ascending_and_the_newest_go)
{
	setup();
	for (int64_t rev = 200; rev > 100; rev -= 2)
		flow_hold(s, frame(rev, 0));
	for (int64_t rev = 101; rev <= 200; rev += 2)
		flow_hold(s, frame(rev, 0));
	flow_saw(s, 200, 5);
	ck_assert(flow_is_sane(s));
	ck_assert_uint_eq(s->flow->n_hold, HOLD_MAX);
	for (int64_t rev = 101; rev < 101 + HOLD_MAX; rev++) {
		struct frame *f = flow_first_held(s);

		ck_assert_int_eq(f->rev, rev);
		ck_assert_ptr_eq(flow_unhold(s), f);
		frame_drop(f);
	}
	ck_assert_ptr_null(flow_first_held(s));
	flow_unsee(s);
	teardown();
}
END_TEST

START_TEST(what_waits_twice_is_kept_once_and_the_bus_is_believed)
{
	struct frame *swept, *again;

	setup();
	swept = frame(12, 0);
	again = frame(12, 0);
	swept->swept = true;
	flow_hold(s, swept);
	ck_assert(flow_first_held(s)->swept);
	flow_hold(s, again);
	ck_assert_ptr_eq(flow_first_held(s), swept);
	ck_assert(!flow_first_held(s)->swept);
	ck_assert_uint_eq(s->flow->n_hold, 1);
	teardown();
}
END_TEST

START_TEST(what_the_head_has_passed_waits_no_longer)
{
	setup();
	flow_hold(s, frame(12, 0));
	flow_hold(s, frame(14, 0));
	flow_saw(s, 14, 5);
	ck_assert_int_eq(flow_due_ms(s), 5);
	flow_saw(s, 13, 9);
	ck_assert_int_eq(flow_due_ms(s), 5);
	ck_assert_int_eq(flow_wanted(s), 10);
	flow_jump(&push, s, 13);
	ck_assert_int_eq(flow_first_held(s)->rev, 14);
	ck_assert(!flow_note_all(s));
	flow_advance(&push, s, flow_unhold(s));
	ck_assert(flow_note_all(s));
	ck_assert_int_eq(flow_due_ms(s), 0);
	ck_assert_int_eq(flow_wanted(s), -1);
	ck_assert_int_eq(flow_reach(s, 14, 14), REACH_HEAD);
	ck_assert_int_eq(flow_reach(s, 13, 14), REACH_RING);
	ck_assert_int_eq(flow_reach(s, 12, 14), REACH_LOST);
	teardown();
}
END_TEST

START_TEST(a_quiet_stream_has_no_flow)
{
	setup();
	flow_want_history(s, 3);
	flow_settle(&push, s);
	ck_assert_ptr_nonnull(s->flow);
	ck_assert_int_eq(flow_wanted(s), 3);
	ck_assert_int_eq(flow_reach(s, 3, 10), REACH_FETCH);
	ck_assert_int_eq(flow_reach(s, 3, 3), REACH_HEAD);
	flow_fill(&push, s, 3, NULL, 0);
	ck_assert(!flow_wants_history(s));
	/* nothing came: it is gone */
	ck_assert_int_eq(flow_reach(s, 3, 10), REACH_LOST);
	flow_forget(&push, s);
	flow_begin(s, 10);
	flow_settle(&push, s);
	ck_assert_ptr_null(s->flow);
	ck_assert_int_eq(flow_reach(s, 10 - RESUME_MAX, 10), REACH_FETCH);
	ck_assert_int_eq(flow_reach(s, 9 - RESUME_MAX, 10), REACH_LOST);
	teardown();
}
END_TEST

START_TEST(history_is_put_before_the_ring_as_far_as_it_joins)
{
	struct feed_event rows[6];

	setup();
	for (int k = 0; k < 6; k++)
		rows[k] = event(4 + k + (k > 1), 100 + k);	/* 4 5, 7 8 9 10 */
	flow_advance(&push, s, frame(11, 0));
	flow_want_history(s, 3);
	flow_fill(&push, s, 3, rows, 6);
	ck_assert(flow_is_sane(s));
	ck_assert_int_eq(flow_ring(s)->first, 7);
	ck_assert_int_eq(flow_event(s, 8)->subject, 103);
	ck_assert_int_eq(flow_floor(s), 0);
	teardown();
}
END_TEST

START_TEST(what_begins_later_than_asked_for_raises_the_floor)
{
	struct feed_event rows[2] = { event(9, 0), event(10, 0) };

	setup();
	flow_fill(&push, s, 3, rows, 2);
	ck_assert_int_eq(flow_floor(s), 8);
	ck_assert_int_eq(flow_reach(s, 7, 10), REACH_LOST);
	ck_assert_int_eq(flow_reach(s, 8, 10), REACH_RING);
	teardown();
}
END_TEST

START_TEST(a_fetch_brings_nothing_back_that_changed_meanwhile)
{
	struct feed_event rows[3] = { event(8, 1), event(9, 2), event(10, 3) };

	setup();
	flow_fetch_begins(s);
	flow_drop_text(&push, s, 2);
	flow_fill(&push, s, 7, rows, 3);
	ck_assert_int_eq(flow_ring(s)->first, 10);
	flow_cut(&push, s, 10);
	for (int64_t id = 1000; id <= 1000 + EDITED_MAX; id++)
		flow_drop_text(&push, s, id);
	flow_fill(&push, s, 7, rows, 3);
	ck_assert_ptr_null(flow_ring(s));
	flow_fetch_ends(s);
	flow_fill(&push, s, 7, rows, 3);
	ck_assert_int_eq(flow_ring(s)->first, 8);
	/* the newest about it, and all before */
	flow_drop_text(&push, s, 2);
	ck_assert_int_eq(flow_ring(s)->first, 10);
	flow_drop_text(&push, s, SUBJECT_ANY);
	ck_assert_ptr_null(flow_ring(s));
	flow_fill(&push, s, 7, rows, 3);
	ck_assert_int_eq(flow_ring(s)->first, 8);
	teardown();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { what_waits_is_ascending_and_the_newest_go,
		what_waits_twice_is_kept_once_and_the_bus_is_believed,
		what_the_head_has_passed_waits_no_longer,
		a_quiet_stream_has_no_flow,
		history_is_put_before_the_ring_as_far_as_it_joins,
		what_begins_later_than_asked_for_raises_the_floor,
		a_fetch_brings_nothing_back_that_changed_meanwhile, NULL };

	return unit_run("flow", tests);
}
