#include "base/buf.h"
#include "tests/unit/support/unit.h"

START_TEST(grows_to_the_ceiling_and_no_further)
{
	struct buf b;

	for (size_t max = 0; max < 1200; max += 7) {
		buf_init(&b, max);
		for (size_t i = 0; i < max; i++)
			buf_add_char(&b, (char)('a' + i % 26));
		ck_assert(buf_ok(&b));
		ck_assert_uint_eq(b.len, max);
		ck_assert_uint_le(b.cap, max);
		buf_add_char(&b, 'x');
		ck_assert(!buf_ok(&b));
		ck_assert_uint_eq(b.len, max);
		buf_add(&b, NULL, 0);	/* nothing is added any more */
		ck_assert(!buf_ok(&b));
		buf_clear(&b);
		ck_assert(buf_ok(&b) && b.len == 0);
		buf_release(&b);
	}
}
END_TEST

START_TEST(a_failed_operation_adds_nothing)
{
	struct buf b;

	for (int op = 0; op < 5; op++) {
		buf_init(&b, 10);
		buf_add_cstr(&b, "12345678");
		if (op == 0)
			buf_add_cstr(&b, "abc");
		else if (op == 1)
			buf_printf(&b, "%s", "abc");
		else if (op == 2)
			buf_add_json(&b, STR("a"));
		else if (op == 3)
			buf_add_u64(&b, 123);
		else
			ck_assert(!buf_reserve(&b, SIZE_MAX));
		ck_assert(!buf_ok(&b));
		ck_str_is(buf_str(&b), "12345678");
		ck_assert_int_eq(b.p[b.len], '\0');
		buf_add_char(&b, 'x');
		ck_str_is(buf_str(&b), "12345678");
		buf_release(&b);
	}
}
END_TEST

START_TEST(adds)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	ck_str_is(buf_str(&b), "");
	buf_drop(&b, 0);
	buf_add_u64(&b, 0);
	buf_add_char(&b, ' ');
	buf_add_u64(&b, UINT64_MAX);
	buf_add_str(&b, STR_NULL);
	buf_add_str(&b, STR("|"));
	buf_printf(&b, "%s%04d", "n", 7);
	ck_str_is(buf_str(&b), "0 18446744073709551615|n0007");
	buf_drop(&b, 2);
	ck_str_is(buf_str(&b), "18446744073709551615|n0007");
	buf_drop(&b, b.len);
	ck_str_is(buf_str(&b), "");
	buf_printf(&b, "%5000d", 1);
	ck_assert_uint_eq(b.len, 5000);
	ck_assert_int_eq(b.p[5000], '\0');
	ck_assert(buf_reserve(&b, 100000));
	memset(b.p + b.len, 'z', 100000);
	buf_release(&b);
}
END_TEST

START_TEST(json_strings)
{
	struct buf b;

	buf_init(&b, 4096);
	buf_add_json(&b, guard_copy(STR("a\"b\\c/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9\0z")));
	ck_str_is(buf_str(&b),
	    "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\xc3\xa9\\u0000z\"");
	buf_clear(&b);
	buf_add_json(&b, STR(""));
	ck_str_is(buf_str(&b), "\"\"");
	buf_clear(&b);
	buf_add_json(&b, STR_NULL);
	ck_str_is(buf_str(&b), "\"\"");
	buf_release(&b);
}
END_TEST

START_TEST(a_failure_is_handed_on)
{
	struct buf part, whole;

	buf_init(&part, 4);
	buf_init(&whole, 100);
	buf_add_cstr(&part, "ab");
	buf_add_buf(&whole, &part);
	ck_str_is(buf_str(&whole), "ab");
	buf_add_cstr(&part, "cde");
	buf_add_buf(&whole, &part);
	ck_assert(!buf_ok(&whole));
	ck_str_is(buf_str(&whole), "ab");
	buf_clear(&whole);
	ck_assert(buf_ok(&whole));
	buf_fail(&whole);
	buf_add_cstr(&whole, "a");
	ck_assert(!buf_ok(&whole));
	ck_str_is(buf_str(&whole), "");
	buf_release(&part);
	buf_release(&whole);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_failure_is_handed_on, grows_to_the_ceiling_and_no_further,
		a_failed_operation_adds_nothing, adds, json_strings, NULL };

	return unit_run("buf", tests);
}
