#include "image/raster.h"

#include <stdlib.h>
#include <string.h>

#define ONE 256u	/* a whole source pixel, as a weight */

bool
raster_init(struct raster *r, uint32_t w, uint32_t h)
{
	uint8_t *p = calloc((size_t)w * h, RASTER_PIXEL);

	if (p == NULL)
		return false;
	*r = (struct raster){ w, h, p };
	return true;
}

void
raster_release(struct raster *r)
{
	free(r->p);
	*r = (struct raster){ 0 };
}

size_t
raster_line(const struct raster *r)
{
	return (size_t)r->w * RASTER_PIXEL;
}

size_t
raster_size(const struct raster *r)
{
	return raster_line(r) * r->h;
}

/* One pixel of the result along one axis: source pixels from … to, of which the first and the last
 * may be covered in part. */
struct span {
	uint32_t from, to;		/* to: not included */
	uint32_t first, last;		/* weights; those between have ONE */
};

static struct span
span_of(uint32_t i, uint32_t n, uint32_t source)
{
	uint64_t from = (uint64_t)i * source * ONE / n;
	uint64_t to = (uint64_t)(i + 1) * source * ONE / n;

	to = to > from ? to : from + 1;	/* less than can be weighed of one pixel is that pixel */
	struct span s = { (uint32_t)(from / ONE), (uint32_t)((to + ONE - 1) / ONE), 0, 0 };

	s.first = ONE - (uint32_t)(from % ONE);
	s.last = to % ONE == 0 ? ONE : (uint32_t)(to % ONE);
	if (s.to == s.from + 1)
		s.first = s.last = (uint32_t)(to - from);
	return s;
}

static uint32_t
weight(const struct span *s, uint32_t at)
{
	return at == s->from ? s->first : at + 1 == s->to ? s->last : ONE;
}

/* Rounded; 0 when nothing was counted. */
static uint8_t
ratio(uint64_t sum, uint64_t count)
{
	if (count == 0)
		return 0;
	return (uint8_t)((sum + count / 2) / count);
}

/* Colours count as much as their pixel can be seen. */
static void
mean(const struct raster *r, uint32_t left, uint32_t top, const struct span *x,
    const struct span *y, uint8_t *out)
{
	uint64_t sum[3] = { 0 }, alpha = 0, area = 0;

	for (uint32_t j = y->from; j < y->to; j++) {
		const uint8_t *p = r->p + (size_t)(top + j) * raster_line(r) +
		    (size_t)(left + x->from) * RASTER_PIXEL;
		for (uint32_t i = x->from; i < x->to; i++, p += RASTER_PIXEL) {
			uint64_t w = (uint64_t)weight(x, i) * weight(y, j), a = w * p[3];
			area += w;
			alpha += a;
			for (int k = 0; k < 3; k++)
				sum[k] += a * p[k];
		}
	}
	for (int k = 0; k < 3; k++)
		out[k] = ratio(sum[k], alpha);
	out[3] = ratio(alpha, area);
}

bool
raster_square(const struct raster *from, uint32_t side, struct raster *out)
{
	uint32_t edge = from->w < from->h ? from->w : from->h;
	uint32_t left = (from->w - edge) / 2, top = (from->h - edge) / 2;

	if (!raster_init(out, side, side))
		return false;
	for (uint32_t j = 0; j < side; j++) {
		struct span y = span_of(j, side, edge);
		for (uint32_t i = 0; i < side; i++) {
			struct span x = span_of(i, side, edge);
			mean(from, left, top, &x, &y,
			    out->p + ((size_t)j * side + i) * RASTER_PIXEL);
		}
	}
	return true;
}

/* Where the pixel at (x, y) of what is looked at lies in what was stored (TIFF 6.0, Orientation). */
static size_t
stored_at(int orientation, uint32_t x, uint32_t y, uint32_t side)
{
	uint32_t last = side - 1;
	bool across = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
	bool down = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
	uint32_t i = orientation >= 5 ? y : x, j = orientation >= 5 ? x : y;

	return (size_t)(down ? last - j : j) * side + (across ? last - i : i);
}

bool
raster_turn(struct raster *square, int orientation)
{
	struct raster turned;
	uint32_t side = square->w;

	if (orientation < 2 || orientation > 8)
		return true;
	if (!raster_init(&turned, side, side))
		return false;
	for (uint32_t y = 0; y < side; y++)
		for (uint32_t x = 0; x < side; x++)
			memcpy(turned.p + ((size_t)y * side + x) * RASTER_PIXEL,
			    square->p + stored_at(orientation, x, y, side) * RASTER_PIXEL,
			    RASTER_PIXEL);
	raster_release(square);
	*square = turned;
	return true;
}
