/*
 * moot-image - makes squares of a picture that nobody trusts: reads it on descriptor 0, writes WebP
 * on descriptor 1 (blocks as wire/picture.h says), and can do nothing else from before its first
 * byte on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <webp/encode.h>

#include "image/decode.h"
#include "image/exif.h"
#include "image/sandbox.h"

#define SIZES 8
#define QUALITY 85.0f

static const char usage[] =
    "usage: moot-image SIDE ...    picture on standard input, squares on standard output\n"
    "       moot-image --version\n";

static bool
write_all(const void *from, size_t n)
{
	for (const uint8_t *p = from; n > 0;) {
		ssize_t did = write(STDOUT_FILENO, p, n);
		if (did <= 0)
			return false;
		p += did;
		n -= (size_t)did;
	}
	return true;
}

/* All there is. */
static enum picture_end
read_picture(struct str *out)
{
	size_t room = PICTURE_BYTES_MAX + 1, n = 0;
	char *p = malloc(room);
	ssize_t got = 1;

	if (p == NULL)
		return PICTURE_BROKEN;
	while (n < room && (got = read(STDIN_FILENO, p + n, room - n)) > 0)
		n += (size_t)got;
	*out = (struct str){ p, n };
	return got < 0 ? PICTURE_BROKEN : n > PICTURE_BYTES_MAX ? PICTURE_TOO_LARGE : PICTURE_OK;
}

static bool
write_webp(const struct raster *r)
{
	uint8_t head[PICTURE_HEAD], *webp = NULL;
	size_t n = WebPEncodeRGBA(r->p, (int)r->w, (int)r->h, (int)raster_line(r), QUALITY, &webp);

	picture_put_length(head, (uint32_t)n);
	bool ok = n > 0 && n <= UINT32_MAX && write_all(head, sizeof(head)) && write_all(webp, n);
	WebPFree(webp);
	return ok;
}

static bool
write_side(const struct raster *square, uint32_t side)
{
	struct raster r;

	if (side == square->w)
		return write_webp(square);
	if (!raster_square(square, side, &r))
		return false;
	bool ok = write_webp(&r);
	raster_release(&r);
	return ok;
}

/* The largest side that is asked for is made of the picture, the others of that. */
static enum picture_end
make(const uint32_t *sides, size_t n)
{
	struct raster picture = { 0 }, square = { 0 };
	struct str bytes = STR_NULL;
	uint32_t largest = 0;

	for (size_t i = 0; i < n; i++)
		largest = sides[i] > largest ? sides[i] : largest;
	enum picture_end end = read_picture(&bytes);
	if (end == PICTURE_OK)
		end = decode(bytes, largest, &picture);
	if (end == PICTURE_OK && (!raster_square(&picture, largest, &square) ||
	    !raster_turn(&square, exif_orientation(bytes))))
		end = PICTURE_BROKEN;
	raster_release(&picture);
	for (size_t i = 0; end == PICTURE_OK && i < n; i++)
		end = write_side(&square, sides[i]) ? PICTURE_OK : PICTURE_BROKEN;
	raster_release(&square);
	free((void *)(uintptr_t)bytes.p);
	return end;
}

/* 0: not such sizes. */
static size_t
read_sides(int argc, char **argv, uint32_t sides[SIZES])
{
	uint64_t side;
	size_t n = 0;

	if (argc < 2 || argc > SIZES + 1)
		return 0;
	for (int i = 1; i < argc; i++) {
		if (!str_to_u64(str_of(argv[i]), PICTURE_SQUARE_MAX, &side) || side == 0)
			return 0;
		sides[n++] = (uint32_t)side;
	}
	return n;
}

int
main(int argc, char **argv)
{
	uint32_t sides[SIZES];

	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("moot-image %s\n", PACKAGE_VERSION);
		return 0;
	}
	size_t n = read_sides(argc, argv, sides);
	if (n == 0) {
		fputs(usage, stderr);
		return PICTURE_USAGE;
	}
	if (!sandbox_enter())
		return PICTURE_NO_SANDBOX;
	_exit((int)make(sides, n));	/* what runs at an ordinary end wants more than is left */
}
