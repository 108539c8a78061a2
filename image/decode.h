/*
 * decode - bytes of a stranger to a raster: one decoder a format, and none for any other. Of what
 * moves the first frame is taken. Nothing here opens, waits or keeps anything.
 *
 * All return PICTURE_OK with *out to be released by the caller, PICTURE_BROKEN (also for what is cut
 * off, and without memory) or PICTURE_TOO_LARGE, found in the head before anything is decoded.
 */
#ifndef MOOT_IMAGE_DECODE_H
#define MOOT_IMAGE_DECODE_H

#include "image/raster.h"
#include "wire/picture.h"

/* side: what is wanted in the end: a JPEG may come smaller than it is, but not below twice that. */
enum picture_end decode(struct str bytes, uint32_t side, struct raster *out);

enum picture_end decode_png(struct str bytes, struct raster *out);
enum picture_end decode_jpeg(struct str bytes, uint32_t side, struct raster *out);
enum picture_end decode_gif(struct str bytes, struct raster *out);
enum picture_end decode_webp(struct str bytes, struct raster *out);

#endif
