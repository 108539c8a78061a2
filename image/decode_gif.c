#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

#include "image/decode.h"

struct frame {
	GifFileType *gif;
	const ColorMapObject *colors;
	int transparent;	/* index of a colour, NO_TRANSPARENT_COLOR for none */
	GifPixelType *line;
	struct raster *canvas;
};

static int
give(GifFileType *gif, GifByteType *out, int n)
{
	struct str *rest = gif->UserData;
	size_t len = n > 0 ? (size_t)n : 0;

	if (len > rest->len)
		len = rest->len;
	memcpy(out, rest->p, len);
	*rest = (struct str){ rest->p + len, rest->len - len };
	return (int)len;
}

/* Extensions up to the first picture. False: there is none. */
static bool
find_frame(struct frame *f)
{
	GifRecordType type;
	GifByteType *block;
	GraphicsControlBlock control;
	int code;

	while (DGifGetRecordType(f->gif, &type) == GIF_OK && type != TERMINATE_RECORD_TYPE) {
		if (type == IMAGE_DESC_RECORD_TYPE)
			return DGifGetImageDesc(f->gif) == GIF_OK;
		if (type != EXTENSION_RECORD_TYPE || DGifGetExtension(f->gif, &code, &block) != GIF_OK)
			return false;
		if (code == GRAPHICS_EXT_FUNC_CODE && block != NULL &&
		    DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
			f->transparent = control.TransparentColor;
		while (block != NULL)
			if (DGifGetExtensionNext(f->gif, &block) != GIF_OK)
				return false;
	}
	return false;
}

/* A line of the frame; what lies outside the canvas is not seen. */
static bool
draw_line(const struct frame *f, int row)
{
	const GifImageDesc *d = &f->gif->Image;
	struct raster *c = f->canvas;
	int64_t y = (int64_t)d->Top + row;

	if (DGifGetLine(f->gif, f->line, d->Width) != GIF_OK)
		return false;
	for (int i = 0; i < d->Width && y < c->h; i++) {
		int64_t x = (int64_t)d->Left + i;
		int index = f->line[i];
		if (x >= c->w || index == f->transparent || index >= f->colors->ColorCount)
			continue;
		const GifColorType *color = &f->colors->Colors[index];
		uint8_t *p = c->p + ((size_t)y * c->w + (size_t)x) * RASTER_PIXEL;
		p[0] = color->Red;
		p[1] = color->Green;
		p[2] = color->Blue;
		p[3] = 255;
	}
	return true;
}

static bool
draw(const struct frame *f)
{
	static const int first[] = { 0, 4, 2, 1 }, step[] = { 8, 8, 4, 2 };
	const GifImageDesc *d = &f->gif->Image;

	if (!d->Interlace) {
		for (int row = 0; row < d->Height; row++)
			if (!draw_line(f, row))
				return false;
		return true;
	}
	for (size_t pass = 0; pass < sizeof(first) / sizeof(first[0]); pass++)
		for (int row = first[pass]; row < d->Height; row += step[pass])
			if (!draw_line(f, row))
				return false;
	return true;
}

static enum picture_end
decode_frame(GifFileType *gif, struct raster *out)
{
	struct frame f = { .gif = gif, .transparent = NO_TRANSPARENT_COLOR, .canvas = out };
	const GifImageDesc *d = &gif->Image;

	if (!picture_fits((uint32_t)gif->SWidth, (uint32_t)gif->SHeight))
		return PICTURE_TOO_LARGE;
	if (!find_frame(&f))
		return PICTURE_BROKEN;
	f.colors = d->ColorMap != NULL ? d->ColorMap : gif->SColorMap;
	if (d->Left < 0 || d->Top < 0 || f.colors == NULL || d->Width <= 0 || d->Height <= 0)
		return PICTURE_BROKEN;
	if (!picture_fits((uint32_t)d->Width, (uint32_t)d->Height))
		return PICTURE_TOO_LARGE;
	if (!raster_init(out, (uint32_t)gif->SWidth, (uint32_t)gif->SHeight))
		return PICTURE_BROKEN;
	f.line = calloc((size_t)d->Width, sizeof(*f.line));
	bool ok = f.line != NULL && draw(&f);
	free(f.line);
	if (!ok)
		raster_release(out);
	return ok ? PICTURE_OK : PICTURE_BROKEN;
}

enum picture_end
decode_gif(struct str bytes, struct raster *out)
{
	GifFileType *gif = DGifOpen(&bytes, give, NULL);

	if (gif == NULL)
		return PICTURE_BROKEN;
	enum picture_end end = decode_frame(gif, out);
	DGifCloseFile(gif, NULL);
	return end;
}
