#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "tests/unit/support/unit.h"
#include "wire/json.h"

static enum err
parse(struct str text)
{
	struct json *j;

	return json_parse(unit_arena(), guard_copy(text), &j);
}

static const struct str rejected[] = {
	STR(""), STR(" "), STR("{"), STR("}"), STR("["), STR("]"), STR("[1"), STR("{\"a\""),
	STR("{\"a\":"), STR("{\"a\":1"), STR("\""), STR("\"a"), STR("\"\\"), STR("\"\\u"), STR("-"),
	/* trust.md vectors: duplicate keys, however they are written, at any depth */
	STR("{\"a\":1,\"a\":2}"), STR("{\"a\":1,\"\\u0061\":2}"), STR("{\"x\":{\"a\":1,\"a\":1}}"),
	STR("[{\"a\":1,\"b\":2,\"a\":3}]"), STR("{\"a\":{\"b\":1},\"a\":1}"), STR("{\"\":1,\"\":2}"),
	STR("{\"a\":null,\"a\":null}"),
	/* bytes behind the value */
	STR("{}x"), STR("{} {}"), STR("1 2"), STR("{}\0"), STR("{}\0x"), STR("\0{}"), STR("{},"),
	STR("nullx"), STR("truefalse"), STR("[1]]"),
	/* what is no JSON */
	STR("NaN"), STR("nan"), STR("[NaN]"), STR("Infinity"), STR("-Infinity"), STR("inf"),
	STR("'a'"), STR("{'a':1}"), STR("{a:1}"), STR("[1,]"), STR("[,1]"), STR("[,]"),
	STR("{\"a\":1,}"), STR("{,}"), STR("{\"a\" 1}"), STR("{1:1}"), STR("[1 2]"),
	STR("/* c */{}"), STR("{}// c"), STR("[1/**/]"), STR("#\n{}"),
	STR("True"), STR("TRUE"), STR("nul"), STR("undefined"), STR("\v1"), STR("\f1"),
	/* strings: raw control characters, NUL, lone surrogates, unknown escapes */
	STR("\"\n\""), STR("\"\t\""), STR("\"\x1f\""), STR("\"\0\""), STR("{\"a\n\":1}"),
	STR("\"\\u0000\""), STR("{\"a\\u0000\":1}"), STR("\"a\\u0000b\""),
	STR("\"\\ud800\""), STR("\"\\udc00\""), STR("\"\\ud800x\""), STR("\"\\ud800\\u0041\""),
	STR("\"\\ud800\\ud800\""), STR("\"\\udfff\\ud800\""), STR("\"\\uDBFF\\n\""), STR("\"\\ud83d\\"),
	STR("\"\\x41\""), STR("\"\\'\""), STR("\"\\u12\""), STR("\"\\u12g4\""), STR("\"\\u+123\""),
	STR("\"\\U0041\""), STR("\"\\a\""), STR("\"\\\n\""),
	/* invalid UTF-8 */
	STR("\"\xff\""), STR("\"\xc3\""), STR("\"\xc0\x80\""), STR("\"\xe0\x80\xaf\""),
	STR("\"\xed\xa0\x80\""), STR("\"\xf4\x90\x80\x80\""), STR("\"\xf8\x88\x80\x80\x80\""),
	STR("{\"\xff\":1}"), STR("\xef\xbb\xbf{}"), STR("\xff\xfe{\0}\0"), STR("\"\xe2\x82\""),
	STR("\"\x80\""),
	/* numbers */
	STR("01"), STR("-01"), STR("00"), STR("+1"), STR(".5"), STR("1."), STR("1.e1"), STR("1e"),
	STR("1e+"), STR("0x10"), STR("1_000"), STR("--1"), STR("1e1.5"), STR("1,5"), STR("- 1"),
	STR("99999999999999999999"), STR("-99999999999999999999"), STR("9223372036854775808"),
	STR("-9223372036854775809"), STR("18446744073709551615"), STR("18446744073709551616"),
	STR("1e999"), STR("-1e999"), STR("[1e309]"), STR("{\"a\":[1E400]}"), STR("1.5e99999999999"),
};

