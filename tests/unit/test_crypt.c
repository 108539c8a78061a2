#include "base/crypt.h"
#include "tests/unit/support/unit.h"

static const char *
hex(const void *p, size_t n)
{
	char *out = arena_alloc(unit_arena(), 2 * n + 1);

	crypt_hex(p, n, out);
	return out;
}

START_TEST(digests)
{
	uint8_t out[CRYPT_SHA256_LEN], key[131];

	crypt_sha256(STR("abc"), out);	/* FIPS 180-4 */
	ck_assert_str_eq(hex(out, sizeof(out)),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	crypt_sha256(STR_NULL, out);
	ck_assert_str_eq(hex(out, sizeof(out)),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	crypt_hmac_sha256((const uint8_t *)"Jefe", 4, STR("what do ya want for nothing?"), out);
	ck_assert_str_eq(hex(out, sizeof(out)),	/* RFC 4231, 2 and 6 */
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	crypt_hmac_sha256(
	    key, sizeof(key), STR("Test Using Larger Than Block-Size Key - Hash Key First"), out);
	ck_assert_str_eq(hex(out, sizeof(out)),
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}
END_TEST

START_TEST(base64url)
{
	static const struct { struct str raw; const char *text;
	} good[] = {
		{ STR(""), "" },
		{ STR("f"), "Zg" },
		{ STR("fo"), "Zm8" },
		{ STR("foo"), "Zm9v" },
		{ STR("foob"), "Zm9vYg" },
		{ STR("\xff\xfe\xfd"), "__79" },
		{ STR("\xfb\xf0"), "-_A" },
	};
	static const struct str bad[] = { STR("A"), STR("Zg="), STR("Zg=="), STR("Zh"), STR("Zm9"),
		STR("Z"), STR("Zm9v\n"), STR("Zm 9v"), STR("Zm+v"), STR("Zm/v"), STR("Zm9v\0"),
		STR("Zm9\xff") };
	char text[64], raw[64];
	size_t len;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		crypt_b64(good[i].raw.p, good[i].raw.len, text);
		ck_assert_str_eq(text, good[i].text);
		ck_assert_uint_eq(crypt_b64_len(good[i].raw.len), strlen(text));
		ck_assert(crypt_unb64(guard_copy(str_of(text)), raw, sizeof(raw), &len));
		ck_assert(str_eq((struct str){ raw, len }, good[i].raw));
		if (len > 0)
			ck_assert(!crypt_unb64(str_of(text), raw, good[i].raw.len - 1, &len));
		ck_assert(crypt_unb64(str_of(text), raw, good[i].raw.len, &len));
	}
	len = 77;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(
		    !crypt_unb64(guard_copy(bad[i]), raw, sizeof(raw), &len), "bad %zu", i);
	ck_assert_uint_eq(len, 77);
}
END_TEST

#define HASH_OF_PASSWORD \
	"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"

START_TEST(password_hashes)
{
	char hash[CRYPT_PWHASH_MAX], again[CRYPT_PWHASH_MAX];

	ck_err(crypt_pwhash(STR("correct horse"), 64, 1, hash), ERR_OK);
	ck_assert_msg(strncmp(hash, "$argon2id$v=19$m=64,t=1,p=1$", 28) == 0, "%s", hash);
	ck_assert(crypt_pwhash_verify(hash, STR("correct horse")));
	ck_assert(!crypt_pwhash_verify(hash, STR("correct hors")));
	ck_assert(!crypt_pwhash_verify(hash, STR("correct horse\0")));
	ck_assert(!crypt_pwhash_verify(hash, STR("")));
	ck_err(crypt_pwhash(STR("correct horse"), 64, 1, again), ERR_OK);
	ck_assert_str_ne(hash, again);	/* another salt */
	ck_assert(!crypt_pwhash_is_stale(hash, 64, 1));
	ck_assert(crypt_pwhash_is_stale(hash, 128, 1));
	ck_assert(crypt_pwhash_is_stale(hash, 64, 2));
	/* one made elsewhere: the reference implementation's test vector, with its 8-byte salt */
	ck_assert(crypt_pwhash_verify(HASH_OF_PASSWORD, STR("password")));
	ck_assert(!crypt_pwhash_verify(HASH_OF_PASSWORD, STR("passwore")));
}
END_TEST

/* bcrypt's trap: nothing behind the 72nd byte counts. */
START_TEST(every_byte_of_a_password_counts)
{
	char hash[CRYPT_PWHASH_MAX], password[256];

	memset(password, 'a', sizeof(password));
	ck_err(crypt_pwhash((struct str){ password, 256 }, 64, 1, hash), ERR_OK);
	password[255] = 'b';
	ck_assert(!crypt_pwhash_verify(hash, (struct str){ password, 256 }));
	ck_assert(!crypt_pwhash_verify(hash, (struct str){ password, 255 }));
}
END_TEST

START_TEST(unreadable_hashes)
{
	static const char *const bad[] = { "", "x", "$argon2id$", "$2y$10$abcdefghijklmnopqrstuv",
		"$argon2id$v=19$m=64,t=1,p=1$$",
		"$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$",
		"$argon2id$v=19$m=99999999999,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_msg(!crypt_pwhash_verify(bad[i], STR("x")), "%s", bad[i]);
		ck_assert_msg(crypt_pwhash_is_stale(bad[i], 64, 1), "%s", bad[i]);
	}
	ck_assert(!crypt_pwhash_verify(NULL, STR("x")));
	ck_assert(crypt_pwhash_is_stale(NULL, 64, 1));
}
END_TEST

START_TEST(memory_that_is_not_there)
{
	char hash[CRYPT_PWHASH_MAX] = "untouched";

	ck_err(crypt_pwhash(STR("x"), UINT32_MAX, 1, hash), ERR_NO_MEMORY);
	ck_assert_str_eq(hash, "untouched");
}
END_TEST

START_TEST(random_and_wipe)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 }, zero[32] = { 0 };

	crypt_random(a, sizeof(a));
	crypt_random(b, sizeof(b));
	ck_assert(!crypt_equal(a, b, sizeof(a)));
	memcpy(b, a, sizeof(b));
	ck_assert(crypt_equal(a, b, sizeof(a)));
	b[31] ^= 1;
	ck_assert(!crypt_equal(a, b, sizeof(a)));
	ck_assert(crypt_equal(a, b, 0));
	crypt_wipe(a, sizeof(a));
	ck_assert(crypt_equal(a, zero, sizeof(a)));
}
END_TEST

START_TEST(what_is_sealed_opens_only_as_what_it_is)
{
	const uint8_t key[32] = { 1 }, other[32] = { 2 };
	uint8_t a[20 + CRYPT_SEAL_MORE], b[20 + CRYPT_SEAL_MORE];
	char in[] = "twenty bytes of text", out[20];
	struct str sealed = { (const char *)a, sizeof(a) };

	crypt_seal(key, 32, STR("use"), STR("7"), in, 20, a);
	crypt_seal(key, 32, STR("use"), STR("7"), in, 20, b);
	ck_assert_mem_ne(a, b, sizeof(a));
	ck_assert(crypt_open(key, 32, STR("use"), STR("7"), guard_copy(sealed), out, 20));
	ck_assert_mem_eq(out, in, 20);
	ck_assert(!crypt_open(other, 32, STR("use"), STR("7"), sealed, out, 20));
	ck_assert(!crypt_open(key, 32, STR("uses"), STR("7"), sealed, out, 20));
	ck_assert(!crypt_open(key, 32, STR("use"), STR("8"), sealed, out, 20));
	ck_assert(!crypt_open(key, 32, STR("use"), STR("7"), sealed, out, 19));
	ck_assert(!crypt_open(key, 32, STR("use"), STR("7"), STR(""), out, 20));
	for (size_t i = 0; i < sizeof(a); i++) {
		a[i] ^= 1;
		ck_assert(!crypt_open(key, 32, STR("use"), STR("7"), sealed, out, 20));
		a[i] ^= 1;
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { digests, base64url, password_hashes,
		every_byte_of_a_password_counts, unreadable_hashes, memory_that_is_not_there,
		random_and_wipe,
		what_is_sealed_opens_only_as_what_it_is, NULL };

	return unit_run("crypt", tests);
}
