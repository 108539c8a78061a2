#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "domain/account.h"
#include "domain/invite.h"
#include "domain/message.h"
#include "domain/registration.h"
#include "domain/site.h"
#include "domain/ticket.h"
#include "domain/token.h"
#include "tests/unit/support/unit.h"
#include "wire/json_raw.h"

static const uint8_t key_bytes[32] = "0123456789abcdef0123456789abcde";
static const struct jwt_key key = { .bytes = key_bytes, .len = sizeof(key_bytes) };

START_TEST(personal_token_comes_back)
{
	uint8_t secret[TOKEN_SECRET], digest[CRYPT_SHA256_LEN];
	struct personal_token t;

	crypt_init();
	crypt_random(secret, sizeof(secret));
	crypt_sha256((struct str){ (char *)secret, sizeof(secret) }, digest);
	struct str s = token_personal_make(unit_arena(), 1882527262043013132, INT64_MAX, secret);
	ck_assert(token_personal_parse(guard_copy(s), &t));
	ck_assert_int_eq(t.token, 1882527262043013132);
	ck_assert_int_eq(t.account, INT64_MAX);
	ck_assert_mem_eq(t.secret_hash, digest, sizeof(digest));
}
END_TEST

START_TEST(personal_token_of_another_form_is_refused)
{
	uint8_t secret[TOKEN_SECRET] = { 7 };
	struct personal_token t;
	struct str s = token_personal_make(unit_arena(), 1, 2, secret);

	for (size_t cut = 0; cut < s.len; cut++)
		ck_assert(!token_personal_parse(guard_copy((struct str){ s.p, cut }), &t));
	char *longer = arena_printf(unit_arena(), "%sA", s.p);
	ck_assert(!token_personal_parse(guard_copy(str_of(longer)), &t));
	ck_assert(!token_personal_parse(STR("moot_rt_AAAA"), &t));
	ck_assert(!token_personal_parse(STR_NULL, &t));
	ck_assert(!token_personal_parse(token_personal_make(unit_arena(), 0, 2, secret), &t));
	ck_assert(!token_personal_parse(token_personal_make(unit_arena(), 1, -2, secret), &t));
}
END_TEST

START_TEST(ticket_is_known_by_its_hash)
{
	struct ticket_secret one, two;
	uint8_t hash[CRYPT_SHA256_LEN];

	crypt_init();
	ticket_secret_make(&one);
	ticket_secret_make(&two);
	ck_assert_uint_eq(strlen(one.text), TICKET_TEXT);
	ck_assert_str_ne(one.text, two.text);
	ck_assert(ticket_hash(guard_copy(str_of(one.text)), hash));
	ck_assert_mem_eq(hash, one.hash, sizeof(hash));
	for (size_t cut = 0; cut < TICKET_TEXT; cut++)
		ck_assert(!ticket_hash(guard_copy((struct str){ one.text, cut }), hash));
	ck_assert(!ticket_hash(str_of(arena_printf(unit_arena(), "%sA", one.text)), hash));
	one.text[7] = '+';
	ck_assert(!ticket_hash(str_of(one.text), hash));
	ck_assert(!ticket_hash(STR_NULL, hash));
	for (int k = 0; k < TICKET__MAX; k++) {
		ck_assert_ptr_nonnull(ticket_word((enum ticket_kind)k));
		ck_assert_int_gt(ticket_life_s((enum ticket_kind)k), 0);
	}
}
END_TEST

START_TEST(refresh_token_is_genuine_for_its_seed_session_and_generation)
{
	uint8_t seed[TOKEN_SEED] = { 1 }, other[TOKEN_SEED] = { 2 };
	struct refresh_token t, u;
	struct jwt_key another = { .bytes = (const uint8_t *)"abcdef0123456789abcdef0123456789",
		.len = 32 };

	struct str s = token_refresh_make(unit_arena(), &key, seed, 42, 7);
	ck_assert(token_refresh_parse(guard_copy(s), &t));
	ck_assert_int_eq(t.session, 42);
	ck_assert_uint_eq(t.gen, 7);
	ck_assert(token_refresh_is_genuine(&key, seed, &t));
	ck_assert(!token_refresh_is_genuine(&key, other, &t));
	ck_assert(!token_refresh_is_genuine(&another, seed, &t));
	u = t;
	u.gen = 8;
	ck_assert(!token_refresh_is_genuine(&key, seed, &u));
	u = t;
	u.session = 43;
	ck_assert(!token_refresh_is_genuine(&key, seed, &u));
	u = t;
	u.mac[31] ^= 1;
	ck_assert(!token_refresh_is_genuine(&key, seed, &u));
	/* the same generation always gives the same token: a grace period needs no store */
	ck_assert(str_eq(s, token_refresh_make(unit_arena(), &key, seed, 42, 7)));
}
END_TEST

