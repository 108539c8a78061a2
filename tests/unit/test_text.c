#include <stdlib.h>

#include "tests/unit/support/unit.h"
#include "wire/text.h"

START_TEST(utf8_takes_rfc3629)
{
	static const struct str good[] = { STR(""), STR("a"), STR("\0"), STR("\x7f"),
		STR("\xc2\x80"), STR("\xdf\xbf"), STR("\xe0\xa0\x80"), STR("\xed\x9f\xbf"),
		STR("\xee\x80\x80"), STR("\xef\xbf\xbf"), STR("\xf0\x90\x80\x80"),
		STR("\xf4\x8f\xbf\xbf"), STR("a\xc3\xa9z") };
	static const struct str bad[] = { STR("\x80"), STR("\xbf"), STR("\xc0\x80"),
		STR("\xc1\xbf"), STR("\xc2"), STR("\xc2\x41"), STR("\xc2\xc2"), STR("\xe0\x9f\xbf"),
		STR("\xe0\xa0"), STR("\xe1\x80\x41"), STR("\xed\xa0\x80"), STR("\xed\xbf\xbf"),
		STR("\xf0\x8f\xbf\xbf"), STR("\xf0\x90\x80"), STR("\xf4\x90\x80\x80"),
		STR("\xf5\x80\x80\x80"), STR("\xff"), STR("\xfe\xff"), STR("ok\xe2\x82"),
		STR("\xf8\x88\x80\x80\x80") };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(utf8_is_valid(guard_copy(good[i])), "good %zu", i);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!utf8_is_valid(guard_copy(bad[i])), "bad %zu", i);
	ck_assert_uint_eq(utf8_count(guard_copy(STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"))), 4);
	ck_assert_uint_eq(utf8_count(STR("")), 0);
}
END_TEST

START_TEST(every_character_has_its_class)
{
	static const struct { uint32_t point; enum text_class class;
	} some[] = { { 0, TEXT_CONTROL }, { ' ', TEXT_BLANK }, { 'a', TEXT_PLAIN },
		{ 0x7e, TEXT_PLAIN }, { 0x7f, TEXT_CONTROL }, { 0x9b, TEXT_CONTROL },
		{ 0xa0, TEXT_BLANK }, { 0xa1, TEXT_PLAIN }, { 0x200a, TEXT_BLANK },
		{ 0x200b, TEXT_HIDDEN }, { 0x2027, TEXT_PLAIN }, { 0x2028, TEXT_CONTROL },
		{ 0x202e, TEXT_BIDI }, { 0x202f, TEXT_BLANK }, { 0x2069, TEXT_BIDI },
		{ 0xfe0f, TEXT_HIDDEN }, { 0xfffb, TEXT_HIDDEN }, { 0xfffd, TEXT_PLAIN },
		{ 0x1f600, TEXT_PLAIN }, { 0xe0041, TEXT_HIDDEN }, { 0x10ffff, TEXT_PLAIN } };
	size_t count[TEXT_BIDI + 1] = { 0 };

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		ck_assert_msg(text_class(some[i].point) == some[i].class, "U+%04x", some[i].point);
	for (uint32_t point = 0; point <= 0x10ffff; point++)
		count[text_class(point)]++;
	ck_assert_uint_eq(count[TEXT_CONTROL], 32 + 33 + 2);
	ck_assert_uint_eq(count[TEXT_BIDI], 5 + 4);
	ck_assert_uint_eq(count[TEXT_BLANK], 22);
	ck_assert_uint_eq(count[TEXT_HIDDEN], 4096 + 46);
}
END_TEST

START_TEST(emoji_are_told_from_other_texts)
{
	static const struct str good[] = { STR("\xf0\x9f\x91\x8d"),
		STR("\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd"), STR("\xe2\x9d\xa4\xef\xb8\x8f"),
		STR("1\xef\xb8\x8f\xe2\x83\xa3"), STR("#\xe2\x83\xa3"), STR("\xc2\xa9"),
		STR("\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa"),
		STR("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80") };
	static const struct str bad[] = { STR(""), STR("a"), STR("1"), STR("12"),
		STR("1\xef\xb8\x8f"), STR("\xe2\x83\xa3"), STR("\xe2\x80\x8d"),
		STR("\xf0\x9f\x87\xa9"),
		STR("\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa\xf0\x9f\x87\xaa"),
		STR("\xf0\x9f\x91\x8d\xf0\x9f\x91\x8d"), STR("\xf0\x9f\x91\x8d" "a"),
		STR("\xf0\x9f\x91\xa9\xe2\x80\x8d"), STR("\xf0\x9f\x91\x8d\xe2\x83\xa3"),
		STR("\xf0\x9f\x91"), STR("\xe6\xbc\xa2"), STR("\xc3\xa9"),
		STR("\xf0\x9f\x91\x8d\n"),
		STR("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9"
		    "\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9"
		    "\xe2\x80\x8d\xf0\x9f\x91\xa9") };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(text_is_emoji(guard_copy(good[i])), "good %zu", i);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!text_is_emoji(guard_copy(bad[i])), "bad %zu", i);
}
END_TEST

START_TEST(moments_are_those_of_rfc3339)
{
	static const struct str good[] = { STR("2026-11-22T12:00:00Z"), STR("1970-01-01t00:00:00z"),
		STR("2028-02-29T23:59:59.123456789+14:00"), STR("2000-02-29T00:00:00.5-03:30"),
		STR("9999-12-31T23:59:59Z") };
	static const struct str bad[] = { STR(""), STR("now"), STR("infinity"), STR("2026-11-22"),
		STR("2026-11-22 12:00:00Z"), STR("2026-11-22T12:00:00"), STR("2026-11-22T12:00Z"),
		STR("2026-13-01T00:00:00Z"), STR("2026-02-29T00:00:00Z"),
		STR("1900-01-01T00:00:00Z"),
		STR("2100-02-29T00:00:00Z"), STR("2026-04-31T00:00:00Z"),
		STR("2026-11-00T00:00:00Z"),
		STR("2026-11-22T24:00:00Z"), STR("2026-11-22T23:60:00Z"),
		STR("2026-11-22T23:59:60Z"),
		STR("2026-11-22T12:00:00.Z"), STR("2026-11-22T12:00:00.1234567890Z"),
		STR("2026-11-22T12:00:00+15:00"), STR("2026-11-22T12:00:00+0100"),
		STR("2026-11-22T12:00:00Z "), STR("2026-11-22T12:00:00\0Z"),
		STR("+026-11-22T12:00:00Z") };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(text_is_time(guard_copy(good[i])), "good %zu", i);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!text_is_time(guard_copy(bad[i])), "bad %zu", i);
}
END_TEST

