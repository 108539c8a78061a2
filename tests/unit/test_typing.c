/* Of a channel where many type few frames go out. */
#include <string.h>

#include "base/clock.h"
#include "push/deliver.h"
#include "push/stream.h"
#include "push/typing.h"
#include "tests/unit/support/patience.h"
#include "tests/unit/support/unit.h"

#define ALL (TYPING_GROUPS + 100)

static struct push push;
static uint32_t told, told_to[ALL];	/* frames that went out, and to which stream */
static int64_t last;			/* whose the last one was */
static uint32_t wanted;

/* ---- what the files under test call of others */

void
deliver_ephemeral(struct push *p, uint32_t stream, struct frame *f)
{
	ck_assert_ptr_eq(p, &push);
	ck_assert_uint_eq(f->stream, stream);
	told_to[told++] = stream;
	last = f->subject;
	frame_drop(f);
	if (told == wanted)
		loop_stop();
}

void
ops_error(struct push *p, struct conn *c, enum err e, struct str op)
{
	(void)p, (void)c, (void)e, (void)op;
}

/* ---- */

static void
setup(void)
{
	ck_assert(loop_init());
	memset(&push, 0, sizeof(push));
	told = 0;
	clock_set(5000000, 1000);
	streams_init(&push);
	slab_init(&push.conns, sizeof(struct conn));
	slab_init(&push.accounts, sizeof(struct account));
	typing_init(&push);
}

static void
teardown(void)
{
	typing_release(&push);
	for (uint32_t i = SLAB_NONE; slab_next(&push.conns, &i);)
		conn_set_subs(&push, conn_at(&push, i), NULL, 0);
	slab_release(&push.accounts);
	slab_release(&push.conns);
	streams_release(&push);
	clock_unset();
	loop_release();
}

/* A channel that somebody reads. */
static uint32_t
channel(int64_t id)
{
	uint32_t stream = stream_intern(&push, id, FEED_CHANNEL, SLAB_NONE);
	uint32_t i = slab_take(&push.conns);

	conn_at(&push, i)->id = i;
	conn_add_sub(&push, conn_at(&push, i), stream, 0);
	return stream;
}

static void
types(uint32_t stream, int64_t who)
{
	struct bus_event e = { .subject = who, .type = STR("typing.started"), .body = STR("{}") };

	typing_take(&push, stream, frame_new(&e, stream));
}

static void
posts(uint32_t stream, const char *body)
{
	struct bus_event e = { .type = STR("message.created"), .body = str_of(body) };
	struct frame *f = frame_new(&e, stream);

	typing_end(&push, stream, f);
	frame_drop(f);
}

/* The time goes on, and in all n frames have gone out then. */
static void
after(int64_t mono_ms, uint32_t n)
{
	clock_set(5000000, mono_ms);
	wanted = n;
	if (told < n)
		run_loop("a group");
	ck_assert_uint_eq(told, n);
}

START_TEST(the_first_is_told_at_once_and_the_next_in_a_group)
{
	uint32_t c;

	setup();
	c = channel(5);
	types(c, 1);
	ck_assert_uint_eq(told, 1);
	for (int64_t who = 1; who <= 3; who++) {
		types(c, who);
		types(c, who);
	}
	ck_assert_uint_eq(told, 1);
	after(1000 + TYPING_GROUP_MS, 4);
	/* the group stays: who types now waits again */
	types(c, 9);
	ck_assert_uint_eq(told, 4);
	after(1000 + 2 * TYPING_GROUP_MS, 5);
	ck_assert_int_eq(last, 9);
	teardown();
}
END_TEST

START_TEST(a_group_has_so_many_people)
{
	uint32_t c;

	setup();
	c = channel(5);
	for (int64_t who = 1; who <= 3 * TYPING_GROUP; who++)
		types(c, who);
	after(1000 + TYPING_GROUP_MS, 1 + TYPING_GROUP);
	teardown();
}
END_TEST

START_TEST(whose_message_has_come_is_not_told_any_more)
{
	uint32_t c;

	setup();
	c = channel(5);
	types(c, 1);
	types(c, 2);
	types(c, 3);
	posts(c, "{\"data\":{\"author\":{\"id\":\"3\"}}}");
	posts(c, "{\"data\":{\"author\":{\"id\":\"4\"}}}");
	posts(c, "{\"data\":{\"author\":{\"id\":3}}}");
	posts(c, "{\"data\":{}}");
	posts(c, "{");
	after(1000 + TYPING_GROUP_MS, 2);
	ck_assert_int_eq(last, 2);
	teardown();
}
END_TEST

START_TEST(each_channel_has_its_own_group_up_to_a_bound)
{
	uint32_t c[ALL];

	setup();
	for (uint32_t k = 0; k < ALL; k++)
		types(c[k] = channel(100 + k), 1);
	ck_assert_uint_eq(told, TYPING_GROUPS);
	for (uint32_t k = 0; k < TYPING_GROUPS; k++)
		ck_assert_uint_eq(told_to[k], c[k]);
	teardown();
}
END_TEST

START_TEST(nobody_is_told_where_nobody_reads)
{
	uint32_t c, other;

	setup();
	c = channel(5);
	other = channel(6);
	types(c, 1);
	types(other, 1);
	types(c, 2);
	types(other, 2);
	conn_drop_sub(&push, conn_at(&push, 0), c);
	after(1000 + TYPING_GROUP_MS, 3);
	ck_assert_uint_eq(told_to[2], other);
	teardown();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { the_first_is_told_at_once_and_the_next_in_a_group,
		a_group_has_so_many_people, whose_message_has_come_is_not_told_any_more,
		each_channel_has_its_own_group_up_to_a_bound, nobody_is_told_where_nobody_reads,
		NULL };

	return unit_run("typing", tests);
}