START_TEST(a_known_browser_is_known_by_this_key_only)
{
	struct jwt_key another = { .bytes = (const uint8_t *)"abcdef0123456789abcdef0123456789",
		.len = 32 };
	struct known_token one, two;

	crypt_init();
	struct str s = token_known_make(unit_arena(), &key, 42);
	ck_assert(token_known_read(guard_copy(s), &key, &one));
	ck_assert_int_eq(one.account, 42);
	ck_assert(!token_known_read(s, &another, &two));
	ck_assert(token_known_read(token_known_make(unit_arena(), &key, 42), &key, &two));
	ck_assert_mem_ne(one.random, two.random, sizeof(one.random));
	for (size_t i = 0; i < s.len; i++) {
		char *bent = arena_strndup(unit_arena(), s.p, s.len);
		bent[i] = bent[i] == 'A' ? 'B' : 'A';
		ck_assert_msg(!token_known_read((struct str){ bent, s.len }, &key, &two), "%zu", i);
		ck_assert(!token_known_read(guard_copy((struct str){ s.p, i }), &key, &two));
	}
	ck_assert(!token_known_read(STR_NULL, &key, &two));
}
END_TEST

START_TEST(registration_takes_addresses_of_its_domains)
{
	struct config any = { .registration_domains = "" },
		      some = { .registration_domains = "corp.com, Example.org," };
	struct buf *b = buf_new(unit_arena(), 256);

	ck_assert(registration_takes(&any, STR("a@b")));
	ck_assert(registration_takes(&any, STR("")));
	ck_assert(registration_takes(&some, STR("user@corp.com")));
	ck_assert(registration_takes(&some, STR("user@CORP.com")));
	ck_assert(registration_takes(&some, STR("user@example.org")));
	ck_assert(!registration_takes(&some, STR("user@corp.com.evil")));
	ck_assert(!registration_takes(&some, STR("user@evil.corp.com")));
	ck_assert(!registration_takes(&some, STR("user@corp.com@evil")));
	ck_assert(!registration_takes(&some, STR("corp.com")));
	ck_assert(!registration_takes(&some, STR("user@")));
	ck_assert(!registration_takes(&some, STR("")));
	registration_add_domains(b, &some);
	registration_add_domains(b, &any);
	ck_str_is(buf_str(b), "[\"corp.com\",\"Example.org\"][]");
}
END_TEST

START_TEST(seeds_are_64_hex_digits)
{
	uint8_t seed[TOKEN_SEED];

	ck_assert(token_seed_parse(
	    guard_copy(STR("00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff")),
	    seed));
	ck_assert_uint_eq(seed[31], 0xff);
	ck_assert(!token_seed_parse(STR("00"), seed));
	ck_assert(!token_seed_parse(STR_NULL, seed));
	ck_assert(!token_seed_parse(
	    STR("00FF00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"), seed));
	ck_assert(!token_seed_parse(
	    STR("00fg00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"), seed));
}
END_TEST

START_TEST(raw_finds_members_and_elements)
{
	struct str v, rest, item;
	struct str o = guard_copy(STR("{\"a\" : {\"b\":[1,2]}, \"x,}\\\"\": \"}]\\\\\",\n\"b\":[ "
				      "{\"c\":\"]\"} , 2,\n\"s\" ],\"e\":[]}"));

	ck_assert(json_raw_member(o, STR("a"), &v));
	ck_str_is(v, "{\"b\":[1,2]}");
	ck_assert(json_raw_member(o, STR("b"), &v));
	rest = v;
	ck_assert(json_raw_next(&rest, &item));
	ck_str_is(item, "{\"c\":\"]\"}");
	ck_assert(json_raw_next(&rest, &item));
	ck_str_is(item, "2");
	ck_assert(json_raw_next(&rest, &item));
	ck_str_is(item, "\"s\"");
	ck_assert(!json_raw_next(&rest, &item));
	ck_assert(json_raw_member(o, STR("e"), &v));
	ck_assert(!json_raw_next(&v, &item));
	ck_assert(!json_raw_member(o, STR("c"), &v));
	ck_assert(!json_raw_member(STR("[1]"), STR("c"), &v));
}
END_TEST

