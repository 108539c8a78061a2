#include <png.h>

#include "image/decode.h"

enum picture_end
decode_png(struct str bytes, struct raster *out)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	enum picture_end end = PICTURE_BROKEN;
	struct raster r = { 0 };

	if (!png_image_begin_read_from_memory(&image, bytes.p, bytes.len))
		return PICTURE_BROKEN;
	image.format = PNG_FORMAT_RGBA;
	if (!picture_fits(image.width, image.height))
		end = PICTURE_TOO_LARGE;
	else if (raster_init(&r, image.width, image.height) &&
	    png_image_finish_read(&image, NULL, r.p, 0, NULL))
		end = PICTURE_OK;
	png_image_free(&image);
	if (end == PICTURE_OK)
		*out = r;
	else
		raster_release(&r);
	return end;
}
