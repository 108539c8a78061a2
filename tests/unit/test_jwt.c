#include <jwt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/crypt.h"
#include "tests/unit/support/unit.h"
#include "wire/jwt.h"

#define NOW INT64_C(1795308312)
#define ISSUER STR("https://chat.example.org")
#define SUB "1882518112345620481"
#define SID "1882518112345620482"
#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define FRONT "\"iss\":\"https://chat.example.org\",\"aud\":\"moot\",\"jti\":\"abc\","
#define IDS "\"sub\":\"" SUB "\",\"sid\":\"" SID "\","
#define PAYLOAD "{" FRONT IDS "\"use\":\"access\",\"iat\":1795308300,\"exp\":1795309200}"

static const uint8_t key_bytes[] = "an HMAC key of 32 bytes or more, for tests";
static struct jwt_key key;

static void
init_key(void)
{
	ck_err(jwt_key_init(&key, key_bytes, sizeof(key_bytes) - 1), ERR_OK);
}

static void
add_b64(struct buf *b, const void *p, size_t n)
{
	char *text = arena_alloc(unit_arena(), crypt_b64_len(n) + 1);

	crypt_b64(p, n, text);
	buf_add_cstr(b, text);
}

/* header.payload.MAC, whatever the texts are; the MAC is HMAC-SHA-256 under the given key. */
static struct str
forge_with(struct str header, struct str payload, const uint8_t *mac_key, size_t key_len)
{
	uint8_t mac[CRYPT_SHA256_LEN];
	struct buf b;
	struct str token;

	buf_init(&b, 1 << 20);
	add_b64(&b, header.p, header.len);
	buf_add_char(&b, '.');
	add_b64(&b, payload.p, payload.len);
	crypt_hmac_sha256(mac_key, key_len, buf_str(&b), mac);
	buf_add_char(&b, '.');
	add_b64(&b, mac, sizeof(mac));
	token = (struct str){ arena_strndup(unit_arena(), b.p, b.len), b.len };
	buf_release(&b);
	return token;
}

static struct str
forge(const char *header, const char *payload)
{
	return forge_with(str_of(header), str_of(payload), key_bytes, sizeof(key_bytes) - 1);
}

static enum err
check_at(struct str token, int64_t now, struct jwt_claims *claims)
{
	return jwt_check(unit_arena(), &key, ISSUER, guard_copy(token), now, claims);
}

static enum err
check(struct str token)
{
	struct jwt_claims claims = { -1, -1, -1, -1 };
	enum err e = check_at(token, NOW, &claims);

	if (e != ERR_OK)
		ck_assert(claims.account == -1 && claims.session == -1 && claims.exp == -1);
	return e;
}

#define refused(header, payload) ck_err(check(forge(header, payload)), ERR_UNAUTHORIZED)
#define refused_claims(members) refused(HEADER, "{" members "}")

/* A token of libjwt with our key and claims, under another algorithm. */
static struct str
library_token(jwt_alg_t alg)
{
	jwt_t *jwt;
	char *text;
	struct str token;

	ck_assert_int_eq(jwt_new(&jwt), 0);
	ck_assert_int_eq(jwt_add_grants_json(jwt, PAYLOAD), 0);
	ck_assert_int_eq(jwt_set_alg(jwt, alg, alg == JWT_ALG_NONE ? NULL : key_bytes,
	    alg == JWT_ALG_NONE ? 0 : (int)sizeof(key_bytes) - 1), 0);
	text = jwt_encode_str(jwt);
	ck_assert_ptr_nonnull(text);
	token = (struct str){ arena_strdup(unit_arena(), text), strlen(text) };
	free(text);
	jwt_free(jwt);
	return token;
}

START_TEST(j01_valid)
{
	struct jwt_claims claims;

	init_key();
	ck_err(check(library_token(JWT_ALG_HS256)), ERR_OK);
	ck_err(check_at(forge(HEADER, PAYLOAD), NOW, &claims), ERR_OK);
	ck_assert_int_eq(claims.account, INT64_C(1882518112345620481));
	ck_assert_int_eq(claims.session, INT64_C(1882518112345620482));
	ck_assert_int_eq(claims.iat, 1795308300);
	ck_assert_int_eq(claims.exp, 1795309200);
}
END_TEST

