#include "wire/picture.h"

#include <string.h>

enum picture_type
picture_sniff(struct str bytes)
{
	if (str_has_prefix(bytes, STR("\x89PNG\r\n\x1a\n")))
		return PICTURE_PNG;
	if (str_has_prefix(bytes, STR("\xff\xd8\xff")))
		return PICTURE_JPEG;
	if (str_has_prefix(bytes, STR("GIF87a")) || str_has_prefix(bytes, STR("GIF89a")))
		return PICTURE_GIF;
	if (bytes.len >= 12 && memcmp(bytes.p, "RIFF", 4) == 0 &&
	    memcmp(bytes.p + 8, "WEBP", 4) == 0)
		return PICTURE_WEBP;
	return PICTURE_NONE;
}

bool
picture_fits(uint32_t w, uint32_t h)
{
	return w > 0 && h > 0 && w <= PICTURE_SIDE_MAX && h <= PICTURE_SIDE_MAX &&
	    w * h <= PICTURE_PIXELS_MAX;
}

void
picture_put_length(uint8_t out[PICTURE_HEAD], uint32_t n)
{
	for (int i = 0; i < PICTURE_HEAD; i++)
		out[i] = (uint8_t)(n >> (24 - 8 * i));
}

bool
picture_cut(struct str *rest, struct str *block)
{
	size_t n = 0;

	if (rest->len < PICTURE_HEAD)
		return false;
	for (int i = 0; i < PICTURE_HEAD; i++)
		n = n << 8 | (uint8_t)rest->p[i];
	if (n > rest->len - PICTURE_HEAD)
		return false;
	*block = (struct str){ rest->p + PICTURE_HEAD, n };
	*rest = (struct str){ rest->p + PICTURE_HEAD + n, rest->len - PICTURE_HEAD - n };
	return true;
}
