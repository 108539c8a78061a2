/* sha1, base32, totp */
#include "base/crypt.h"
#include "tests/unit/support/unit.h"
#include "wire/base32.h"
#include "wire/sha1.h"
#include "wire/totp.h"

#define SECRET ((const uint8_t *)"12345678901234567890")	/* of both RFCs */

static const char *
hex(const uint8_t *p, size_t n)
{
	char *out = arena_alloc(unit_arena(), 2 * n + 1);

	crypt_hex(p, n, out);
	return out;
}

static const char *
digest(struct str in)
{
	uint8_t out[SHA1_LEN];

	sha1(guard_copy(in), out);
	return hex(out, sizeof(out));
}

START_TEST(digests)
{
	struct buf b;

	buf_init(&b, 2000000);	/* FIPS 180-4 and its examples; lengths around a block */
	ck_assert_str_eq(digest(STR("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
	ck_assert_str_eq(digest(STR("")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	ck_assert_str_eq(digest(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
	    "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	for (int i = 0; i < 1000000; i++)
		buf_add_char(&b, 'a');
	ck_assert_str_eq(digest(buf_str(&b)), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
	ck_assert_str_eq(digest((struct str){ b.p, 55 }),
	    "c1c8bbdc22796e28c0e15163d20899b65621d65a");
	ck_assert_str_eq(digest((struct str){ b.p, 56 }),
	    "c2db330f6083854c99d4b5bfb6e8f29f201be699");
	ck_assert_str_eq(digest((struct str){ b.p, 63 }),
	    "03f09f5b158a7a8cdad920bddc29b81c18a551f5");
	ck_assert_str_eq(digest((struct str){ b.p, 64 }),
	    "0098ba824b5c16427bd7a1122a5a442a25ec644d");
	buf_release(&b);
}
END_TEST

START_TEST(keyed_digests)
{
	uint8_t key[20], out[SHA1_LEN];

	memset(key, 0x0b, sizeof(key));	/* RFC 2202, 1 to 3 */
	sha1_hmac(key, sizeof(key), guard_copy(STR("Hi There")), out);
	ck_assert_str_eq(hex(out, sizeof(out)), "b617318655057264e28bc0b6fb378c8ef146be00");
	sha1_hmac((const uint8_t *)"Jefe", 4, STR("what do ya want for nothing?"), out);
	ck_assert_str_eq(hex(out, sizeof(out)), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}
END_TEST

START_TEST(base32_is_that_of_the_rfc)
{
	static const struct { struct str raw; const char *text;
	} good[] = {
		{ STR(""), "" },	/* RFC 4648 section 10, without the padding */
		{ STR("f"), "MY" },
		{ STR("fo"), "MZXQ" },
		{ STR("foo"), "MZXW6" },
		{ STR("foob"), "MZXW6YQ" },
		{ STR("fooba"), "MZXW6YTB" },
		{ STR("foobar"), "MZXW6YTBOI" },
	};
	char text[32];
	uint8_t raw[16];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t n = good[i].raw.len;
		base32((const uint8_t *)good[i].raw.p, n, text);
		ck_assert_str_eq(text, good[i].text);
		ck_assert_uint_eq(strlen(text), BASE32_LEN(n));
		ck_assert(base32_read(guard_copy(str_of(text)), raw, n));
		ck_assert_mem_eq(raw, good[i].raw.p, n);
		ck_assert(!base32_read(str_of(text), raw, n + 1));
		if (n > 0)
			ck_assert(!base32_read(str_of(text), raw, n - 1));
	}
}
END_TEST

START_TEST(base32_is_read_as_people_type_it)
{
	static const struct str bad[] = { STR("MZXW0"), STR("MZXW1"), STR("MZXW8"), STR("MZXW="),
		STR("MZXW7"), STR("MZX"), STR("MZXW66"), STR("MZXW\0"), STR("MZX\xffW"), STR("") };
	uint8_t raw[3];

	ck_assert(base32_read(guard_copy(STR(" mz-xw 6-")), raw, 3));
	ck_assert_mem_eq(raw, "foo", 3);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!base32_read(guard_copy(bad[i]), raw, 3), "bad %zu", i);
}
END_TEST

START_TEST(codes_are_those_of_the_rfcs)
{
	static const char *const counted[] = { "755224", "287082", "359152", "969429", "338314",
		"254676", "287922", "162583", "399871", "520489" };	/* RFC 4226 D */
	static const struct { int64_t at; const char *code;
	} timed[] = {	/* RFC 6238 B, SHA-1, the last six digits */
		{ 59, "287082" },
		{ 1111111109, "081804" },
		{ 1111111111, "050471" },
		{ 1234567890, "005924" },
		{ 2000000000, "279037" },
		{ 20000000000, "353130" },
	};
	char code[TOTP_DIGITS + 1];

	for (int64_t i = 0; i < 10; i++) {
		totp_code(SECRET, i, code);
		ck_assert_str_eq(code, counted[i]);
	}
	for (size_t i = 0; i < sizeof(timed) / sizeof(timed[0]); i++) {
		int64_t step = -1;
		totp_code(SECRET, totp_step(timed[i].at), code);
		ck_assert_str_eq(code, timed[i].code);
		ck_assert(totp_match(SECRET, timed[i].at, 0, guard_copy(str_of(code)), &step));
		ck_assert_int_eq(step, timed[i].at / 30);
	}
}
END_TEST

START_TEST(one_step_off_is_taken_and_two_are_not)
{
	const int64_t now = 1111111109;
	char code[TOTP_DIGITS + 1];

	for (int64_t off = -3; off <= 3; off++) {
		int64_t step = -7;
		totp_code(SECRET, totp_step(now) + off, code);
		bool right = totp_match(SECRET, now, 0, str_of(code), &step);
		ck_assert_int_eq(right, off >= -1 && off <= 1);
		ck_assert_int_eq(step, right ? totp_step(now) + off : -7);
	}
}
END_TEST

START_TEST(a_step_is_taken_once)
{
	const int64_t now = 1234567890, step_now = now / 30;
	int64_t step = 0;
	char code[TOTP_DIGITS + 1];

	totp_code(SECRET, step_now, code);
	ck_assert(totp_match(SECRET, now, step_now - 1, str_of(code), &step));
	ck_assert(!totp_match(SECRET, now, step_now, str_of(code), &step));
	ck_assert(!totp_match(SECRET, now + 30, step_now, str_of(code), &step));
	totp_code(SECRET, step_now - 1, code);
	ck_assert(!totp_match(SECRET, now, step_now, str_of(code), &step));
	totp_code(SECRET, step_now + 1, code);
	ck_assert(totp_match(SECRET, now, step_now, str_of(code), &step));
}
END_TEST

START_TEST(what_is_no_code_is_none)
{
	static const struct str bad[] = { STR(""), STR("81804"), STR("0818040"), STR("08180a"),
		STR("081804\0"), STR("-81804"), STR("\xef\xbc\x90" "81804"), STR("000000"),
		STR("081804 081804") };
	int64_t step;

	ck_assert(totp_match(SECRET, 1111111109, 0, guard_copy(STR(" 081 804 ")), &step));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!totp_match(SECRET, 1111111109, 0, guard_copy(bad[i]), &step),
		    "%zu", i);
}
END_TEST

START_TEST(the_address_names_all_parts)
{
	struct buf b;

	buf_init(&b, 1024);
	totp_add_uri(&b, STR("chat.example:8443"), STR("a b"), SECRET);
	ck_assert_str_eq(b.p, "otpauth://totp/chat.example%3A8443:a%20b"
	    "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=chat.example%3A8443"
	    "&algorithm=SHA1&digits=6&period=30");
	buf_release(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { digests, keyed_digests, base32_is_that_of_the_rfc,
		base32_is_read_as_people_type_it, codes_are_those_of_the_rfcs,
		one_step_off_is_taken_and_two_are_not, a_step_is_taken_once,
		what_is_no_code_is_none, the_address_names_all_parts, NULL };

	return unit_run("totp", tests);
}
