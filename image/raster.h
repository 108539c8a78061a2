/*
 * raster - a decoded picture: 8 bits each of red, green, blue and alpha (not premultiplied), lines
 * from top to bottom without gaps.
 */
#ifndef MOOT_IMAGE_RASTER_H
#define MOOT_IMAGE_RASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RASTER_PIXEL 4

struct raster {
	uint32_t w, h;
	uint8_t *p;	/* w * h * RASTER_PIXEL; NULL for none */
};

/* Transparent black. False without memory. */
bool raster_init(struct raster *r, uint32_t w, uint32_t h);
void raster_release(struct raster *r);
size_t raster_size(const struct raster *r);
size_t raster_line(const struct raster *r);

/* The square in the middle of from, as large as it gets, as side × side pixels: each is the mean of
 * the area it covers, weighted by alpha. False without memory. */
bool raster_square(const struct raster *from, uint32_t side, struct raster *out);
/* Turns a square the way EXIF's orientation (1 … 8) says it is to be looked at. */
bool raster_turn(struct raster *square, int orientation);

#endif
