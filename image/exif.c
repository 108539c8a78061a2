#include "image/exif.h"

#include <stdint.h>
#include <string.h>

#include "wire/picture.h"

#define ORIENTATION 0x0112
#define SHORT 3
#define ENTRY 12

/* n bytes at `at`, the highest first or last; 0 outside. */
static uint32_t
number(struct str s, size_t at, size_t n, bool highest_first)
{
	uint32_t v = 0;

	if (at > s.len || n > s.len - at)
		return 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | (uint8_t)s.p[at + (highest_first ? i : n - 1 - i)];
	return v;
}

static struct str
part(struct str s, size_t at, size_t n)
{
	if (at > s.len)
		at = s.len;
	return (struct str){ s.p + at, n < s.len - at ? n : s.len - at };
}

/* TIFF 6.0: byte order, 42, where the first directory stands; entries of 12 bytes. */
static int
of_tiff(struct str t)
{
	bool big = str_has_prefix(t, STR("MM"));

	if (str_has_prefix(t, STR("Exif\0\0"))) {
		t = part(t, 6, t.len);
		big = str_has_prefix(t, STR("MM"));
	}
	if ((!big && !str_has_prefix(t, STR("II"))) || number(t, 2, 2, big) != 42)
		return 1;
	size_t at = number(t, 4, 4, big);
	uint32_t entries = number(t, at, 2, big);
	for (uint32_t i = 0; i < entries && at + 2 + (i + 1) * ENTRY <= t.len; i++) {
		size_t e = at + 2 + i * ENTRY;
		uint32_t turn = number(t, e + 8, 2, big);
		if (number(t, e, 2, big) == ORIENTATION && number(t, e + 2, 2, big) == SHORT)
			return turn >= 1 && turn <= 8 ? (int)turn : 1;
	}
	return 1;
}

/* Segments up to the scan: FF, marker, length with itself. */
static int
of_jpeg(struct str s)
{
	size_t at = 2;

	while (number(s, at, 1, true) == 0xff) {
		uint32_t marker = number(s, at + 1, 1, true), n = number(s, at + 2, 2, true);
		if (marker == 0xda || n < 2)
			break;
		struct str body = part(s, at + 4, n - 2);
		if (marker == 0xe1 && str_has_prefix(body, STR("Exif\0\0")))
			return of_tiff(body);
		at += 2 + n;
	}
	return 1;
}

/* Chunks up to the end: length, type, bytes, check sum. */
static int
of_png(struct str s)
{
	for (size_t at = 8; at + 12 <= s.len; at += 12 + (size_t)number(s, at, 4, true)) {
		if (memcmp(s.p + at + 4, "eXIf", 4) == 0)
			return of_tiff(part(s, at + 8, number(s, at, 4, true)));
	}
	return 1;
}

/* RIFF chunks: type, length, bytes, padded to an even number. */
static int
of_webp(struct str s)
{
	for (size_t at = 12; at + 8 <= s.len;) {
		size_t n = number(s, at + 4, 4, false);
		if (memcmp(s.p + at, "EXIF", 4) == 0)
			return of_tiff(part(s, at + 8, n));
		at += 8 + n + n % 2;
	}
	return 1;
}

int
exif_orientation(struct str picture)
{
	switch (picture_sniff(picture)) {
	case PICTURE_JPEG:
		return of_jpeg(picture);
	case PICTURE_PNG:
		return of_png(picture);
	case PICTURE_WEBP:
		return of_webp(picture);
	case PICTURE_GIF:
	case PICTURE_NONE:
	default:
		return 1;
	}
}
