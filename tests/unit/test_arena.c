#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/support/unit.h"

static jmp_buf caught;

static void
jump_back(void *ctx)
{
	++*(int *)ctx;
	longjmp(caught, 1);
}

START_TEST(memory_is_aligned_and_zeroed)
{
	struct arena a;

	arena_init(&a, 8 << 20);
	for (int round = 0; round < 3; round++) {
		for (size_t n = 0; n < 70000; n = n * 3 / 2 + 1) {
			unsigned char *p = arena_alloc(&a, n);

			ck_assert_uint_eq((uintptr_t)p % 16, 0);
			ck_assert(all_bytes_are(p, n, 0));
			memset(p, 0xa5, n);
		}
		arena_reset(&a);
		ck_assert_uint_eq(a.used, 0);
	}
	arena_release(&a);
	ck_assert_ptr_null(a.blocks);
}
END_TEST

START_TEST(allocations_do_not_overlap)
{
	struct { unsigned char *p; size_t n; } got[500];
	struct arena a;

	arena_init(&a, 64 << 20);
	for (size_t i = 0; i < 500; i++) {
		got[i].n = i * 37 % 9000;
		got[i].p = arena_alloc(&a, got[i].n);
		memset(got[i].p, (int)(i & 0xff), got[i].n);
	}
	for (size_t i = 0; i < 500; i++)
		ck_assert(all_bytes_are(got[i].p, got[i].n, i & 0xff));
	arena_release(&a);
}
END_TEST

START_TEST(copies_and_prints)
{
	struct arena *a = unit_arena();
	char *copy = arena_strndup(a, "abcdef", 3);

	ck_assert_str_eq(copy, "abc");
	ck_assert_str_eq(arena_strndup(a, NULL, 0), "");
	ck_assert_str_eq(arena_strdup(a, ""), "");
	ck_assert_str_eq(arena_printf(a, "%s-%d", "x", 42), "x-42");
	ck_assert_str_eq(arena_printf(a, "%s", ""), "");
	ck_assert_uint_eq(strlen(arena_printf(a, "%50000d", 1)), 50000);
}
END_TEST

/* Asks for n × size bytes; true when the hook was called. */
static bool
runs_out(struct arena *a, size_t n, size_t size)
{
	if (setjmp(caught) != 0)
		return true;
	arena_calloc(a, n, size);
	return false;
}

START_TEST(the_ceiling_calls_the_hook)
{
	int calls = 0;
	struct arena a;

	arena_init(&a, 1000);
	a.oom = jump_back;
	a.oom_ctx = &calls;
	ck_assert(!runs_out(&a, 1, 500));
	ck_assert(runs_out(&a, 1, 500));
	ck_assert(!runs_out(&a, 1, 400));
	ck_assert(runs_out(&a, 1, SIZE_MAX));
	ck_assert(runs_out(&a, 1, SIZE_MAX - 8));
	ck_assert(runs_out(&a, SIZE_MAX / 2 + 2, 2));
	ck_assert(runs_out(&a, SIZE_MAX, SIZE_MAX));
	ck_assert_int_eq(calls, 5);
	ck_assert_uint_le(a.used, 1000);
	arena_reset(&a);
	ck_assert(!runs_out(&a, 1, 900));
	arena_release(&a);
	ck_assert(!runs_out(&a, 1, 900));	/* usable again */
	arena_release(&a);
}
END_TEST

static char order[16];
static char letters[] = "abcdx";

static void
note(void *obj)
{
	strncat(order, obj, 1);
}

START_TEST(defers_run_backwards_once)
{
	struct arena a;

	arena_init(&a, 4096);
	arena_defer(&a, note, &letters[0]);
	arena_alloc(&a, 100);
	arena_defer(&a, note, &letters[1]);
	arena_defer(&a, note, &letters[2]);
	arena_reset(&a);
	ck_assert_str_eq(order, "cba");
	arena_reset(&a);
	arena_release(&a);
	ck_assert_str_eq(order, "cba");
	arena_defer(&a, note, &letters[3]);
	arena_release(&a);
	ck_assert_str_eq(order, "cbad");
}
END_TEST

START_TEST(a_defer_without_room_releases)
{
	int calls = 0;
	struct arena a;

	arena_init(&a, 8);
	a.oom = jump_back;
	a.oom_ctx = &calls;
	if (setjmp(caught) == 0) {
		arena_defer(&a, note, &letters[4]);
		ck_abort_msg("the ceiling did not hold");
	}
	ck_assert_int_eq(calls, 1);
	ck_assert_str_eq(order, "x");
	arena_release(&a);
	ck_assert_str_eq(order, "x");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { memory_is_aligned_and_zeroed, allocations_do_not_overlap,
		copies_and_prints, the_ceiling_calls_the_hook, defers_run_backwards_once,
		a_defer_without_room_releases, NULL };

	return unit_run("arena", tests);
}