START_TEST(refuses_every_vector)
{
	for (size_t i = 0; i < sizeof(rejected) / sizeof(rejected[0]); i++) {
		enum err e = parse(rejected[i]);

		ck_assert_msg(e == ERR_UNREADABLE, "vector %zu '%.*s': %s", i, STR_FMT(rejected[i]),
		    err_info(e)->name);
	}
}
END_TEST

static const struct {
	struct str text;
	enum json_type type;
} accepted[] = {
	{ STR("null"), JSON_NULL },
	{ STR(" \t\r\nnull \t\r\n"), JSON_NULL },
	{ STR("true"), JSON_BOOL },
	{ STR("false"), JSON_BOOL },
	{ STR("0"), JSON_INT },
	{ STR("-0"), JSON_INT },
	{ STR("-7"), JSON_INT },
	{ STR("9223372036854775807"), JSON_INT },
	{ STR("-9223372036854775808"), JSON_INT },
	{ STR("1.5"), JSON_DOUBLE },
	{ STR("-0.0"), JSON_DOUBLE },
	{ STR("1e5"), JSON_DOUBLE },
	{ STR("1E+5"), JSON_DOUBLE },
	{ STR("1.7976931348623157e308"), JSON_DOUBLE },
	{ STR("1e-999"), JSON_DOUBLE },
	{ STR("0.00000000000000000000000000000000000000000001"), JSON_DOUBLE },
	{ STR("\"\""), JSON_STRING },
	{ STR("\"\x7f\""), JSON_STRING },
	{ STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\""), JSON_STRING },
	{ STR("\"\\ud83d\\ude00\""), JSON_STRING },
	{ STR("\"\xf0\x9f\x98\x80\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\""), JSON_STRING },
	{ STR("\"\\ufffd\\uffff\""), JSON_STRING },
	{ STR("[]"), JSON_ARRAY },
	{ STR("[ ]"), JSON_ARRAY },
	{ STR("[1,[2,[3]],{}]"), JSON_ARRAY },
	{ STR("{}"), JSON_OBJECT },
	{ STR("{ }"), JSON_OBJECT },
	{ STR("{\"a\":1,\"A\":2,\"\":3}"), JSON_OBJECT },
	{ STR("{\"a\":{\"a\":{\"a\":1}}}"), JSON_OBJECT },
	{ STR("[{\"a\":1},{\"a\":1}]"), JSON_ARRAY },
};

START_TEST(takes_plain_json)
{
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		struct json *j = NULL;
		enum err e = json_parse(unit_arena(), guard_copy(accepted[i].text), &j);

		ck_assert_msg(e == ERR_OK, "'%.*s': %s", STR_FMT(accepted[i].text), err_info(e)->name);
		ck_assert_msg(json_type(j) == accepted[i].type, "'%.*s': type %d",
		    STR_FMT(accepted[i].text), (int)json_type(j));
	}
}
END_TEST

static const struct {
	struct str text, means;
} written[] = {
	{ STR("\"\\ud83d\\ude00\""), STR("\xf0\x9f\x98\x80") },
	{ STR("\"\\uD837\\uDC00\""), STR("\xf0\x9d\xb0\x80") },
	{ STR("\"\\ud837\\udfff\""), STR("\xf0\x9d\xbf\xbf") },
	{ STR("\"\\ud876\\udfff\\ud877\\udc00\""), STR("\xf0\xad\xaf\xbf\xf0\xad\xb0\x80") },
	{ STR("\"\\udbff\\udfff\\ud800\\udc00\""), STR("\xf4\x8f\xbf\xbf\xf0\x90\x80\x80") },
	{ STR("\"\\\\ud837\\\\udc00\\ud837\\udc00\\n\\\\\""),
	    STR("\\ud837\\udc00\xf0\x9d\xb0\x80\n\\") },
	{ STR("\"\\\"\\ud837\\udc00\\u00e9\\\"\""), STR("\"\xf0\x9d\xb0\x80\xc3\xa9\"") },
};

