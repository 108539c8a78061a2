/*
 * exif - how a picture is to be turned: the one thing of its metadata that anybody wants.
 */
#ifndef MOOT_IMAGE_EXIF_H
#define MOOT_IMAGE_EXIF_H

#include "base/str.h"

/* The orientation (1 … 8) that the EXIF block of a PNG, JPEG or WebP names; 1 when there is none, or
 * none that can be read. */
int exif_orientation(struct str picture);

#endif