START_TEST(made_tokens_are_taken)
{
	struct jwt_claims in = { 11, 12, NOW, NOW + 900 }, out;
	struct str token, again;

	init_key();
	ck_err(jwt_make(unit_arena(), &key, ISSUER, &in, &token), ERR_OK);
	ck_err(check_at(token, NOW, &out), ERR_OK);
	ck_assert_mem_eq(&in, &out, sizeof(in));
	ck_err(jwt_make(unit_arena(), &key, ISSUER, &in, &again), ERR_OK);
	ck_assert(!str_eq(token, again));	/* another jti */
	ck_err(check_at(token, NOW + 899, &out), ERR_OK);
	ck_err(check_at(token, NOW + 900, &out), ERR_TOKEN_EXPIRED);
	ck_err(jwt_check(unit_arena(), &key, STR("https://other.example"), token, NOW, &out),
	    ERR_UNAUTHORIZED);
	in.account = 0;
	ck_err(jwt_make(unit_arena(), &key, ISSUER, &in, &token), ERR_INTERNAL);
}
END_TEST

START_TEST(j02_j03_other_hmac)
{
	init_key();
	ck_err(check(library_token(JWT_ALG_HS384)), ERR_UNAUTHORIZED);
	ck_err(check(library_token(JWT_ALG_HS512)), ERR_UNAUTHORIZED);
	refused("{\"alg\":\"HS384\",\"typ\":\"JWT\"}", PAYLOAD);
	refused("{\"alg\":\"HS512\",\"typ\":\"JWT\"}", PAYLOAD);
}
END_TEST

START_TEST(j04_to_j08_algorithm)
{
	struct str none;

	init_key();
	refused("{\"alg\":\"hs256\",\"typ\":\"JWT\"}", PAYLOAD);
	refused("{\"alg\":\"Hs256\",\"typ\":\"JWT\"}", PAYLOAD);
	refused("{\"alg\":\"HS256 \",\"typ\":\"JWT\"}", PAYLOAD);
	refused("{\"alg\":\"none\",\"typ\":\"JWT\"}", PAYLOAD);
	refused("{\"alg\":\"NoNe\",\"typ\":\"JWT\"}", PAYLOAD);
	none = library_token(JWT_ALG_NONE);
	ck_assert_int_eq(none.p[none.len - 1], '.');
	ck_err(check(none), ERR_UNAUTHORIZED);
	refused("{\"typ\":\"JWT\"}", PAYLOAD);
	refused("{}", PAYLOAD);
	refused("{\"alg\":null}", PAYLOAD);
	refused("{\"alg\":256}", PAYLOAD);
	refused("{\"alg\":[\"HS256\"]}", PAYLOAD);
	refused("{\"alg\":\"RS256\",\"typ\":\"JWT\"}", PAYLOAD);
	refused("{\"alg\":\"ES256\",\"typ\":\"JWT\"}", PAYLOAD);
}
END_TEST

START_TEST(j09_other_key)
{
	static const char pem[] = "-----BEGIN PUBLIC KEY-----\n"
	    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpublickeybytes==\n-----END PUBLIC KEY-----\n";

	init_key();
	ck_err(check(forge_with(STR(HEADER), STR(PAYLOAD), (const uint8_t *)pem, sizeof(pem) - 1)),
	    ERR_UNAUTHORIZED);
	ck_err(check(forge_with(STR(HEADER), STR(PAYLOAD), (const uint8_t *)"", 0)), ERR_UNAUTHORIZED);
	ck_err(check(forge_with(STR(HEADER), STR(PAYLOAD), key_bytes, sizeof(key_bytes) - 2)),
	    ERR_UNAUTHORIZED);
}
END_TEST