START_TEST(raw_never_reads_past_the_end)
{
	static const char text[] = "{\"a\":{\"b\":[1,\"x\\\"\"]},\"b\":[{\"c\":\"]\"},2]}";
	struct str v, item;

	for (size_t n = 0; n < sizeof(text); n++) {
		struct str cut = guard_copy((struct str){ text, n });
		if (json_raw_member(cut, STR("b"), &v)) {
			while (json_raw_next(&v, &item))
				;
		}
	}
}
END_TEST

START_TEST(lists_become_lines)
{
	struct buf b;
	struct str list =
	    STR("{\"items\":[{\"seq\":2,\"content\":\"two\\nlines\\u001b\",\"deleted\":false,"
		"\"created_at\":\"2026-11-22T00:45:12.345Z\",\"author\":{\"username\":\"bob\"}}, "
		"\n {\"seq\":1,\"content\":\"\","
		"\"deleted\":true,\"created_at\":\"2026-11-22T00:45:11.000Z\",\"author\":{"
		"\"username\":\"ann\"}}],\"before\":null}");

	buf_init(&b, 4096);
	ck_err(message_lines_text(unit_arena(), &b, list), ERR_OK);
	ck_str_is(buf_str(&b),
	    "2026-11-22T00:45:11Z <ann> (deleted)\n2026-11-22T00:45:12Z <bob> two\n    "
	    "lines\\x1b\n");
	buf_clear(&b);
	message_lines_json(&b, list);
	size_t lines = 0;
	for (size_t i = 0; i < b.len; i++)
		lines += b.p[i] == '\n';
	ck_assert_uint_eq(lines, 2);
	buf_release(&b);
}
END_TEST

START_TEST(a_site_is_what_base_url_says)
{
	static const struct {
		const char *url;
		struct str origin, path, access, refresh;
		bool https;
	} cases[] = {
		{ "http://a.test:8080", STR("http://a.test:8080"), STR(""), STR("moot_access"),
		    STR("moot_refresh"), false },
		{ "http://a.test/chat", STR("http://a.test"), STR("/chat"), STR("moot_access"),
		    STR("moot_refresh"), false },
		{ "https://a.test", STR("https://a.test"), STR(""), STR("__Host-moot_access"),
		    STR("__Secure-moot_refresh"), true },
		{ "https://a.test:8443/a/b", STR("https://a.test:8443"), STR("/a/b"),
		    STR("__Secure-moot_access"), STR("__Secure-moot_refresh"), true },
	};
	struct site s;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		site_init(&s, cases[i].url);
		ck_assert(str_eq(s.origin, cases[i].origin));
		ck_assert(str_eq(s.path, cases[i].path));
		ck_assert(s.https == cases[i].https);
		ck_assert(str_eq(site_cookie_access(&s), cases[i].access));
		ck_assert(str_eq(site_cookie_refresh(&s), cases[i].refresh));
	}
}
END_TEST

START_TEST(a_path_lies_below_the_site_or_not)
{
	struct site s;
	struct str below = STR_NULL;

	site_init(&s, "https://a.test/chat");
	ck_assert(site_path_below(&s, guard_copy(STR("/chat/api/v1")), &below));
	ck_str_is(below, "/api/v1");
	ck_assert(!site_path_below(&s, guard_copy(STR("/chatter/x")), &below));
	ck_assert(!site_path_below(&s, guard_copy(STR("/chat")), &below));
	ck_assert(!site_path_below(&s, guard_copy(STR("/ch")), &below));
	ck_assert(!site_path_below(&s, guard_copy(STR("/api/v1")), &below));
	site_init(&s, "https://a.test");
	ck_assert(site_path_below(&s, guard_copy(STR("/api/v1")), &below));
	ck_str_is(below, "/api/v1");
	ck_assert(!site_path_below(&s, STR(""), &below));
}
END_TEST

