#include "domain/token.h"

#include <string.h>

#define PERSONAL_BYTES (8 + 8 + TOKEN_SECRET)
#define KNOWN_SAID (8 + TOKEN_KNOWN_RANDOM)
#define KNOWN_BYTES (KNOWN_SAID + CRYPT_SHA256_LEN)
#define REFRESH_BYTES (8 + 4 + CRYPT_SHA256_LEN)

static void
put_be(uint8_t *p, uint64_t v, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--) {
		p[i] = (uint8_t)v;
		v >>= 8;
	}
}

static uint64_t
get_be(const uint8_t *p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

static struct str
make(struct arena *a, const char *prefix, const uint8_t *bytes, size_t n)
{
	size_t head = strlen(prefix), len = head + crypt_b64_len(n);
	char *s = arena_alloc(a, len + 1);

	memcpy(s, prefix, head);
	crypt_b64(bytes, n, s + head);
	return (struct str){ s, len };
}

static bool
parse(struct str s, const char *prefix, uint8_t *bytes, size_t n)
{
	size_t head = strlen(prefix), got = 0;

	if (!str_has_prefix(s, str_of(prefix)))
		return false;
	return crypt_unb64((struct str){ s.p + head, s.len - head }, bytes, n, &got) && got == n;
}

struct str
token_personal_make(
    struct arena *a, int64_t token, int64_t account, const uint8_t secret[TOKEN_SECRET])
{
	uint8_t b[PERSONAL_BYTES];

	put_be(b, (uint64_t)token, 8);
	put_be(b + 8, (uint64_t)account, 8);
	memcpy(b + 16, secret, TOKEN_SECRET);
	struct str s = make(a, TOKEN_PERSONAL, b, sizeof(b));
	crypt_wipe(b, sizeof(b));
	return s;
}

bool
token_personal_parse(struct str s, struct personal_token *out)
{
	uint8_t b[PERSONAL_BYTES];

	if (!parse(s, TOKEN_PERSONAL, b, sizeof(b)))
		return false;
	uint64_t token = get_be(b, 8), account = get_be(b + 8, 8);
	if (token == 0 || token > INT64_MAX || account == 0 || account > INT64_MAX)
		return false;
	out->token = (int64_t)token;
	out->account = (int64_t)account;
	crypt_sha256((struct str){ (const char *)b + 16, TOKEN_SECRET }, out->secret_hash);
	crypt_wipe(b, sizeof(b));
	return true;
}

static void
refresh_mac(const struct jwt_key *key, const uint8_t seed[TOKEN_SEED], int64_t session,
    uint32_t gen, uint8_t mac[CRYPT_SHA256_LEN])
{
	uint8_t text[7 + TOKEN_SEED + 8 + 4];

	memcpy(text, "refresh", 7);
	memcpy(text + 7, seed, TOKEN_SEED);
	put_be(text + 7 + TOKEN_SEED, (uint64_t)session, 8);
	put_be(text + 7 + TOKEN_SEED + 8, gen, 4);
	crypt_hmac_sha256(
	    key->bytes, key->len, (struct str){ (const char *)text, sizeof(text) }, mac);
	crypt_wipe(text, sizeof(text));
}

struct str
token_refresh_make(struct arena *a, const struct jwt_key *key, const uint8_t seed[TOKEN_SEED],
    int64_t session, uint32_t gen)
{
	uint8_t b[REFRESH_BYTES];

	put_be(b, (uint64_t)session, 8);
	put_be(b + 8, gen, 4);
	refresh_mac(key, seed, session, gen, b + 12);
	return make(a, TOKEN_REFRESH, b, sizeof(b));
}

bool
token_refresh_parse(struct str s, struct refresh_token *out)
{
	uint8_t b[REFRESH_BYTES];

	if (!parse(s, TOKEN_REFRESH, b, sizeof(b)))
		return false;
	uint64_t session = get_be(b, 8), gen = get_be(b + 8, 4);
	if (session == 0 || session > INT64_MAX || gen == 0 || gen > INT32_MAX)
		return false;
	out->session = (int64_t)session;
	out->gen = (uint32_t)gen;
	memcpy(out->mac, b + 12, sizeof(out->mac));
	return true;
}

bool
token_refresh_is_genuine(
    const struct jwt_key *key, const uint8_t seed[TOKEN_SEED], const struct refresh_token *t)
{
	uint8_t mac[CRYPT_SHA256_LEN];

	refresh_mac(key, seed, t->session, t->gen, mac);
	return crypt_equal(mac, t->mac, sizeof(mac));
}

static void
known_mac(const struct jwt_key *key, const uint8_t said[KNOWN_SAID], uint8_t mac[CRYPT_SHA256_LEN])
{
	uint8_t text[5 + KNOWN_SAID];

	memcpy(text, "known", 5);
	memcpy(text + 5, said, KNOWN_SAID);
	crypt_hmac_sha256(
	    key->bytes, key->len, (struct str){ (const char *)text, sizeof(text) }, mac);
}

struct str
token_known_make(struct arena *a, const struct jwt_key *key, int64_t account)
{
	uint8_t b[KNOWN_BYTES];

	put_be(b, (uint64_t)account, 8);
	crypt_random(b + 8, TOKEN_KNOWN_RANDOM);
	known_mac(key, b, b + KNOWN_SAID);
	return make(a, TOKEN_KNOWN, b, sizeof(b));
}

bool
token_known_read(struct str s, const struct jwt_key *key, struct known_token *out)
{
	uint8_t b[KNOWN_BYTES], mac[CRYPT_SHA256_LEN];

	if (!parse(s, TOKEN_KNOWN, b, sizeof(b)))
		return false;
	known_mac(key, b, mac);
	if (!crypt_equal(mac, b + KNOWN_SAID, sizeof(mac)))
		return false;
	out->account = (int64_t)get_be(b, 8);
	memcpy(out->random, b + 8, sizeof(out->random));
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
token_seed_parse(struct str hex, uint8_t seed[TOKEN_SEED])
{
	if (hex.len != 2 * TOKEN_SEED)
		return false;
	for (size_t i = 0; i < TOKEN_SEED; i++) {
		int high = hex_digit(hex.p[2 * i]), low = hex_digit(hex.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		seed[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