START_TEST(j10_to_j13_exp)
{
	init_key();
	ck_err(check(forge(HEADER, "{" FRONT IDS "\"use\":\"access\",\"iat\":1795308000,\"exp\":1795308312}")),
	    ERR_TOKEN_EXPIRED);
	ck_err(check(forge(HEADER, "{" FRONT IDS "\"use\":\"access\",\"iat\":0,\"exp\":0}")),
	    ERR_TOKEN_EXPIRED);
	ck_err(check(forge(HEADER, "{" FRONT IDS "\"use\":\"access\",\"iat\":0,\"exp\":-1}")),
	    ERR_TOKEN_EXPIRED);
	refused_claims(FRONT IDS "\"use\":\"access\",\"iat\":1795308300");
	refused_claims(FRONT IDS "\"use\":\"access\",\"iat\":1795308300,\"exp\":null");
	refused_claims(FRONT IDS "\"use\":\"access\",\"iat\":1795308300,\"exp\":\"1795309200\"");
	refused_claims(FRONT IDS "\"use\":\"access\",\"iat\":1795308300,\"exp\":1795309200.0");
	refused_claims(FRONT IDS "\"use\":\"access\",\"iat\":1795308300,\"exp\":1.8e9");
	refused_claims(FRONT IDS "\"use\":\"access\",\"iat\":1795308300,\"exp\":true");
	refused_claims(FRONT IDS "\"use\":\"access\",\"iat\":1795308300,\"exp\":[1795309200]");
	refused_claims(FRONT IDS "\"use\":\"access\",\"iat\":1795308300,\"exp\":99999999999999999999");
	/* an expired token with anything else wrong is not merely expired */
	refused_claims("\"iss\":\"x\",\"aud\":\"moot\",\"jti\":\"a\"," IDS "\"use\":\"access\",\"iat\":0,\"exp\":1");
}
END_TEST

START_TEST(j14_j15_duplicates)
{
	init_key();
	refused_claims(FRONT IDS "\"use\":\"access\",\"iat\":1795308300,\"exp\":1795309200,\"sub\":\"1\"");
	refused_claims(FRONT IDS "\"use\":\"access\",\"iat\":1795308300,\"exp\":1795309200,\"s\\u0075b\":\"1\"");
	refused_claims("\"exp\":9999999999," FRONT IDS
	    "\"use\":\"access\",\"iat\":1795308300,\"exp\":1795309200");
	refused("{\"alg\":\"HS256\",\"alg\":\"HS256\"}", PAYLOAD);
	refused("{\"alg\":\"none\",\"alg\":\"HS256\"}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"alg\":\"none\"}", PAYLOAD);
}
END_TEST

#define REST "\"use\":\"access\",\"iat\":1795308300,\"exp\":1795309200"

START_TEST(j16_subject)
{
	init_key();
	refused_claims(FRONT "\"sid\":\"2\"," REST);
	refused_claims(FRONT "\"sub\":1882518112345620481,\"sid\":\"2\"," REST);
	refused_claims(FRONT "\"sub\":\"1\\u00002\",\"sid\":\"2\"," REST);
	refused_claims(FRONT "\"sub\":\"\",\"sid\":\"2\"," REST);
	refused_claims(FRONT "\"sub\":\"0\",\"sid\":\"2\"," REST);
	refused_claims(FRONT "\"sub\":\"-1\",\"sid\":\"2\"," REST);
	refused_claims(FRONT "\"sub\":\"01\",\"sid\":\"2\"," REST);
	refused_claims(FRONT "\"sub\":\" 1\",\"sid\":\"2\"," REST);
	refused_claims(FRONT "\"sub\":\"9223372036854775808\",\"sid\":\"2\"," REST);
	refused_claims(FRONT "\"sub\":[\"1\"],\"sid\":\"2\"," REST);
	refused_claims(FRONT "\"sub\":null,\"sid\":\"2\"," REST);
	refused_claims(FRONT "\"sub\":\"1\"," REST);
	refused_claims(FRONT "\"sub\":\"1\",\"sid\":2," REST);
	refused_claims("\"iss\":\"https://chat.example.org\",\"aud\":\"moot\"," IDS REST);
	refused_claims("\"iss\":\"https://chat.example.org\",\"aud\":\"moot\",\"jti\":\"\"," IDS REST);
}
END_TEST

START_TEST(j17_j18_header_members)
{
	char text[128];

	init_key();
	refused("{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"b64\":false}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"jku\":\"https://evil.example/k\"}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"x5u\":\"https://evil.example/c\"}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"x5c\":[]}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"cty\":\"JWT\"}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"zip\":\"DEF\"}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"kid\":\"../../../../dev/null\"}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"kid\":\"0123456789abcdef\"}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"kid\":null}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"kid\":1}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", PAYLOAD);
	refused("{\"alg\":\"HS256\",\"typ\":null}", PAYLOAD);
	snprintf(text, sizeof(text), "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"%s\"}", key.kid);
	ck_err(check(forge(text, PAYLOAD)), ERR_OK);
	refused("[\"alg\",\"HS256\"]", PAYLOAD);
	refused("\"HS256\"", PAYLOAD);
	refused("", PAYLOAD);
	refused("{\"alg\":\"HS256\"}x", PAYLOAD);
	refused(HEADER, "[]");
	refused(HEADER, "null");
	refused(HEADER, "{}");
	refused(HEADER, "");
	refused(HEADER, PAYLOAD "{}");
}
END_TEST

