#include "tests/unit/support/unit.h"
#include "wire/html.h"

static const char *
shown(struct str s)
{
	struct buf *b = buf_new(unit_arena(), 65536);

	buf_add_cstr(b, "");
	html_add_text(b, guard_copy(s));
	ck_assert(buf_ok(b));
	return b->p;
}

START_TEST(text_stays_as_it_is)
{
	ck_assert_str_eq(shown(STR("")), "");
	ck_assert_str_eq(shown(STR("plain \xc3\xa9 \xf0\x9f\x98\x80\tand\nlines")),
	    "plain \xc3\xa9 \xf0\x9f\x98\x80\tand\nlines");
	ck_assert_str_eq(shown(STR("\xef\xbf\xbd\xef\xbb\xbf")), "\xef\xbf\xbd\xef\xbb\xbf");
}
END_TEST

START_TEST(what_would_be_markup_is_text)
{
	ck_assert_str_eq(shown(STR("<script>alert('1')</script>")),
	    "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;");
	ck_assert_str_eq(shown(STR("\" onload=\"x")), "&#34; onload=&#34;x");
	ck_assert_str_eq(shown(STR("&lt; &#60; ]]>")), "&amp;lt; &amp;#60; ]]&gt;");
}
END_TEST

START_TEST(what_xml_has_no_room_for_is_replaced)
{
	ck_assert_str_eq(shown(STR("a\x01z\x1f\r")), "a\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd");
	ck_assert_str_eq(shown(STR("\xef\xbf\xbe.\xef\xbf\xbf")), "\xef\xbf\xbd.\xef\xbf\xbd");
}
END_TEST

START_TEST(a_character_cut_short_is_not_read_beyond)
{
	ck_assert_str_eq(shown(STR("\xef\xbf")), "\xef\xbf");
	ck_assert_str_eq(shown(STR("\xef")), "\xef");
}
END_TEST

START_TEST(a_ceiling_is_kept)
{
	struct buf b;

	buf_init(&b, 10);
	html_add_text(&b, STR("<<<<<<<<<<"));
	ck_assert(!buf_ok(&b));
	buf_release(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { text_stays_as_it_is, what_would_be_markup_is_text,
		what_xml_has_no_room_for_is_replaced, a_character_cut_short_is_not_read_beyond,
		a_ceiling_is_kept, NULL };

	return unit_run("html", tests);
}
