#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "domain/mention.h"
#include "domain/rule_set.h"
#include "tests/unit/support/unit.h"
#include "wire/json.h"

#define CHANNEL 1882527262043013132

static int64_t
hits(struct rule_cache *k, const char *text)
{
	struct rule_hits h;
	int64_t sum = 0;

	rule_cache_match(k, unit_arena(), CHANNEL, guard_copy(str_of(text)), &h);
	ck_assert_int_eq(h.rev, 7);
	for (size_t i = 0; i < h.n; i++)
		sum += h.ids[i];
	return sum;
}

static void
learn(struct rule_cache *k, const char *rules)
{
	rule_cache_release(k);
	ck_err(rule_cache_learn(k, unit_arena(), CHANNEL, 7, str_of(rules)), ERR_OK);
}

START_TEST(words_are_looked_for)
{
	struct rule_cache k = { 0 };

	learn(&k, "[{\"id\":\"1\",\"kind\":\"words\",\"words\":[\"bad\",\"worse*\"]},"
		  "{\"id\":\"10\",\"kind\":\"words\",\"words\":[\"worst\",\"bad\"]},"
		  "{\"id\":\"100\",\"kind\":\"duplicates\",\"words\":[\"good\"]}]");
	ck_assert_int_eq(hits(&k, "good"), 0);
	ck_assert_int_eq(hits(&k, "Bad"), 11);
	ck_assert_int_eq(hits(&k, "worsens"), 1);
	ck_assert_int_eq(hits(&k, "the worst"), 10);
	rule_cache_release(&k);
}
END_TEST

START_TEST(links_are_followed_to_their_host)
{
	static const char *const any[] = { "http://a.example", "HTTPS://A.example/x",
		"see (https://b.example).",
		"https:\\\\b.example", "https:b.example", "http://%65vil.example",
		"h\xe2\x80\x8bttp://a.example",
		"xhttp://a.example", "[x](https\\://a.example)", "[x](&#104;ttps://a.example)",
		"[x](&#x48;ttps://a.example)", "[x](https:&#47;/a.example)",
		"[x](https&colon;//a.example)", "https://[2001:db8::1]/", "https://u@[::1]:80/",
		"https://&escr;vil.example", NULL };
	static const char *const none[] = { "http", "http://", "https:// x", "a.example",
		"//a.example", "ftp://a.example",
		"https://?", "https://[host]/", "ht&#104;tp&#999999999;", "\\&#", "&#104;ttp",
		NULL };
	static const char *const denied[] = { "https://evil.example", "https://EVIL.example.",
		"https://www.evil.example/",
		"https://good.example@evil.example/x", "https://u:p@evil.example:8080",
		"https://evil.example?good.example",
		"https://good.example https://evil.example", "https://ev\xc2\xadil.example",
		"https://\xef\xbd\x85vil.example", "https://evil\xe3\x80\x82""example",
		"https:////evil.example", "http:\\evil.example",
		"https://evil.example\\@good.example",
		"https://evi%6c.example", "[x](https://evil\\.example)",
		"[x](https://good.example\\@evil.example)",
		"[x](https://good.example&#64;evil.example)",
		"https://good.example&commat;evil.example",
		NULL };
	static const char *const fine[] = { "https://good.example", "https://notevil.example",
		"https://evil.example.org",
		"https://good.example/https/evil.example", "evil.example",
		"https://good.example/?q=@evil.example", "https://good.example/a&amp;b\\_c",
		"https://[2001:db8::1]/", NULL };
	struct rule_cache k = { 0 };

	learn(&k, "[{\"id\":\"1\",\"kind\":\"links\",\"allow\":[],\"deny\":[]}]");
	for (size_t i = 0; any[i] != NULL; i++)
		ck_assert_msg(hits(&k, any[i]) == 1, "%s", any[i]);
	for (size_t i = 0; none[i] != NULL; i++)
		ck_assert_msg(hits(&k, none[i]) == 0, "%s", none[i]);
	learn(&k, "[{\"id\":\"1\",\"kind\":\"links\",\"allow\":[],\"deny\":[\"Evil.example\"]}]");
	for (size_t i = 0; denied[i] != NULL; i++)
		ck_assert_msg(hits(&k, denied[i]) == 1, "%s", denied[i]);
	for (size_t i = 0; fine[i] != NULL; i++)
		ck_assert_msg(hits(&k, fine[i]) == 0, "%s", fine[i]);
	learn(&k, "[{\"id\":\"1\",\"kind\":\"links\",\"allow\":[\".good.example.\"],"
		  "\"deny\":[\"bad.good.example\"]}]");
	ck_assert_int_eq(hits(&k, "https://www.good.example"), 0);
	ck_assert_int_eq(hits(&k, "https://bad.good.example"), 1);
	ck_assert_int_eq(hits(&k, "https://other.example"), 1);
	ck_assert_int_eq(hits(&k, "https://[2001:db8::1]/"), 1);
	ck_assert_int_eq(hits(&k, "[x](https://good.example\\@evil.example)"), 1);
	ck_assert_int_eq(hits(&k, "[x](https://good.example&#64;evil.example)"), 1);
	rule_cache_release(&k);
}
END_TEST