START_TEST(texts_are_visible_and_lines)
{
	ck_assert(text_is_visible(guard_copy(STR(" \xe2\x80\x8b""a"))));
	ck_assert(!text_is_visible(
	    guard_copy(STR(" \t\xe2\x80\x8b\xe3\x80\x80\xef\xb8\x8f\xe2\x80\xae"))));
	ck_assert(!text_is_visible(STR("")));
	ck_assert(text_is_line(STR("")));
	ck_assert(text_is_prose(guard_copy(STR("a\n\tb"))));
	ck_assert(!text_is_prose(guard_copy(STR("a\r\n"))));
	ck_assert(!text_is_prose(guard_copy(STR("\xe2\x80\xae""a"))));
	ck_assert(text_is_line(guard_copy(STR("a b\xe2\x80\x8e\xef\xb8\x8f"))));
	ck_assert(!text_is_line(guard_copy(STR("a\nb"))));
	ck_assert(!text_is_line(guard_copy(STR("a\xc2\x9b"))));
	ck_assert(!text_is_line(guard_copy(STR("a\xe2\x80\xae"))));
	ck_assert(!text_is_line(guard_copy(STR("a\xff"))));
}
END_TEST

static struct str
decoded(struct str in, bool form)
{
	struct str out = STR("untouched");
	enum err e = url_decode(unit_arena(), guard_copy(in), form, &out);

	if (e == ERR_OK)
		return out;
	ck_err(e, ERR_BAD_REQUEST);
	ck_str_is(out, "untouched");
	return STR_NULL;
}

