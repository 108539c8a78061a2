#include "link/redis_calls.h"
#include "tests/unit/support/unit.h"

static int told[200];
static size_t n_told;
static struct redis_calls q;

static void
tell(void *ctx, const struct redis_value *v)
{
	told[n_told++] = v == NULL ? -*(int *)ctx : *(int *)ctx;
}

/* Nothing waits in a queue that has failed: who asks again from inside is not told of the old end.
 */
static void
tell_and_look(void *ctx, const struct redis_value *v)
{
	ck_assert(v != NULL || q.n == 0);
	tell(ctx, v);
}

static void
reply(void)
{
	static const struct redis_value v;
	struct redis_call c;

	if (redis_calls_next(&q, &c))
		c.done(c.ctx, &v);
}

START_TEST(replies_go_to_who_waits_for_them)
{
	static int numbers[100];

	n_told = 0;
	for (int i = 0; i < 100; i++) {
		numbers[i] = i + 1;
		for (int k = 0; k < i % 3; k++)
			ck_assert(redis_calls_add(&q, NULL, NULL));
		ck_assert(redis_calls_add(&q, tell, &numbers[i]));
		if (i % 10 == 9)
			reply();
	}
	for (int i = 0; i < 300; i++)
		reply();
	ck_assert_uint_eq(n_told, 100);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(told[i], i + 1);
}
END_TEST

START_TEST(all_are_told_of_the_end_and_the_queue_begins_anew)
{
	static int numbers[] = { 1, 2, 3 };

	n_told = 0;
	for (int i = 0; i < 3; i++) {
		redis_calls_add(&q, NULL, NULL);
		redis_calls_add(&q, tell_and_look, &numbers[i]);
	}
	reply();
	reply();
	redis_calls_fail(&q);
	ck_assert_uint_eq(n_told, 3);
	ck_assert_int_eq(told[0], 1);
	ck_assert_int_eq(told[1], -2);
	ck_assert_int_eq(told[2], -3);
	redis_calls_add(&q, tell, &numbers[0]);
	reply();
	ck_assert_int_eq(told[3], 1);
	redis_calls_fail(&q);
}
END_TEST

START_TEST(more_than_the_ceiling_do_not_wait)
{
	static int one = 1;

	for (uint32_t i = 0; i < REDIS_CALLS; i++)
		ck_assert(redis_calls_add(&q, tell, &one));
	ck_assert(!redis_calls_add(&q, tell, &one));
	ck_assert(redis_calls_add(&q, NULL, NULL));
	for (uint32_t i = 0; i < REDIS_CALLS; i++) {
		struct redis_call c;

		ck_assert(redis_calls_next(&q, &c));
	}
	redis_calls_fail(&q);
}
END_TEST

START_TEST(values_say_only_what_they_are)
{
	const struct redis_value items[] = { { .kind = REDIS_TEXT, .text = STR("a") },
		{ .kind = REDIS_NIL } };
	const struct redis_value list = { .kind = REDIS_LIST, .items = items, .n = 2 };

	ck_assert(str_eq(redis_value_text(redis_value_at(&list, 0)), STR("a")));
	ck_assert_ptr_null(redis_value_text(redis_value_at(&list, 1)).p);
	ck_assert_ptr_null(redis_value_at(&list, 2));
	ck_assert_ptr_null(redis_value_at(&items[0], 0));
	ck_assert_ptr_null(redis_value_at(NULL, 0));
	ck_assert_ptr_null(redis_value_text(NULL).p);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { replies_go_to_who_waits_for_them,
		all_are_told_of_the_end_and_the_queue_begins_anew,
		more_than_the_ceiling_do_not_wait, values_say_only_what_they_are, NULL };

	return unit_run("redis_calls", tests);
}