START_TEST(j19_keys)
{
	struct jwt_claims claims = { 1, 2, NOW, NOW + 900 };
	struct jwt_key bad = { NULL, 0, "" };
	struct str token = STR_NULL;

	init_key();
	ck_err(jwt_key_init(&bad, NULL, 0), ERR_INTERNAL);
	ck_err(jwt_key_init(&bad, NULL, 32), ERR_INTERNAL);
	ck_err(jwt_key_init(&bad, key_bytes, 0), ERR_INTERNAL);
	ck_err(jwt_key_init(&bad, key_bytes, 31), ERR_INTERNAL);
	ck_assert_ptr_null(bad.bytes);
	ck_err(jwt_make(unit_arena(), &bad, ISSUER, &claims, &token), ERR_INTERNAL);
	ck_assert_ptr_null(token.p);
	ck_err(jwt_check(unit_arena(), &bad, ISSUER, forge(HEADER, PAYLOAD), NOW, &claims), ERR_INTERNAL);
	ck_err(jwt_check(unit_arena(), NULL, ISSUER, forge(HEADER, PAYLOAD), NOW, &claims), ERR_INTERNAL);
	bad = (struct jwt_key){ key_bytes, 0, "" };
	ck_err(jwt_check(unit_arena(), &bad, ISSUER,
	    forge_with(STR(HEADER), STR(PAYLOAD), (const uint8_t *)"", 0), NOW, &claims), ERR_INTERNAL);
	ck_err(jwt_key_init(&bad, key_bytes, 32), ERR_OK);
	ck_assert_uint_eq(strlen(bad.kid), 16);
}
END_TEST

#define TIMES "\"iat\":1795308300,\"exp\":1795309200"

START_TEST(j20_audience_issuer_use)
{
	init_key();
	refused_claims("\"iss\":\"https://evil.example\",\"aud\":\"moot\",\"jti\":\"a\"," IDS REST);
	refused_claims("\"iss\":\"https://chat.example.org/\",\"aud\":\"moot\",\"jti\":\"a\"," IDS REST);
	refused_claims("\"aud\":\"moot\",\"jti\":\"a\"," IDS REST);
	refused_claims("\"iss\":\"https://chat.example.org\",\"aud\":\"loot\",\"jti\":\"a\"," IDS REST);
	refused_claims("\"iss\":\"https://chat.example.org\",\"aud\":[\"moot\"],\"jti\":\"a\"," IDS REST);
	refused_claims("\"iss\":\"https://chat.example.org\",\"jti\":\"a\"," IDS REST);
	refused_claims(FRONT IDS "\"use\":\"refresh\"," TIMES);
	refused_claims(FRONT IDS "\"use\":\"\"," TIMES);
	refused_claims(FRONT IDS TIMES);
}
END_TEST

static struct str
issued(int64_t iat, const char *more)
{
	return forge(HEADER, arena_printf(unit_arena(),
	    "{" FRONT IDS "\"use\":\"access\",\"iat\":%lld,\"exp\":1795399999%s}", (long long)iat, more));
}

static struct str
not_before(int64_t nbf)
{
	return issued(NOW, arena_printf(unit_arena(), ",\"nbf\":%lld", (long long)nbf));
}

START_TEST(j21_clock)
{
	init_key();
	ck_err(check(issued(NOW + 60, "")), ERR_OK);
	ck_err(check(issued(NOW + 61, "")), ERR_UNAUTHORIZED);
	ck_err(check(issued(NOW + 300, "")), ERR_UNAUTHORIZED);
	ck_err(check(issued(NOW - 60, "")), ERR_OK);
	ck_err(check(issued(-1, "")), ERR_UNAUTHORIZED);
	ck_err(check(not_before(NOW + 60)), ERR_OK);
	ck_err(check(not_before(NOW + 61)), ERR_UNAUTHORIZED);
	ck_err(check(not_before(NOW + 300)), ERR_UNAUTHORIZED);
	ck_err(check(issued(NOW, ",\"nbf\":\"1\"")), ERR_UNAUTHORIZED);
	ck_err(check(issued(NOW, ",\"nbf\":null")), ERR_UNAUTHORIZED);
}
END_TEST

