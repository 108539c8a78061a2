#include <sodium.h>

#include "base/crypt.h"
#include "base/log.h"

_Static_assert(CRYPT_PWHASH_MAX >= crypto_pwhash_STRBYTES, "room for a PHC string");
_Static_assert(CRYPT_SHA256_LEN == crypto_hash_sha256_BYTES, "SHA-256 is 32 bytes");

void
crypt_init(void)
{
	if (sodium_init() < 0)
		log_fatal(EX_SOFTWARE, "libsodium cannot be used", "sodium_init failed");
}

void
crypt_random(void *out, size_t n)
{
	randombytes_buf(out, n);
}

void
crypt_sha256(struct str in, uint8_t out[CRYPT_SHA256_LEN])
{
	crypto_hash_sha256(out, (const unsigned char *)in.p, in.len);
}

void
crypt_hmac_sha256(const uint8_t *key, size_t key_len, struct str in, uint8_t out[CRYPT_SHA256_LEN])
{
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, key, key_len);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)in.p, in.len);
	crypto_auth_hmacsha256_final(&st, out);
	sodium_memzero(&st, sizeof(st));
}

bool
crypt_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

void
crypt_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

enum err
crypt_pwhash(struct str password, uint32_t memory_kib, uint32_t passes, char out[CRYPT_PWHASH_MAX])
{
	char hash[crypto_pwhash_STRBYTES];

	if (crypto_pwhash_str_alg(hash, password.p == NULL ? "" : password.p, password.len, passes,
	    (size_t)memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return ERR_NO_MEMORY;
	memcpy(out, hash, sizeof(hash));
	return ERR_OK;
}

bool
crypt_pwhash_verify(const char *hash, struct str password)
{
	return hash != NULL && crypto_pwhash_str_verify(hash,
	    password.p == NULL ? "" : password.p, password.len) == 0;
}

bool
crypt_pwhash_is_stale(const char *hash, uint32_t memory_kib, uint32_t passes)
{
	return hash == NULL ||
	    crypto_pwhash_str_needs_rehash(hash, passes, (size_t)memory_kib * 1024) != 0;
}

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
_Static_assert(CRYPT_SEAL_MORE == NONCE + TAG, "what sealing adds");
_Static_assert(CRYPT_SHA256_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    "a digest is a key");

void
crypt_seal(const uint8_t *key, size_t key_len, struct str purpose, struct str about,
    const void *in, size_t n, uint8_t *out)
{
	uint8_t k[CRYPT_SHA256_LEN];

	crypt_hmac_sha256(key, key_len, purpose, k);
	randombytes_buf(out, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, in, n,
	    (const unsigned char *)about.p, about.len, NULL, out, k);
	sodium_memzero(k, sizeof(k));
}

bool
crypt_open(const uint8_t *key, size_t key_len, struct str purpose, struct str about,
    struct str in, void *out, size_t n)
{
	const unsigned char *p = (const unsigned char *)in.p;
	uint8_t k[CRYPT_SHA256_LEN];

	if (in.len != n + CRYPT_SEAL_MORE)
		return false;
	crypt_hmac_sha256(key, key_len, purpose, k);
	int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, p + NONCE,
	    in.len - NONCE, (const unsigned char *)about.p, about.len, p, k);
	sodium_memzero(k, sizeof(k));
	return opened == 0;
}

size_t
crypt_b64_len(size_t n)
{
	return n / 3 * 4 + (n % 3 == 0 ? 0 : n % 3 + 1);
}

void
crypt_b64(const void *in, size_t n, char *out)
{
	sodium_bin2base64(
	    out, crypt_b64_len(n) + 1, in, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* -1 for a byte outside the alphabet. (sodium_base642bin() of 1.0.18 takes 0xff for '_'.) */
static int
b64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool
crypt_unb64(struct str in, void *out, size_t cap, size_t *len)
{
	uint8_t *bytes = out;
	unsigned bits = 0, pending = 0;
	size_t n = 0;

	if (in.len % 4 == 1 || in.len / 4 * 3 + (in.len % 4 == 0 ? 0 : in.len % 4 - 1) > cap)
		return false;
	for (size_t i = 0; i < in.len; i++) {
		int v = b64_value(in.p[i]);

		if (v < 0)
			return false;
		bits = (bits << 6 | (unsigned)v) & 0xffff;
		pending += 6;
		if (pending >= 8) {
			pending -= 8;
			bytes[n++] = (uint8_t)(bits >> pending);
		}
	}
	if ((bits & ((1u << pending) - 1)) != 0)
		return false;
	*len = n;
	return true;
}

void
crypt_hex(const void *in, size_t n, char *out)
{
	sodium_bin2hex(out, 2 * n + 1, in, n);
}
