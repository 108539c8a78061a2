/*
 * picture - what moot-image is sent and what it answers, and what a picture is by its first bytes.
 *
 * The program reads a file to its end and writes one block for each side it was asked for, in that
 * order: a block is its length (4 bytes, the highest first) and so many bytes. It says by its exit
 * status what came of it.
 */
#ifndef MOOT_WIRE_PICTURE_H
#define MOOT_WIRE_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define PICTURE_BYTES_MAX (4 << 20)	/* as it comes */
#define PICTURE_SIDE_MAX 8192
#define PICTURE_PIXELS_MAX (1 << 24)
#define PICTURE_SQUARE_MAX 1024		/* the largest side one may ask for */
#define PICTURE_HEAD 4			/* bytes of a length */

enum picture_type { PICTURE_NONE, PICTURE_PNG, PICTURE_JPEG, PICTURE_GIF, PICTURE_WEBP };

/* Exit statuses. */
enum picture_end {
	PICTURE_OK = 0,
	PICTURE_USAGE = 2,	/* asked for what there is not */
	PICTURE_UNKNOWN = 10,	/* none of the four */
	PICTURE_BROKEN = 11,	/* cannot be decoded, or not to its end */
	PICTURE_TOO_LARGE = 12,	/* more than PICTURE_SIDE_MAX or PICTURE_PIXELS_MAX */
	PICTURE_NO_SANDBOX = 20, /* the kernel refused a part of it: nothing was read */
};

/* By its first bytes: whatever else it may be as well, only that decoder sees it. */
enum picture_type picture_sniff(struct str bytes);
/* w × h within both bounds, and neither 0. */
bool picture_fits(uint32_t w, uint32_t h);

void picture_put_length(uint8_t out[PICTURE_HEAD], uint32_t n);
/* Cuts a block off; false when it is not whole. */
bool picture_cut(struct str *rest, struct str *block);

#endif
