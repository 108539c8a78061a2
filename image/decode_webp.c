#include <webp/decode.h>
#include <webp/demux.h>

#include "image/decode.h"

/* The first frame, in its place on the canvas. */
static bool
draw(const WebPIterator *frame, struct raster *canvas)
{
	WebPDecoderConfig c;
	size_t at = (size_t)frame->y_offset * raster_line(canvas) +
	    (size_t)frame->x_offset * RASTER_PIXEL;

	if (!WebPInitDecoderConfig(&c) || !frame->complete || frame->x_offset < 0 ||
	    frame->y_offset < 0 || frame->width <= 0 || frame->height <= 0 ||
	    (int64_t)frame->x_offset + frame->width > canvas->w ||
	    (int64_t)frame->y_offset + frame->height > canvas->h)
		return false;
	c.output.colorspace = MODE_RGBA;
	c.output.is_external_memory = 1;
	c.output.u.RGBA.rgba = canvas->p + at;
	c.output.u.RGBA.stride = (int)raster_line(canvas);
	c.output.u.RGBA.size = raster_size(canvas) - at;
	return WebPGetFeatures(frame->fragment.bytes, frame->fragment.size, &c.input) ==
	    VP8_STATUS_OK && c.input.width == frame->width && c.input.height == frame->height &&
	    WebPDecode(frame->fragment.bytes, frame->fragment.size, &c) == VP8_STATUS_OK;
}

static enum picture_end
decode_first(WebPDemuxer *demux, struct raster *out)
{
	uint32_t w = WebPDemuxGetI(demux, WEBP_FF_CANVAS_WIDTH);
	uint32_t h = WebPDemuxGetI(demux, WEBP_FF_CANVAS_HEIGHT);
	WebPIterator frame;

	if (!picture_fits(w, h))
		return PICTURE_TOO_LARGE;
	if (!WebPDemuxGetFrame(demux, 1, &frame))
		return PICTURE_BROKEN;
	bool ok = raster_init(out, w, h) && draw(&frame, out);
	WebPDemuxReleaseIterator(&frame);
	if (!ok)
		raster_release(out);
	return ok ? PICTURE_OK : PICTURE_BROKEN;
}

enum picture_end
decode_webp(struct str bytes, struct raster *out)
{
	WebPData data = { (const uint8_t *)bytes.p, bytes.len };
	WebPDemuxer *demux = WebPDemux(&data);	/* NULL for what is not whole, too */

	if (demux == NULL)
		return PICTURE_BROKEN;
	*out = (struct raster){ 0 };
	enum picture_end end = decode_first(demux, out);
	WebPDemuxDelete(demux);
	return end;
}