/* Characters beyond U+FFFF as two escapes; json-c 0.16 takes U+1DC00 to U+1DFFF for half of one. */
START_TEST(reads_pairs_of_surrogates)
{
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		struct json *j = NULL;
		enum err e = json_parse(unit_arena(), guard_copy(written[i].text), &j);
		struct str s;

		ck_assert_msg(e == ERR_OK, "'%.*s': %s", STR_FMT(written[i].text), err_info(e)->name);
		ck_assert(json_str(j, &s));
		ck_assert_msg(str_eq(s, written[i].means), "'%.*s' is '%.*s'", STR_FMT(written[i].text),
		    STR_FMT(s));
	}
}
END_TEST

static struct str
repeat(const char *head, const char *middle, const char *tail, size_t n)
{
	struct buf b;
	struct str s;

	buf_init(&b, 8 << 20);
	for (size_t i = 0; i < n; i++)
		buf_add_cstr(&b, head);
	buf_add_cstr(&b, middle);
	for (size_t i = 0; i < n; i++)
		buf_add_cstr(&b, tail);
	ck_assert(buf_ok(&b));
	s = (struct str){ arena_strndup(unit_arena(), b.p, b.len), b.len };
	buf_release(&b);
	return s;
}

START_TEST(bounds_the_depth)
{
	ck_err(parse(repeat("[", "", "]", JSON_DEPTH)), ERR_OK);
	ck_err(parse(repeat("[", "", "]", JSON_DEPTH + 1)), ERR_UNREADABLE);
	ck_err(parse(repeat("{\"a\":", "1", "}", JSON_DEPTH)), ERR_OK);
	ck_err(parse(repeat("{\"a\":", "1", "}", JSON_DEPTH + 1)), ERR_UNREADABLE);
	ck_err(parse(repeat("[{\"a\":", "1", "}]", JSON_DEPTH / 2)), ERR_OK);
	ck_err(parse(repeat("[", "", "", 1 << 20)), ERR_UNREADABLE);
	ck_err(parse(repeat("{\"a\":", "", "", 1 << 19)), ERR_UNREADABLE);
}
END_TEST

static struct str
object_of(int keys)
{
	struct buf b;
	struct str s;

	buf_init(&b, 8 << 20);
	buf_add_char(&b, '{');
	for (int i = 0; i < keys; i++)
		buf_printf(&b, "%s\"k%d\":%d", i == 0 ? "" : ",", i, i);
	buf_add_char(&b, '}');
	s = (struct str){ arena_strndup(unit_arena(), b.p, b.len), b.len };
	buf_release(&b);
	return s;
}

START_TEST(bounds_the_keys)
{
	ck_err(parse(object_of(JSON_KEYS)), ERR_OK);
	ck_err(parse(object_of(JSON_KEYS + 1)), ERR_UNREADABLE);
	ck_err(parse(object_of(100000)), ERR_UNREADABLE);
}
END_TEST

/* A text cut anywhere is refused, and nothing behind its end is read. */
START_TEST(refuses_every_prefix)
{
	struct str text = STR("{\"a\":[1,-2.5e3,true,null,\"\\ud83d\\ude00\xc3\xa9\"],\"b\":{\"c\":\"x\"}}");

	for (size_t n = 0; n < text.len; n++)
		ck_err(parse((struct str){ text.p, n }), ERR_UNREADABLE);
	ck_err(parse(text), ERR_OK);
}
END_TEST

static struct json *
parsed(struct str text)
{
	struct json *j = NULL;

	ck_err(json_parse(unit_arena(), text, &j), ERR_OK);
	return j;
}

START_TEST(getters_refuse_other_types)
{
	struct json *j = parsed(STR("{\"s\":\"x\",\"i\":1,\"d\":1.0,\"b\":true,\"n\":null,\"a\":[1],\"o\":{}}"));
	static const char *const keys[] = { "s", "i", "d", "b", "n", "a", "o", "absent" };

	for (size_t i = 0; i < 8; i++) {
		struct str s = STR("untouched");
		int64_t n = 77;
		double d = 77;
		bool b = false;
		struct json *v = json_get(j, keys[i]);

		ck_assert_int_eq(json_str(v, &s), i == 0);
		ck_assert_int_eq(json_int(v, &n), i == 1);
		ck_assert_int_eq(json_bool(v, &b), i == 3);
		ck_assert_int_eq(json_double(v, &d), i == 1 || i == 2);
		ck_assert(i == 1 || i == 2 ? d > 0.9 && d < 1.1 : d > 76);
		if (i != 0)
			ck_str_is(s, "untouched");
		if (i != 1)
			ck_assert_int_eq(n, 77);
		ck_assert_ptr_null(json_get(v, "x"));
		ck_assert_uint_eq(json_len(v), i == 5);
		ck_assert_int_eq(json_at(v, 0) != NULL, i == 5);
		ck_assert_ptr_null(json_at(v, 1));
	}
	ck_assert_uint_eq(json_len(j), 7);
	ck_assert_int_eq(json_type(NULL), JSON_NULL);
}
END_TEST

