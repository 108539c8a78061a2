#include "base/id.h"
#include "tests/unit/support/unit.h"
#include "wire/markdown.h"

static void
show_id(void *of, struct buf *out, int64_t id, bool marked)
{
	(void)of;
	buf_printf(out, marked ? "<i>%lld</i>" : "@%lld", (long long)id);
}

static const struct markdown_names names = { show_id, NULL };

static const char *
html(struct str s)
{
	struct buf *b = buf_new(unit_arena(), 8 << 20);

	buf_add_cstr(b, "");
	markdown_add_html(b, unit_arena(), guard_copy(s), &names);
	ck_assert(buf_ok(b));
	return b->p;
}

/* What is in the only paragraph. */
static const char *
para(struct str s)
{
	static const char head[] = "<p dir=\"auto\">", tail[] = "</p>\n";
	const char *all = html(s);
	size_t n = strlen(all), h = sizeof(head) - 1, t = sizeof(tail) - 1;

	ck_assert_msg(n >= h + t && strncmp(all, head, h) == 0 && strcmp(all + n - t, tail) == 0,
	    "%s", all);
	return arena_strndup(unit_arena(), all + h, n - h - t);
}

static const char *
line(struct str s)
{
	struct buf *b = buf_new(unit_arena(), 65536);

	buf_add_cstr(b, "");
	markdown_add_line(b, unit_arena(), guard_copy(s), &names);
	return b->p;
}

#define A(url) "<a href=\"" url "\" rel=\"nofollow ugc noopener noreferrer\"><bdi>"

START_TEST(text_is_a_paragraph)
{
	ck_assert_str_eq(html(STR("")), "");
	ck_assert_str_eq(html(STR(" \n\t\n")), "");
	ck_assert_str_eq(html(STR("a")), "<p dir=\"auto\">a</p>\n");
	ck_assert_str_eq(html(STR("a\nb\n\n\n c ")),
	    "<p dir=\"auto\">a<br>b</p>\n<p dir=\"auto\">c</p>\n");
	ck_assert_str_eq(para(STR("<b> & \"\xc3\xa9\xf0\x9f\x98\x80'")),
	    "&lt;b&gt; &amp; &#34;\xc3\xa9\xf0\x9f\x98\x80&#39;");
}
END_TEST

START_TEST(pairs_are_marked)
{
	ck_assert_str_eq(para(STR("**a** *b* _c_ ~~d~~ __e__")),
	    "<strong>a</strong> <em>b</em> <em>c</em> <s>d</s> <strong>e</strong>");
	ck_assert_str_eq(para(STR("***a***")), "<em><strong>a</strong></em>");
	ck_assert_str_eq(para(STR("**a *b* c**")), "<strong>a <em>b</em> c</strong>");
	ck_assert_str_eq(para(STR("*a **b** c*")), "<em>a <strong>b</strong> c</em>");
	ck_assert_str_eq(para(STR("a*b*c")), "a<em>b</em>c");
	ck_assert_str_eq(para(STR("||a **b**||")),
	    "<span class=\"spoiler\" tabindex=\"0\">a <strong>b</strong></span>");
}
END_TEST

START_TEST(what_is_no_pair_stays)
{
	ck_assert_str_eq(para(STR("2 * 3 * 4")), "2 * 3 * 4");
	ck_assert_str_eq(para(STR("snake_case_word")), "snake_case_word");
	ck_assert_str_eq(para(STR("**a")), "**a");
	ck_assert_str_eq(para(STR("a** *")), "a** *");
	ck_assert_str_eq(para(STR("~a~ |b|")), "~a~ |b|");
	ck_assert_str_eq(para(STR("*a ~~b* c~~")), "<em>a ~~b</em> c~~");
	ck_assert_str_eq(para(STR("*******a*******")), "*******a*******");
	ck_assert_str_eq(para(STR("\\*a\\* \\a \\\\")), "*a* \\a \\");
	ck_assert_str_eq(para(STR("||||")), "||||");
}
END_TEST

START_TEST(code_is_as_it_is)
{
	ck_assert_str_eq(para(STR("`**a** <b> \\`")), "<code>**a** &lt;b&gt; \\</code>");
	ck_assert_str_eq(para(STR("`` a`b ``")), "<code>a`b</code>");
	ck_assert_str_eq(para(STR("`a\nb`")), "<code>a b</code>");
	ck_assert_str_eq(para(STR("`a")), "`a");
	ck_assert_str_eq(para(STR("*a `b* c`")), "*a <code>b* c</code>");
	ck_assert_str_eq(html(STR("```c\n  if (a < b)\n\n```\n**x**")),
	    "<pre tabindex=\"0\"><code>  if (a &lt; b)\n</code></pre>\n"
	    "<p dir=\"auto\"><strong>x</strong></p>\n");
	ck_assert_str_eq(html(STR("a\n~~~\n```\n> b\n")),
	    "<p dir=\"auto\">a</p>\n<pre tabindex=\"0\"><code>```\n&gt; b</code></pre>\n");
	ck_assert_str_eq(html(STR("```")), "<pre tabindex=\"0\"><code></code></pre>\n");
}
END_TEST

