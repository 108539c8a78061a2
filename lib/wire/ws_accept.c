#include "wire/ws_accept.h"

#include <string.h>

#include "wire/sha1.h"

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_LEN 24

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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
	char in[KEY_LEN + sizeof(GUID) - 1];
	uint8_t sum[SHA1_LEN + 1] = { 0 };

	memcpy(in, key.p, KEY_LEN);
	memcpy(in + KEY_LEN, GUID, sizeof(in) - KEY_LEN);
	sha1((struct str){ in, sizeof(in) }, sum);
	for (size_t i = 0; i < 7; i++) {
		uint32_t v =
		    (uint32_t)sum[3 * i] << 16 | (uint32_t)sum[3 * i + 1] << 8 | sum[3 * i + 2];

		for (size_t k = 0; k < 4; k++)
			out[4 * i + k] = alphabet[v >> (18 - 6 * k) & 63];
	}
	out[WS_ACCEPT_LEN - 1] = '=';
	out[WS_ACCEPT_LEN] = '\0';
}
