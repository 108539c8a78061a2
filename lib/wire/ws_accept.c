#include "wire/ws_accept.h"

#include <string.h>

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_LEN 24

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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
sha1_block(uint32_t h[5], const uint8_t block[64])
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

/* FIPS 180-4, for the one length that the handshake has: two blocks. */
static void
sha1_of_60(const uint8_t in[60], uint8_t out[20])
{
	uint32_t h[5] = { 0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u };
	uint8_t block[128] = { 0 };

	memcpy(block, in, 60);
	block[60] = 0x80;
	block[126] = (60 * 8) >> 8;
	block[127] = (60 * 8) & 0xff;
	sha1_block(h, block);
	sha1_block(h, block + 64);
	for (size_t i = 0; i < 20; i++)
		out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

bool
ws_key_is_valid(struct str key)
{
	if (key.len != KEY_LEN || memcmp(key.p + KEY_LEN - 2, "==", 2) != 0)
		return false;
	for (size_t i = 0; i < KEY_LEN - 2; i++)
		if (key.p[i] == '\0' || strchr(alphabet, key.p[i]) == NULL)
			return false;
	/* The last character carries two bits of the sixteenth byte and four zeros. */
	return strchr("AQgw", key.p[KEY_LEN - 3]) != NULL;
}

void
ws_accept(struct str key, char out[WS_ACCEPT_LEN + 1])
{
	uint8_t in[60], sum[21] = { 0 };

	memcpy(in, key.p, KEY_LEN);
	memcpy(in + KEY_LEN, GUID, sizeof(in) - KEY_LEN);
	sha1_of_60(in, sum);
	for (size_t i = 0; i < 7; i++) {
		uint32_t v =
		    (uint32_t)sum[3 * i] << 16 | (uint32_t)sum[3 * i + 1] << 8 | sum[3 * i + 2];

		for (size_t k = 0; k < 4; k++)
			out[4 * i + k] = alphabet[v >> (18 - 6 * k) & 63];
	}
	out[WS_ACCEPT_LEN - 1] = '=';
	out[WS_ACCEPT_LEN] = '\0';
}