START_TEST(addresses_are_links)
{
	ck_assert_str_eq(para(STR("see https://a.example/x?b=1&c=_2_.")),
	    "see " A("https://a.example/x?b=1&amp;c=_2") "https://a.example/x?b=1&amp;c=_2"
	    "</bdi></a>_.");
	ck_assert_str_eq(para(STR("<HTTP://a/*b*>")),
	    A("HTTP://a/*b*") "HTTP://a/*b*</bdi></a>");
	ck_assert_str_eq(para(STR("[a *b*](https://c.example/d)")),
	    A("https://c.example/d") "a <em>b</em></bdi> "
	    "<small dir=\"ltr\">(c.example)</small></a>");
	ck_assert_str_eq(para(STR("[bank.example](https://bank.example@evil.example\t)")),
	    "[bank.example](" A("https://bank.example@evil.example")
	    "https://bank.example@evil.example</bdi></a>\t)");
	ck_assert_str_eq(para(STR("[bank.example](https://bank.example@evil.example)")),
	    A("https://bank.example@evil.example")
	    "bank.example</bdi> <small dir=\"ltr\">(evil.example)</small></a>");
	ck_assert_str_eq(para(STR("[a](http://b/(c)) d")),
	    A("http://b/(c)") "a</bdi> <small dir=\"ltr\">(b)</small></a> d");
}
END_TEST

START_TEST(nothing_else_is_a_link)
{
	ck_assert_str_eq(para(STR("[a](javascript:alert(1))")), "[a](javascript:alert(1))");
	ck_assert_str_eq(para(STR("[a](//b) [c](data:d) <javascript:e>")),
	    "[a](//b) [c](data:d) &lt;javascript:e&gt;");
	ck_assert_str_eq(para(STR("https:// xhttps://a http://")), "https:// xhttps://a http://");
	ck_assert_str_eq(para(STR("[](https:)")), "[](https:)");
	ck_assert_str_eq(para(STR("[a]")), "[a]");
	ck_assert_ptr_null(strstr(para(STR("[a](https://b\"onclick=c)")), "\"onclick"));
}
END_TEST

START_TEST(pairs_and_links_do_not_cross)
{
	ck_assert_str_eq(para(STR("*a [b*](https://c) d*")),
	    "<em>a " A("https://c") "b*</bdi> <small dir=\"ltr\">(c)</small></a> d</em>");
	ck_assert_str_eq(para(STR("[*a](https://b) c*")),
	    A("https://b") "*a</bdi> <small dir=\"ltr\">(b)</small></a> c*");
	ck_assert_str_eq(para(STR("[a https://b [c](https://d)](https://e)")),
	    A("https://e") "a https://b [c](https://d)</bdi> <small dir=\"ltr\">(e)</small></a>");
}
END_TEST

START_TEST(mentions_are_named)
{
	ck_assert_str_eq(para(STR("<@17> **<@&18>**")), "<i>17</i> <strong><i>18</i></strong>");
	ck_assert_str_eq(para(STR("`<@17>` \\<@18> <@x> <@019> <@")),
	    "<code>&lt;@17&gt;</code> &lt;@18&gt; &lt;@x&gt; &lt;@019&gt; &lt;@");
	ck_assert_str_eq(para(STR("[<@17>](https://a)")),
	    A("https://a") "<i>17</i></bdi> <small dir=\"ltr\">(a)</small></a>");
}
END_TEST

START_TEST(quotes_hold_blocks)
{
	ck_assert_str_eq(html(STR("> a\n> b\nc\n\nd")),
	    "<blockquote><p dir=\"auto\">a<br>b<br>c</p>\n</blockquote>\n<p dir=\"auto\">d</p>\n");
	ck_assert_str_eq(html(STR(">```\n>a\nb")),
	    "<blockquote><pre tabindex=\"0\"><code>a</code></pre>\n"
	    "</blockquote>\n<p dir=\"auto\">b</p>\n");
	ck_assert_str_eq(html(STR(">> a")),
	    "<blockquote><blockquote><p dir=\"auto\">a</p>\n</blockquote>\n</blockquote>\n");
	ck_assert_str_eq(html(STR("a > b")), "<p dir=\"auto\">a &gt; b</p>\n");
}
END_TEST