START_TEST(j22_shape)
{
	struct arena *a = unit_arena();
	struct str good = forge(HEADER, PAYLOAD);
	char *big = arena_alloc(a, 9001);

	init_key();
	memset(big, 'a', 9000);
	ck_err(check(forge(HEADER, arena_printf(a, "{" FRONT IDS REST ",\"x\":\"%s\"}", big))),
	    ERR_UNAUTHORIZED);
	big[2000] = '\0';
	ck_err(check(forge(HEADER, arena_printf(a, "{" FRONT IDS REST ",\"x\":\"%s\"}", big))), ERR_OK);
	ck_err(check(str_of(arena_printf(a, "%s.a.b", good.p))), ERR_UNAUTHORIZED);
	ck_err(check(str_of(arena_printf(a, "%s.", good.p))), ERR_UNAUTHORIZED);
	ck_err(check(str_of(arena_printf(a, ".%s", good.p))), ERR_UNAUTHORIZED);
	ck_err(check(str_of(arena_printf(a, "%s=", good.p))), ERR_UNAUTHORIZED);
	ck_err(check(str_of(arena_printf(a, "%s ", good.p))), ERR_UNAUTHORIZED);
	ck_err(check(str_of(arena_printf(a, " %s", good.p))), ERR_UNAUTHORIZED);
	ck_err(check(str_of(arena_printf(a, "%s\n", good.p))), ERR_UNAUTHORIZED);
	ck_err(check((struct str){ good.p, good.len + 1 }), ERR_UNAUTHORIZED);	/* the NUL, too */
	ck_err(check(STR("")), ERR_UNAUTHORIZED);
	ck_err(check(STR("..")), ERR_UNAUTHORIZED);
	ck_err(check(STR("a.b.c")), ERR_UNAUTHORIZED);
	ck_err(check(STR("abc")), ERR_UNAUTHORIZED);
	ck_err(check(STR("\xff\xfe.\0.\x80")), ERR_UNAUTHORIZED);
}
END_TEST

/* Each of the 256 bits of the MAC, then every other length. */
START_TEST(j23_signature)
{
	struct str good = forge(HEADER, PAYLOAD);
	size_t head = good.len - crypt_b64_len(CRYPT_SHA256_LEN);
	uint8_t mac[CRYPT_SHA256_LEN + 8] = { 0 };
	size_t len;

	init_key();
	ck_assert(crypt_unb64((struct str){ good.p + head, good.len - head }, mac, CRYPT_SHA256_LEN, &len));
	for (int bit = 0; bit < 256; bit++) {
		struct buf b;

		mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
		buf_init(&b, 8192);
		buf_add(&b, good.p, head);
		add_b64(&b, mac, CRYPT_SHA256_LEN);
		ck_err(check(buf_str(&b)), ERR_UNAUTHORIZED);
		buf_release(&b);
		mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t n = 0; n <= sizeof(mac); n++) {
		struct buf b;

		buf_init(&b, 8192);
		buf_add(&b, good.p, head);
		add_b64(&b, mac, n);
		ck_err(check(buf_str(&b)), n == CRYPT_SHA256_LEN ? ERR_OK : ERR_UNAUTHORIZED);
		buf_release(&b);
	}
	for (size_t n = 0; n < good.len; n++)
		ck_err(check((struct str){ good.p, n }), ERR_UNAUTHORIZED);
}
END_TEST

/* Any other character anywhere: the two slack bits at the end of the MAC as well. */
START_TEST(j23_every_character)
{
	static const char letters[] = "ABCabc019-_+/=. ~\x80\xbf\xff";
	struct str good = forge(HEADER, PAYLOAD);
	char *text = arena_strndup(unit_arena(), good.p, good.len);

	init_key();
	for (size_t i = 0; i < good.len; i++) {
		for (size_t k = 0; k < sizeof(letters); k++) {
			if (letters[k] == good.p[i])
				continue;
			text[i] = letters[k];
			ck_err(jwt_check(unit_arena(), &key, ISSUER, (struct str){ text, good.len }, NOW,
			    &(struct jwt_claims){ 0 }), ERR_UNAUTHORIZED);
		}
		text[i] = good.p[i];
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { j01_valid, made_tokens_are_taken, j02_j03_other_hmac,
		j04_to_j08_algorithm, j09_other_key, j10_to_j13_exp, j14_j15_duplicates, j16_subject,
		j17_j18_header_members, j19_keys, j20_audience_issuer_use, j21_clock, j22_shape,
		j23_signature, j23_every_character, NULL };

	return unit_run("jwt", tests);
}
