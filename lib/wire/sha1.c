#include "wire/sha1.h"

#include <assert.h>
#include <string.h>

#include "base/crypt.h"

static uint32_t
rotate(uint32_t v, int n)
{
	return v << n | v >> (32 - n);
}

static uint32_t
mix(int round, uint32_t b, uint32_t c, uint32_t d)
{
	if (round < 20)
		return ((b & c) | (~b & d)) + 0x5a827999u;
	if (round < 40)
		return (b ^ c ^ d) + 0x6ed9eba1u;
	if (round < 60)
		return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcu;
	return (b ^ c ^ d) + 0xca62c1d6u;
}

static void
take_block(uint32_t h[5], const uint8_t block[SHA1_BLOCK])
{
	uint32_t w[80], s[5];

	for (size_t i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
		    (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (size_t i = 16; i < 80; i++)
		w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	memcpy(s, h, sizeof(s));
	for (int i = 0; i < 80; i++) {
		uint32_t t = rotate(s[0], 5) + mix(i, s[1], s[2], s[3]) + s[4] + w[i];

		s[4] = s[3];
		s[3] = s[2];
		s[2] = rotate(s[1], 30);
		s[1] = s[0];
		s[0] = t;
	}
	for (int i = 0; i < 5; i++)
		h[i] += s[i];
}

void
sha1(struct str in, uint8_t out[SHA1_LEN])
{
	uint32_t h[5] = { 0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u };
	uint8_t last[2 * SHA1_BLOCK] = { 0 };
	size_t rest = in.len % SHA1_BLOCK, whole = in.len - rest;
	size_t end = rest + 9 <= SHA1_BLOCK ? SHA1_BLOCK : 2 * SHA1_BLOCK;
	uint64_t bits = (uint64_t)in.len * 8;

	for (size_t i = 0; i < whole; i += SHA1_BLOCK)
		take_block(h, (const uint8_t *)in.p + i);
	if (rest > 0)
		memcpy(last, in.p + whole, rest);
	last[rest] = 0x80;
	for (size_t i = 0; i < 8; i++)
		last[end - 1 - i] = (uint8_t)(bits >> (8 * i));
	for (size_t i = 0; i < end; i += SHA1_BLOCK)
		take_block(h, last + i);
	for (size_t i = 0; i < SHA1_LEN; i++)
		out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
	crypt_wipe(last, sizeof(last));
}

/* SHA-1 of the key, each byte with `pad` laid over, and what follows it. */
static void
keyed(const uint8_t *key, size_t key_len, uint8_t pad, struct str in, uint8_t out[SHA1_LEN])
{
	uint8_t text[2 * SHA1_BLOCK];

	memset(text, pad, SHA1_BLOCK);
	for (size_t i = 0; i < key_len; i++)
		text[i] = (uint8_t)(key[i] ^ pad);
	memcpy(text + SHA1_BLOCK, in.p, in.len);
	sha1((struct str){ (const char *)text, SHA1_BLOCK + in.len }, out);
	crypt_wipe(text, sizeof(text));
}

void
sha1_hmac(const uint8_t *key, size_t key_len, struct str in, uint8_t out[SHA1_LEN])
{
	uint8_t inner[SHA1_LEN];

	assert(key_len <= SHA1_BLOCK && in.len <= SHA1_BLOCK);
	keyed(key, key_len, 0x36, in, inner);
	keyed(key, key_len, 0x5c, (struct str){ (const char *)inner, sizeof(inner) }, out);
	crypt_wipe(inner, sizeof(inner));
}