START_TEST(lists_hold_items)
{
	ck_assert_str_eq(html(STR("a\n- b\n- c\n  d\n\ne")), "<p dir=\"auto\">a</p>\n"
	    "<ul>\n<li dir=\"auto\">b\n</li>\n<li dir=\"auto\">c<br>d\n</li>\n</ul>\n"
	    "<p dir=\"auto\">e</p>\n");
	ck_assert_str_eq(html(STR("3. a\n4. b\n   - c")),
	    "<ol start=\"3\">\n<li dir=\"auto\">a\n</li>\n"
	    "<li dir=\"auto\">b\n<ul>\n<li dir=\"auto\">c\n</li>\n</ul>\n</li>\n</ol>\n");
	ck_assert_str_eq(html(STR("- a\n\n- b")), "<ul>\n<li dir=\"auto\"><p dir=\"auto\">a</p>\n"
	    "</li>\n"
	    "<li dir=\"auto\"><p dir=\"auto\">b</p>\n</li>\n</ul>\n");
	ck_assert_str_eq(html(STR("- a\n+ b")),
	    "<ul>\n<li dir=\"auto\">a\n</li>\n</ul>\n<ul>\n<li dir=\"auto\">b\n</li>\n</ul>\n");
	ck_assert_str_eq(html(STR("in\n2026. x\n-y")), "<p dir=\"auto\">in<br>2026. x<br>-y</p>\n");
	ck_assert_str_eq(html(STR("-\n1)")),
	    "<ul>\n<li dir=\"auto\"></li>\n</ul>\n<ol>\n<li dir=\"auto\"></li>\n</ol>\n");
}
END_TEST

/* How often a tag is open at once. */
static int
deepest(const char *all, const char *open, const char *close)
{
	int now = 0, most = 0;

	for (const char *p = all; *p != '\0'; p++) {
		if (strncmp(p, open, strlen(open)) == 0 && ++now > most)
			most = now;
		else if (strncmp(p, close, strlen(close)) == 0)
			now--;
	}
	ck_assert_int_eq(now, 0);
	return most;
}

static struct str
repeat(const char *s, size_t n)
{
	struct buf *b = buf_new(unit_arena(), 1 << 20);

	for (size_t i = 0; i < n; i++)
		buf_add_cstr(b, s);
	return buf_str(b);
}

START_TEST(nesting_has_an_end)
{
	struct buf *b = buf_new(unit_arena(), 65536);

	ck_assert_int_eq(deepest(html(repeat(">", 4000)), "<blockquote>", "</blockquote>"),
	    MARKDOWN_BLOCKS);
	ck_assert_int_eq(deepest(html(repeat("- ", 2000)), "<ul>", "</ul>"), MARKDOWN_BLOCKS);
	for (int i = 0; i < 600; i++)
		buf_add_cstr(b, "*a ");
	for (int i = 0; i < 600; i++)
		buf_add_cstr(b, " a*");
	ck_assert_int_le(deepest(html(buf_str(b)), "<em>", "</em>"), 20);
	ck_assert_int_gt(deepest(html(buf_str(b)), "<em>", "</em>"), 5);
}
END_TEST

/* 16 KB of each; slow ones would take minutes under the sanitizers. */
START_TEST(hostile_text_is_read_quickly)
{
	static const char *const bad[] = { "*", "_a", "**a ", "*a**", "`", "`` ` ", "[", "](",
		"[a](", "[](", "[a](http://b", "<", "<http://", "http://", "http://a", "<@", "<@1>",
		"||", "~~a", ">", "> ", ">\n\n", "- ", "-\n", "1. a\n", " \n", "```\n", "````",
		"\\", "\n", "((((", "> - ", "- >\n", "[a](http://b/((((", "*a _b ~~c ||d " };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct str s = repeat(bad[i], 16384 / strlen(bad[i]));
		ck_assert_uint_lt(strlen(html(s)), 40 * s.len);
		line(s);
	}
}
END_TEST

START_TEST(a_title_has_no_marks)
{
	ck_assert_str_eq(line(STR("> **a** `b` <@17> <c>")), "a b @17 &lt;c&gt;");
	ck_assert_str_eq(line(STR("- [a](https://b) https://c")), "a https://c");
	ck_assert_str_eq(line(STR("the end: ||he <@17> dies|| ok")), "the end: \xe2\x80\xa6 ok");
	ck_assert(markdown_is_fence(STR("```c")) && markdown_is_fence(STR(" ~~~")));
	ck_assert(!markdown_is_fence(STR("``` a`")) && !markdown_is_fence(STR("``")));
}
END_TEST

START_TEST(a_ceiling_is_kept)
{
	struct buf b;

	buf_init(&b, 30);
	markdown_add_html(&b, unit_arena(), STR("> - aaaaaaaaaaaaaaaaaaaaaaaaaaa"), &names);
	ck_assert(!buf_ok(&b));
	buf_release(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { text_is_a_paragraph, pairs_are_marked,
		what_is_no_pair_stays, code_is_as_it_is, addresses_are_links,
		nothing_else_is_a_link, pairs_and_links_do_not_cross, mentions_are_named,
		quotes_hold_blocks, lists_hold_items, nesting_has_an_end,
		hostile_text_is_read_quickly, a_title_has_no_marks, a_ceiling_is_kept, NULL };

	return unit_run("markdown", tests);
}