/* PATCH {"topic":null} is not PATCH {}. */
START_TEST(null_differs_from_absent)
{
	struct json *j = parsed(STR("{\"n\":null,\"a\":[null]}"));

	ck_assert_ptr_nonnull(json_get(j, "n"));
	ck_assert_int_eq(json_type(json_get(j, "n")), JSON_NULL);
	ck_assert_ptr_null(json_get(j, "m"));
	ck_assert_ptr_nonnull(json_at(json_get(j, "a"), 0));
	ck_assert_ptr_null(json_get(json_get(j, "n"), "n"));
}
END_TEST

START_TEST(decodes_strings)
{
	struct str s = STR_NULL;

	ck_assert(json_str(parsed(STR("\"a\\\"\\\\\\/\\n\\u00e9\\ud83d\\ude00\"")), &s));
	ck_str_is(s, "a\"\\/\n\xc3\xa9\xf0\x9f\x98\x80");
	ck_assert(json_str(json_get(parsed(STR("{\"\\u0061\":\"v\"}")), "a"), &s));
	ck_str_is(s, "v");
	ck_assert(json_str(parsed(STR("\"\"")), &s));
	ck_assert(s.p != NULL && s.len == 0);
}
END_TEST

struct walk {
	char text[64];
	int left;
};

static bool
visit(void *ctx, struct str key, struct json *value)
{
	struct walk *w = ctx;
	int64_t i = -1;
	size_t n = strlen(w->text);

	json_int(value, &i);
	snprintf(w->text + n, sizeof(w->text) - n, "%.*s=%d ", STR_FMT(key), (int)i);
	return --w->left > 0;
}

START_TEST(members_come_in_order)
{
	struct json *j = parsed(STR("{\"z\":1,\"a\":2,\"m\":null,\"b\":4}"));
	struct walk w = { "", 99 };

	json_each(j, visit, &w);
	ck_assert_str_eq(w.text, "z=1 a=2 m=-1 b=4 ");
	w = (struct walk){ "", 2 };
	json_each(j, visit, &w);
	ck_assert_str_eq(w.text, "z=1 a=2 ");
	w = (struct walk){ "", 99 };
	json_each(parsed(STR("[1]")), visit, &w);
	ck_assert_str_eq(w.text, "");
}
END_TEST

/* Changed bytes give a verdict, never a crash, and never "no memory", which would mean that the
 * scan and json-c disagree. */
START_TEST(survives_mutations)
{
	const char seed[] = "{\"a\":[1,-2.5e3,true,null,\"\\ud83d\\ude00\xc3\xa9\"],\"b\":{\"c\":\"x\"}}";
	unsigned state = 1;

	for (int round = 0; round < 20000; round++) {
		char text[sizeof(seed)];
		struct arena a;
		struct json *j;
		enum err e;

		memcpy(text, seed, sizeof(seed));
		for (int i = 0; i < 3; i++) {
			state = state * 1103515245u + 12345u;
			text[(state >> 8) % (sizeof(seed) - 1)] = (char)(state >> 24);
		}
		arena_init(&a, 1 << 20);
		e = json_parse(&a, (struct str){ text, sizeof(seed) - 1 }, &j);
		ck_assert_msg(e == ERR_OK || e == ERR_UNREADABLE, "'%s': %s", text, err_info(e)->name);
		arena_release(&a);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { refuses_every_vector, takes_plain_json,
		reads_pairs_of_surrogates, bounds_the_depth, bounds_the_keys, refuses_every_prefix,
		getters_refuse_other_types, null_differs_from_absent, decodes_strings,
		members_come_in_order, survives_mutations, NULL };

	return unit_run("json", tests);
}
