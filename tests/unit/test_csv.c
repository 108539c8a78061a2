#include "tests/unit/support/unit.h"
#include "wire/csv.h"

static const char *
line_of(const struct str *cells, size_t n)
{
	struct buf *b = buf_new(unit_arena(), 65536);

	csv_add_line(b, cells, n);
	ck_assert(buf_ok(b));
	return b->p;
}

static const char *
cell(struct str s)
{
	s = guard_copy(s);
	return line_of(&s, 1);
}

START_TEST(cells_stand_with_commas_between)
{
	struct str cells[] = { STR("a"), STR(""), STR_NULL, STR("\xc3\xa9 b") };

	ck_assert_str_eq(line_of(cells, 4), "a,,,\xc3\xa9 b\r\n");
	ck_assert_str_eq(line_of(cells, 0), "\r\n");
}
END_TEST

START_TEST(what_would_end_a_cell_is_quoted)
{
	ck_assert_str_eq(cell(STR("a,b")), "\"a,b\"\r\n");
	ck_assert_str_eq(cell(STR("a\"b")), "\"a\"\"b\"\r\n");
	ck_assert_str_eq(cell(STR("a\nb")), "\"a\nb\"\r\n");
	ck_assert_str_eq(cell(STR("a\r\nb")), "\"a\r\nb\"\r\n");
	ck_assert_str_eq(cell(STR("\"")), "\"\"\"\"\r\n");
}
END_TEST

START_TEST(what_would_be_computed_is_text)
{
	ck_assert_str_eq(cell(STR("=cmd|' /C calc'!A0")), "'=cmd|' /C calc'!A0\r\n");
	ck_assert_str_eq(cell(STR("+1")), "'+1\r\n");
	ck_assert_str_eq(cell(STR("-1")), "'-1\r\n");
	ck_assert_str_eq(cell(STR("@SUM(1,2)")), "\"'@SUM(1,2)\"\r\n");
	ck_assert_str_eq(cell(STR("\t=1")), "'\t=1\r\n");
	ck_assert_str_eq(cell(STR("\r=1")), "\"'\r=1\"\r\n");
	ck_assert_str_eq(cell(STR("1=1")), "1=1\r\n");
	ck_assert_str_eq(cell(STR("\xef\xbc\x9d""1")), "'\xef\xbc\x9d""1\r\n");
	ck_assert_str_eq(cell(STR("\xef\xbc\xa0x")), "'\xef\xbc\xa0x\r\n");
	ck_assert_str_eq(cell(STR("\xef\xbc\x8c")), "\xef\xbc\x8c\r\n");
	ck_assert_str_eq(cell(STR("a;=cmd;b;\xef\xbc\x8b")), "a;'=cmd;b;'\xef\xbc\x8b\r\n");
	ck_assert_str_eq(cell(STR("a;")), "a;\r\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { cells_stand_with_commas_between,
		what_would_end_a_cell_is_quoted, what_would_be_computed_is_text, NULL };

	return unit_run("csv", tests);
}
