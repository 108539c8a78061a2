/* str, id, clock, err */
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "tests/unit/support/unit.h"

START_TEST(strings_compare)
{
	ck_assert(str_eq(STR("ab"), STR("ab")));
	ck_assert(!str_eq(STR("ab"), STR("aB")));
	ck_assert(!str_eq(STR("ab"), STR("abc")));
	ck_assert(str_eq(STR(""), STR_NULL));
	ck_assert(str_eq(STR("a\0b"), STR("a\0b")));
	ck_assert(!str_eq(STR("a\0b"), STR("a\0c")));
	ck_assert(str_eq_nocase(STR("Content-TYPE"), STR("content-type")));
	ck_assert(!str_eq_nocase(STR("@"), STR("`")));
	ck_assert(!str_eq_nocase(STR("["), STR("{")));
	ck_assert(str_has_prefix(STR("abc"), STR("ab")));
	ck_assert(str_has_prefix(STR("abc"), STR("")));
	ck_assert(!str_has_prefix(STR("a"), STR("ab")));
	ck_str_is(str_trim(guard_copy(STR(" \t\r\n a b \n"))), "a b");
	ck_str_is(str_trim(guard_copy(STR(" \t"))), "");
	ck_assert(str_is_hex(guard_copy(STR("0123456789abcdef"))));
	ck_assert(!str_is_hex(STR_NULL) && !str_is_hex(STR("aG")) && !str_is_hex(STR("A")));
	ck_assert(!str_is_hex(STR("a\0")) && !str_is_hex(STR("/")) && !str_is_hex(STR("0:")));
}
END_TEST

START_TEST(strings_are_cut)
{
	struct str rest = guard_copy(STR("a,,b,"));

	ck_str_is(str_cut(&rest, ','), "a");
	ck_str_is(str_cut(&rest, ','), "");
	ck_str_is(str_cut(&rest, ','), "b");
	ck_assert(rest.p != NULL && rest.len == 0);
	ck_assert_ptr_nonnull(str_cut(&rest, ',').p);
	ck_assert_ptr_null(rest.p);
	ck_assert_ptr_null(str_cut(&rest, ',').p);
}
END_TEST

START_TEST(lists_have_words)
{
	struct str list = guard_copy(STR("read,write,,a"));

	ck_assert(str_list_has(list, ',', STR("read")));
	ck_assert(str_list_has(list, ',', STR("write")));
	ck_assert(str_list_has(list, ',', STR("a")));
	ck_assert(!str_list_has(list, ',', STR("rea")));
	ck_assert(!str_list_has(list, ',', STR("")));
	ck_assert(!str_list_has(list, ' ', STR("read")));
	ck_assert(!str_list_has(STR(""), ' ', STR("")));
	ck_assert(!str_list_has(STR_NULL, ' ', STR("a")));
}
END_TEST

START_TEST(characters_are_cut)
{
	struct str rest = guard_copy(STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xed\xa0\x80"));
	static const uint32_t want[] = { 'a', 0xe9, 0x20ac, 0x1f600 };
	uint32_t point = 7;

	for (size_t i = 0; i < 4; i++) {
		ck_assert(str_utf8_next(&rest, &point));
		ck_assert_uint_eq(point, want[i]);
	}
	ck_assert(!str_utf8_next(&rest, &point));
	ck_assert_uint_eq(rest.len, 3);
	ck_assert_uint_eq(point, 0x1f600);
	rest = STR_NULL;
	ck_assert(!str_utf8_next(&rest, &point));
}
END_TEST

START_TEST(characters_are_written)
{
	static const uint32_t points[] = { 0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff,
		0x10000, 0x1dc00, 0x10ffff };
	uint32_t point;
	char out[4];

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		struct str s = { out, str_utf8_put(points[i], out) };

		ck_assert(str_utf8_next(&s, &point));
		ck_assert_uint_eq(point, points[i]);
		ck_assert_uint_eq(s.len, 0);
	}
}
END_TEST

START_TEST(numbers)
{
	static const struct str bad[] = { STR(""), STR("-1"), STR("+1"), STR(" 1"), STR("1 "),
		STR("1x"), STR("0x1"), STR("1\0"), STR("18446744073709551616"),
		STR("99999999999999999999999") };
	uint64_t v = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!str_to_u64(guard_copy(bad[i]), UINT64_MAX, &v), "bad %zu", i);
	ck_assert(!str_to_u64(STR("101"), 100, &v));
	ck_assert_uint_eq(v, 7);
	ck_assert(str_to_u64(guard_copy(STR("18446744073709551615")), UINT64_MAX, &v));
	ck_assert_uint_eq(v, UINT64_MAX);
	ck_assert(str_to_u64(STR("00100"), 100, &v));
	ck_assert_uint_eq(v, 100);
}
END_TEST