START_TEST(url_decodes)
{
	static const struct str bad[] = { STR("%"), STR("%2"), STR("a%"), STR("%zz"), STR("%2g"),
		STR("%g2"), STR("%%20"), STR("%u0041"), STR("%00"), STR("\0"), STR("a%00b"),
		STR("%ff"), STR("%c0%af"), STR("%ed%a0%80"), STR("\xff"), STR("%-1"), STR("% 1"),
		STR("%c3") };

	ck_str_is(decoded(STR(""), false), "");
	ck_str_is(decoded(STR("a%20b+c%2B%2f%2F%C3%a9"), false), "a b+c+//\xc3\xa9");
	ck_str_is(decoded(STR("a%20b+c%2B"), true), "a b c+");
	ck_str_is(decoded(STR("%2541"), false), "%41");
	ck_str_is(decoded(STR("%c3\xa9"), false), "\xc3\xa9");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(decoded(bad[i], false).p == NULL, "bad %zu", i);
}
END_TEST

START_TEST(url_encodes_and_back)
{
	char all[255];
	struct str in = { all, 127 };
	struct buf b;

	for (int i = 0; i < 255; i++)
		all[i] = (char)(i + 1);
	buf_init(&b, 4096);
	url_encode(&b, STR("aZ09-._~ /?&=+%\xc3\xa9\n"));
	ck_str_is(buf_str(&b), "aZ09-._~%20%2F%3F%26%3D%2B%25%C3%A9%0A");
	buf_clear(&b);
	url_encode(&b, in);
	ck_assert(str_eq(decoded(buf_str(&b), true), in));
	buf_release(&b);
}
END_TEST

static struct query_pair pairs[QUERY_PAIRS];

static enum err
parse(struct str in, size_t *n)
{
	return query_parse(unit_arena(), guard_copy(in), pairs, n);
}

START_TEST(query_parses)
{
	size_t n = 9;

	ck_err(parse(STR(""), &n), ERR_OK);
	ck_assert_uint_eq(n, 0);
	ck_err(query_parse(unit_arena(), STR_NULL, pairs, &n), ERR_OK);
	ck_assert_uint_eq(n, 0);
	ck_err(parse(STR("&&"), &n), ERR_OK);
	ck_assert_uint_eq(n, 0);
	ck_err(parse(STR("limit=5&&q=a+b%26c%3D=d&flag&empty=&=v&limit=6"), &n), ERR_OK);
	ck_assert_uint_eq(n, 6);
	ck_str_is(pairs[0].key, "limit");
	ck_str_is(pairs[0].value, "5");
	ck_str_is(pairs[1].key, "q");
	ck_str_is(pairs[1].value, "a b&c==d");
	ck_str_is(pairs[2].key, "flag");
	ck_assert(pairs[2].value.p != NULL && pairs[2].value.len == 0);
	ck_str_is(pairs[3].value, "");
	ck_str_is(pairs[4].key, "");
	ck_str_is(pairs[4].value, "v");
	ck_str_is(pairs[5].value, "6");
}
END_TEST

START_TEST(query_refuses)
{
	struct buf b;
	size_t n = 9;

	ck_err(parse(STR("a=%"), &n), ERR_BAD_REQUEST);
	ck_err(parse(STR("%zz=1"), &n), ERR_BAD_REQUEST);
	ck_err(parse(STR("a=1&b=%00"), &n), ERR_BAD_REQUEST);
	ck_err(parse(STR("a=%ff"), &n), ERR_BAD_REQUEST);
	ck_assert_uint_eq(n, 9);
	buf_init(&b, 4096);
	for (int i = 0; i < QUERY_PAIRS; i++)
		buf_printf(&b, "%sk%d=v", i == 0 ? "" : "&", i);
	ck_err(parse(buf_str(&b), &n), ERR_OK);
	ck_assert_uint_eq(n, QUERY_PAIRS);
	buf_add_cstr(&b, "&one=more");
	ck_err(parse(buf_str(&b), &n), ERR_BAD_REQUEST);
	buf_release(&b);
}
END_TEST