START_TEST(own_pages_are_those_of_base_url_and_of_the_host_asked)
{
	static const struct {
		struct site_claim claim;
		bool none, any, origin;		/* what holds for each proof */
	} cases[] = {
		{ { STR("a.test"), STR_NULL, STR_NULL }, true, false, false },
		{ { STR("a.test"), STR("same-origin"), STR_NULL }, true, true, false },
		{ { STR("a.test"), STR("same-origin"), STR("https://a.test") }, true, true, true },
		{ { STR("b.test:1"), STR_NULL, STR("https://A.test") }, true, true, true },
		{ { STR("b.test:1"), STR_NULL, STR("https://b.test:1") }, true, true, true },
		{ { STR("b.test:1"), STR_NULL, STR("http://b.test:1") }, false, false, false },
		{ { STR_NULL, STR_NULL, STR("https://") }, false, false, false },
		{ { STR("a.test"), STR_NULL, STR("https://a.test.evil") }, false, false, false },
		{ { STR("a.test"), STR_NULL, STR("null") }, false, false, false },
		{ { STR("a.test"), STR("same-origin"), STR("https://evil") }, false, false, false },
		{ { STR("a.test"), STR("same-site"), STR("https://a.test") }, false, false, false },
		{ { STR("a.test"), STR("none"), STR_NULL }, false, false, false },
	};
	struct site s;

	site_init(&s, "https://a.test/chat");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert(site_is_own_page(&s, &cases[i].claim, SITE_NO_PROOF) == cases[i].none);
		ck_assert(site_is_own_page(&s, &cases[i].claim, SITE_ANY_PROOF) == cases[i].any);
		ck_assert(
		    site_is_own_page(&s, &cases[i].claim, SITE_ORIGIN_PROOF) == cases[i].origin);
	}
}
END_TEST

START_TEST(names_addresses_and_codes)
{
	static const struct str names[] = { STR("ab"), STR("A_b.c-9"),
		STR("0123456789abcdef0123456789abcdef") };
	static const struct str no_names[] = { STR(""), STR("a"), STR("a b"), STR("a\xc3\xa9"),
		STR("a/b"), STR("a\0b"), STR("0123456789abcdef0123456789abcdefg") };
	static const struct str mails[] = { STR("a@b"), STR("a.b+c@x-y.example"),
		STR("o'neil@x.example") };
	static const struct str no_mails[] = { STR("a"), STR("@b"), STR("a@"), STR("a@b@c"),
		STR("a b@c"), STR("a@b c"), STR("a@.b"), STR("a@b."), STR("a\n@b"),
		STR("\xc3\xa9@b"), STR("a@\xc3\xa9") };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_msg(username_is_valid(guard_copy(names[i])), "name %zu", i);
	for (size_t i = 0; i < sizeof(no_names) / sizeof(no_names[0]); i++)
		ck_assert_msg(!username_is_valid(guard_copy(no_names[i])), "no name %zu", i);
	for (size_t i = 0; i < sizeof(mails) / sizeof(mails[0]); i++)
		ck_assert_msg(email_is_valid(guard_copy(mails[i])), "mail %zu", i);
	for (size_t i = 0; i < sizeof(no_mails) / sizeof(no_mails[0]); i++)
		ck_assert_msg(!email_is_valid(guard_copy(no_mails[i])), "no mail %zu", i);
	ck_assert(invite_code_is_valid(STR("abcDEF_-")));
	ck_assert(!invite_code_is_valid(STR("abcDEF_")));
	ck_assert(!invite_code_is_valid(STR("abcDEF_+")));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { personal_token_comes_back,
		personal_token_of_another_form_is_refused,
		ticket_is_known_by_its_hash,
		refresh_token_is_genuine_for_its_seed_session_and_generation,
		a_known_browser_is_known_by_this_key_only,
		registration_takes_addresses_of_its_domains, seeds_are_64_hex_digits,
		raw_finds_members_and_elements,
		raw_never_reads_past_the_end, lists_become_lines, a_site_is_what_base_url_says,
		a_path_lies_below_the_site_or_not,
		own_pages_are_those_of_base_url_and_of_the_host_asked, names_addresses_and_codes,
		NULL };

	return unit_run("domain", tests);
}
