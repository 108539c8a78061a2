#include "image/decode.h"

enum picture_end
decode(struct str bytes, uint32_t side, struct raster *out)
{
	switch (picture_sniff(bytes)) {
	case PICTURE_PNG:
		return decode_png(bytes, out);
	case PICTURE_JPEG:
		return decode_jpeg(bytes, side, out);
	case PICTURE_GIF:
		return decode_gif(bytes, out);
	case PICTURE_WEBP:
		return decode_webp(bytes, out);
	case PICTURE_NONE:
	default:
		return PICTURE_UNKNOWN;
	}
}