static struct str
cookie(const char *header, const char *name)
{
	return cookie_get(guard_copy(str_of(header)), str_of(name));
}

START_TEST(cookies)
{
	ck_str_is(cookie("moot_access=abc", "moot_access"), "abc");
	ck_str_is(cookie("a=1; moot_access=x.y.z; b=2", "moot_access"), "x.y.z");
	ck_str_is(cookie("a=1;b=2", "b"), "2");
	ck_str_is(cookie("a=\"quoted\"", "a"), "quoted");
	ck_str_is(cookie("a=\"", "a"), "\"");
	ck_str_is(cookie("a=1=2", "a"), "1=2");
	ck_str_is(cookie("a=first; a=second", "a"), "first");
	ck_str_is(cookie("__Host-moot_access=v", "__Host-moot_access"), "v");
	ck_str_is(cookie("a=", "a"), "");
	ck_assert_ptr_null(cookie("", "a").p);
	ck_assert_ptr_null(cookie("a", "a").p);
	ck_assert_ptr_null(cookie("xa=1; A=2; ab=3", "a").p);
	ck_assert_ptr_null(cookie(";;; ;=;", "a").p);
	ck_assert_ptr_null(cookie("__Host-moot_access=v", "moot_access").p);
	ck_assert_ptr_null(cookie_get(STR_NULL, STR("a")).p);
}
END_TEST

static struct str
authorization(struct str header)
{
	struct str token = STR("untouched");
	enum err e = authorization_token(unit_arena(), guard_copy(header), &token);

	if (e == ERR_OK)
		return token;
	ck_err(e, ERR_UNAUTHORIZED);
	ck_str_is(token, "untouched");
	return STR_NULL;
}

START_TEST(authorization_takes_bearer_and_basic)
{
	ck_str_is(authorization(STR("Bearer a.b-c_d~e+/=")), "a.b-c_d~e+/=");
	ck_str_is(authorization(STR("bearer   x  ")), "x");
	ck_str_is(authorization(STR("BEARER x")), "x");
	ck_str_is(authorization(STR("Basic dG9rZW46")), "token");		/* token: */
	ck_str_is(authorization(STR("Basic OnRva2Vu")), "token");		/* :token */
	ck_str_is(authorization(STR("basic dTpw")), "u");			/* u:p */
	ck_str_is(authorization(STR("Basic dG9rZW46cDpx")), "token");	/* token:p:q */
	ck_str_is(authorization(STR("Basic YTo=")), "a");
	ck_str_is(authorization(STR("Basic fn4/Pj4+Og==")), "~~?>>>");
}
END_TEST

START_TEST(authorization_refuses)
{
	static const struct str bad[] = { STR(""), STR(" "), STR("Bearer"), STR("Bearer "),
		STR("Bearer a b"), STR("Bearer \x01"), STR("Bearer \xc3\xa9"), STR("Bearer a\0b"),
		STR("Bearerx"), STR("Digest x"), STR("Negotiate dG9rZW46"), STR("Basic"),
		STR("Basic "), STR("Basic !!!!"), STR("Basic dG9rZW4="), STR("Basic Og=="),
		STR("Basic dG9rZW46="), STR("Basic dG9rZW4"), STR("Basic YTp="), STR("Basic YTq"),
		STR("Basic ===="), STR("Basic fn4_Pj4-Og=="), STR("Basic AGE6"), STR("Basic /zo="),
		STR("Basic IGE6"), STR("dG9rZW46"), STR("Basic dG9r ZW46") };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(authorization(bad[i]).p == NULL, "bad %zu: %.*s", i, STR_FMT(bad[i]));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { utf8_takes_rfc3629, every_character_has_its_class,
		emoji_are_told_from_other_texts, moments_are_those_of_rfc3339,
		texts_are_visible_and_lines, url_decodes, url_encodes_and_back, query_parses,
		query_refuses, cookies, authorization_takes_bearer_and_basic, authorization_refuses,
		NULL };

	return unit_run("text", tests);
}
