#include <string.h>
#include <turbojpeg.h>

#include "image/decode.h"

#define FLAGS (TJFLAG_LIMITSCANS | TJFLAG_NOREALLOC)

/* The smallest of the decoder's own scales that leaves twice the wanted side. */
static tjscalingfactor
scale_for(int w, int h, uint32_t side)
{
	tjscalingfactor best = { 1, 1 };
	int edge = w < h ? w : h, n = 0;
	const tjscalingfactor *all = tjGetScalingFactors(&n);

	for (int i = 0; i < n; i++) {
		if (all[i].num * best.denom < best.num * all[i].denom &&
		    TJSCALED(edge, all[i]) >= (int)(2 * side))
			best = all[i];
	}
	return best;
}

/* CMYK as Adobe writes it: inverted. */
static void
cmyk_to_rgb(struct raster *r)
{
	uint8_t *end = r->p + raster_size(r);

	for (uint8_t *p = r->p; p < end; p += RASTER_PIXEL) {
		for (int k = 0; k < 3; k++)
			p[k] = (uint8_t)(p[k] * p[3] / 255);
		p[3] = 255;
	}
}

/* Decoders go on at most faults, and with grey where the file ends before the picture. */
static bool
is_whole(tjhandle tj, int result)
{
	return result == 0 || (tjGetErrorCode(tj) == TJERR_WARNING &&
	    strstr(tjGetErrorStr2(tj), "remature end") == NULL);
}

static enum picture_end
decode_with(tjhandle tj, struct str bytes, uint32_t side, struct raster *out)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	int w, h, sampling, space;

	if (tjDecompressHeader3(tj, p, bytes.len, &w, &h, &sampling, &space) != 0 || w <= 0 || h <= 0)
		return PICTURE_BROKEN;
	if (!picture_fits((uint32_t)w, (uint32_t)h))
		return PICTURE_TOO_LARGE;
	bool cmyk = space == TJCS_CMYK || space == TJCS_YCCK;
	tjscalingfactor scale = scale_for(w, h, side);
	w = TJSCALED(w, scale);
	h = TJSCALED(h, scale);
	if (!raster_init(out, (uint32_t)w, (uint32_t)h))
		return PICTURE_BROKEN;
	int result = tjDecompress2(
	    tj, p, bytes.len, out->p, w, 0, h, cmyk ? TJPF_CMYK : TJPF_RGBA, FLAGS);
	if (!is_whole(tj, result)) {
		raster_release(out);
		return PICTURE_BROKEN;
	}
	if (cmyk)
		cmyk_to_rgb(out);
	return PICTURE_OK;
}

enum picture_end
decode_jpeg(struct str bytes, uint32_t side, struct raster *out)
{
	tjhandle tj = tjInitDecompress();

	if (tj == NULL)
		return PICTURE_BROKEN;
	enum picture_end end = decode_with(tj, bytes, side, out);
	tjDestroy(tj);
	return end;
}