START_TEST(mentions_are_counted)
{
	struct rule_cache k = { 0 };

	learn(&k, "[{\"id\":\"1\",\"kind\":\"mentions\",\"most\":2}]");
	ck_assert_int_eq(hits(&k, "<@1882527262043013132><@&1882527262043013133>"), 0);
	ck_assert_int_eq(hits(&k, "<@1882527262043013132> <@&1882527262043013132> "
				  "<@1882527262043013133>"), 1);
	ck_assert_int_eq(hits(&k, "<@1882527262043013132> <@1882527262043013132> "
				  "<@1882527262043013132>"), 0);
	ck_assert_int_eq(hits(&k, "<@1> <@2> <@3>"), 0);
	rule_cache_release(&k);
}
END_TEST

static struct json *
mention_cases(void)
{
	const char *top = getenv("top_srcdir");
	const char *path =
	    arena_printf(unit_arena(), "%s/tests/mentions.json", top == NULL ? "." : top);
	FILE *f = fopen(path, "r");
	static char text[1 << 16];
	struct json *cases;

	ck_assert_msg(f != NULL, "no %s", path);
	size_t n = fread(text, 1, sizeof(text), f);
	ck_assert(n < sizeof(text) && fclose(f) == 0);
	ck_err(json_parse(unit_arena(), (struct str){ text, n }, &cases), ERR_OK);
	return cases;
}

START_TEST(what_is_in_code_mentions_nobody)
{
	struct json *cases = mention_cases();

	ck_assert_uint_gt(json_len(cases), 50);
	for (size_t i = 0; i < json_len(cases); i++) {
		struct json *c = json_at(cases, i);
		size_t n = json_len(json_get(c, "people")) + json_len(json_get(c, "roles"));
		struct str said;

		ck_assert(json_str(json_get(c, "text"), &said));
		said = guard_copy(said);
		ck_assert_msg(!mentions_exceed(unit_arena(), said, n), "more than %zu: %.*s", n,
		    STR_FMT(said));
		ck_assert_msg(n == 0 || mentions_exceed(unit_arena(), said, n - 1),
		    "less than %zu: %.*s", n, STR_FMT(said));
	}
}
END_TEST

START_TEST(what_was_used_least_lately_is_forgotten)
{
	struct rule_cache k = { 0 };
	struct rule_hits h;

	for (int64_t i = 1; i <= RULE_SETS + 1; i++) {
		const char *rules = arena_printf(unit_arena(),
		    "[{\"id\":\"%d\",\"kind\":\"words\",\"words\":[\"x\"]}]", (int)i);
		ck_err(rule_cache_learn(&k, unit_arena(), i, 100 + i, str_of(rules)), ERR_OK);
		rule_cache_match(&k, unit_arena(), 1, STR("x"), &h);	/* the first is used on */
		ck_assert_int_eq(h.rev, 101);
	}
	rule_cache_match(&k, unit_arena(), 2, STR("x"), &h);
	ck_assert_int_eq(h.rev, 0);
	rule_cache_match(&k, unit_arena(), RULE_SETS + 1, STR("x"), &h);
	ck_assert_int_eq(h.ids[0], RULE_SETS + 1);
	/* another channel of the same slot takes its place */
	ck_err(rule_cache_learn(&k, unit_arena(), 1 + RULE_CHANNELS, 101, STR("[]")), ERR_OK);
	rule_cache_match(&k, unit_arena(), 1, STR("x"), &h);
	ck_assert_int_eq(h.rev, 0);
	rule_cache_match(&k, unit_arena(), 1 + RULE_CHANNELS, STR("x"), &h);
	ck_assert_int_eq(h.rev, 101);
	rule_cache_release(&k);
}
END_TEST

START_TEST(what_is_no_rule_is_refused)
{
	struct rule_cache k = { 0 };
	struct rule_hits h;

	ck_err(rule_cache_learn(&k, unit_arena(), CHANNEL, 7, STR("{}")), ERR_INTERNAL);
	ck_err(rule_cache_learn(&k, unit_arena(), CHANNEL, 7, STR("[{\"id\":1}]")), ERR_INTERNAL);
	ck_err(rule_cache_learn(&k, unit_arena(), CHANNEL, 7, STR("[")), ERR_UNREADABLE);
	rule_cache_match(&k, unit_arena(), CHANNEL, STR("x"), &h);
	ck_assert_int_eq(h.rev, 0);
	rule_cache_release(&k);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { words_are_looked_for, links_are_followed_to_their_host,
		mentions_are_counted, what_is_in_code_mentions_nobody,
		what_was_used_least_lately_is_forgotten,
		what_is_no_rule_is_refused, NULL };

	return unit_run("rule", tests);
}