START_TEST(ids)
{
	static const struct str bad[] = { STR(""), STR("0"), STR("01"), STR("-1"), STR("+1"),
		STR("1 "), STR("9223372036854775808"), STR("18446744073709551617"), STR("1e3"),
		STR("@me"), STR("00000000000000000001"), STR("1\0") };
	char text[21];
	int64_t id = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!id_parse(guard_copy(bad[i]), &id), "bad %zu", i);
	ck_assert_int_eq(id, 7);
	ck_assert(id_parse(guard_copy(STR("9223372036854775807")), &id));
	ck_assert_int_eq(id, INT64_MAX);
	ck_assert(id_parse(STR("1"), &id));
	ck_assert_int_eq(id, 1);
	id_format(INT64_MIN, text);
	ck_assert_str_eq(text, "-9223372036854775808");
	id_format(INT64_C(1795308312345) << 20 | 5, text);
	ck_assert_uint_eq(strlen(text), ID_DIGITS);
	ck_assert_int_eq(id_wall_ms(INT64_C(1795308312345) << 20 | 5), INT64_C(1795308312345));
	ck_assert_int_eq(id_of_wall_ms(INT64_C(1795308312345)), INT64_C(1795308312345) << 20);
}
END_TEST

START_TEST(the_clock_can_be_set)
{
	int64_t before = clock_mono_us();

	ck_assert_int_gt(clock_wall_ms(), INT64_C(1700000000000));
	ck_assert_int_ge(clock_mono_us(), before);
	clock_set(5, 6);
	ck_assert_int_eq(clock_wall_ms(), 5);
	ck_assert_int_eq(clock_mono_ms(), 6);
	ck_assert_int_eq(clock_mono_us(), 6000);
	clock_unset();
	ck_assert_int_gt(clock_wall_ms(), INT64_C(1700000000000));
}
END_TEST

START_TEST(times)
{
	static const struct { int64_t ms; const char *text; } good[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ INT64_C(1795308312345), "2026-11-22T00:45:12.345Z" },
		{ INT64_C(951782400000), "2000-02-29T00:00:00.000Z" },
		{ INT64_C(4107542399999), "2100-02-28T23:59:59.999Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ INT64_MIN, "0001-01-01T00:00:00.000Z" },
		{ INT64_MAX, "9999-12-31T23:59:59.999Z" },
	};
	char out[25];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		clock_rfc3339(good[i].ms, out);
		ck_assert_str_eq(out, good[i].text);
	}
}
END_TEST

START_TEST(errors_are_a_table)
{
	for (int i = 0; i < ERR__MAX; i++) {
		const struct err_info *e = err_info((enum err)i);

		ck_assert(e->name[0] != '\0' && e->code[0] != '\0' && e->title[0] != '\0');
		ck_assert_uint_eq(strspn(e->code, "abcdefghijklmnopqrstuvwxyz_"), strlen(e->code));
		ck_assert_msg(
		    i == ERR_OK ? e->http == 200 : e->http >= 400 && e->http <= 503, "%s", e->name);
		ck_assert_msg(i == ERR_OK || (e->ws >= 4000 && e->ws < 4500), "%s", e->name);
		ck_assert(e->level >= LVL_DEBUG && e->level <= LVL_ERROR);
		ck_assert_msg(
		    err_by_code(str_of(e->code)) == (enum err)i, "%s: code used twice", e->name);
		ck_assert_msg(
		    e->http < 500 ? e->level == LVL_INFO : e->http > 500 || e->level == LVL_ERROR,
		    "%s", e->name);
	}
	ck_assert_int_eq(err_by_code(STR("nonsense")), ERR__MAX);
	ck_assert_int_eq(err_by_code(STR_NULL), ERR__MAX);
	ck_assert_ptr_eq(err_info(ERR__MAX), err_info(ERR_INTERNAL));
	ck_assert_ptr_eq(err_info((enum err)-1), err_info(ERR_INTERNAL));
}
END_TEST

static enum err
tries(enum err e, bool *reached)
{
	TRY(e);
	*reached = true;
	return ERR_OK;
}

START_TEST(try_returns_early)
{
	bool reached = false;

	ck_err(tries(ERR_GONE, &reached), ERR_GONE);
	ck_assert(!reached);
	ck_err(tries(ERR_OK, &reached), ERR_OK);
	ck_assert(reached);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { strings_compare, strings_are_cut, lists_have_words,
		characters_are_cut, characters_are_written,
		numbers, ids, the_clock_can_be_set, times, errors_are_a_table,
		try_returns_early, NULL };

	return unit_run("small", tests);
}
