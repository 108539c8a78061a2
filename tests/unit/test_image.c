/* What moot-image is made of, in this process: where the sanitizers see it. */
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "image/decode.h"
#include "image/exif.h"
#include "tests/unit/support/unit.h"

/* A GIF of 2 × 2: red, green / blue, white; each pixel a code of its own. */
static const char gif[] = "GIF89a\x02\0\x02\0\x91\0\0\xff\0\0\0\xff\0\0\0\xff\xff\xff\xff"
			  ",\0\0\0\0\x02\0\x02\0\0\x02\x03\x44\x34\x05\0;";

static const uint8_t red[] = { 255, 0, 0, 255 }, green[] = { 0, 255, 0, 255 },
		     blue[] = { 0, 0, 255, 255 }, white[] = { 255, 255, 255, 255 };

static struct raster
four(void)
{
	struct raster r;

	ck_assert(raster_init(&r, 2, 2));
	memcpy(r.p, red, 4);
	memcpy(r.p + 4, green, 4);
	memcpy(r.p + 8, blue, 4);
	memcpy(r.p + 12, white, 4);
	return r;
}

static char
letter(const uint8_t *p)
{
	return memcmp(p, red, 4) == 0   ? 'r'
	    : memcmp(p, green, 4) == 0 ? 'g'
	    : memcmp(p, blue, 4) == 0  ? 'b'
	    : memcmp(p, white, 4) == 0 ? 'w'
				       : '?';
}

static void
ck_looks(const struct raster *r, const char *as)
{
	char got[5] = "";

	ck_assert_uint_eq(r->w, 2);
	ck_assert_uint_eq(r->h, 2);
	for (size_t i = 0; i < 4; i++)
		got[i] = letter(r->p + i * 4);
	ck_assert_str_eq(got, as);
}

START_TEST(a_picture_is_known_by_its_first_bytes)
{
	static const struct {
		struct str bytes;
		enum picture_type type;
	} rows[] = {
		{ STR("\x89PNG\r\n\x1a\n..."), PICTURE_PNG },
		{ STR("\x89PNG\n\x1a\n..."), PICTURE_NONE },
		{ STR("\xff\xd8\xff\xe0"), PICTURE_JPEG },
		{ STR("\xff\xd8"), PICTURE_NONE },
		{ STR("GIF87a"), PICTURE_GIF },
		{ STR("GIF89a<script>"), PICTURE_GIF },
		{ STR("GIF88a"), PICTURE_NONE },
		{ STR("RIFF\1\0\0\0WEBPVP8 "), PICTURE_WEBP },
		{ STR("RIFF\1\0\0\0WAVEfmt "), PICTURE_NONE },
		{ STR("RIFF\1\0\0\0WEB"), PICTURE_NONE },
		{ STR("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), PICTURE_NONE },
		{ STR("BM\0\0\0\0"), PICTURE_NONE },
		{ STR("II*\0"), PICTURE_NONE },
		{ STR("\0\0\0 ftypavif"), PICTURE_NONE },
		{ STR(" \x89PNG\r\n\x1a\n"), PICTURE_NONE },
		{ STR(""), PICTURE_NONE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_int_eq(picture_sniff(guard_copy(rows[i].bytes)), rows[i].type);
}
END_TEST

START_TEST(sizes_have_bounds)
{
	ck_assert(picture_fits(1, 1));
	ck_assert(picture_fits(4096, 4096));
	ck_assert(picture_fits(8192, 2048));
	ck_assert(!picture_fits(4097, 4096));
	ck_assert(!picture_fits(8193, 1));
	ck_assert(!picture_fits(0, 1));
	ck_assert(!picture_fits(1, 0));
	ck_assert(!picture_fits(UINT32_MAX, UINT32_MAX));
}
END_TEST

START_TEST(blocks_are_cut_whole)
{
	struct str rest = guard_copy(STR("\0\0\0\2ab\0\0\0\0\0\0\1\0x")), block;

	ck_assert(picture_cut(&rest, &block));
	ck_str_is(block, "ab");
	ck_assert(picture_cut(&rest, &block));
	ck_str_is(block, "");
	ck_assert(!picture_cut(&rest, &block));
}
END_TEST

START_TEST(a_gif_is_decoded_to_the_pixel)
{
	struct raster r;

	ck_assert_int_eq(
	    decode(guard_copy((struct str){ gif, sizeof(gif) - 1 }), 2, &r), PICTURE_OK);
	ck_looks(&r, "rgbw");
	raster_release(&r);
}
END_TEST

START_TEST(nothing_that_is_cut_off_is_decoded)
{
	struct raster r;

	for (size_t n = 0; n < sizeof(gif) - 3; n++)
		ck_assert_int_ne(decode(guard_copy((struct str){ gif, n }), 2, &r), PICTURE_OK);
}
END_TEST

START_TEST(a_frame_may_lie_outside_its_canvas)
{
	char moved[sizeof(gif)];
	struct raster r;

	memcpy(moved, gif, sizeof(gif));
	moved[26] = moved[28] = 1;	/* left, top */
	ck_assert_int_eq(decode((struct str){ moved, sizeof(gif) - 1 }, 2, &r), PICTURE_OK);
	ck_assert_int_eq(letter(r.p + 12), 'r');
	ck_assert_int_eq(r.p[3], 0);
	raster_release(&r);
	moved[27] = moved[29] = (char)0xff;
	ck_assert_int_eq(decode((struct str){ moved, sizeof(gif) - 1 }, 2, &r), PICTURE_OK);
	raster_release(&r);
}
END_TEST

/* 16 × 8, left half red, right half blue, with an EXIF block that says how to turn it. */
static struct str
jpeg(void)
{
	static uint8_t p[16 * 8 * 3];
	tjhandle tj = tjInitCompress();
	unsigned char *out = NULL;
	unsigned long n = 0;

	for (size_t i = 0; i < sizeof(p); i += 3)
		p[i + (i / 3 % 16 < 8 ? 0 : 2)] = 255;
	ck_assert_int_eq(tjCompress2(tj, p, 16, 0, 8, TJPF_RGB, &out, &n, TJSAMP_444, 90, 0), 0);
	struct str copy = { arena_strndup(unit_arena(), (char *)out, n), n };
	tjFree(out);
	tjDestroy(tj);
	return copy;
}

START_TEST(a_jpeg_is_decoded_and_one_without_its_end_is_not)
{
	struct str whole = jpeg();
	struct raster r;

	ck_assert_int_eq(decode(guard_copy(whole), 4, &r), PICTURE_OK);
	ck_assert_uint_eq(r.h, 8);	/* no smaller than twice what is wanted */
	ck_assert(r.p[0] > 200 && r.p[2] < 60 && r.p[3] == 255);
	raster_release(&r);
	for (size_t n = 0; n + 2 < whole.len; n++)
		ck_assert_int_ne(
		    decode(guard_copy((struct str){ whole.p, n }), 4, &r), PICTURE_OK);
}
END_TEST

static struct str
with_exif(struct str picture, struct str tiff)
{
	struct arena *a = unit_arena();
	char *p = arena_alloc(a, picture.len + tiff.len + 10);
	size_t n = tiff.len + 8;

	memcpy(p, "\xff\xd8\xff\xe1", 4);
	p[4] = (char)(n >> 8);
	p[5] = (char)n;
	memcpy(p + 6, "Exif\0\0", 6);
	memcpy(p + 12, tiff.p, tiff.len);
	memcpy(p + 12 + tiff.len, picture.p + 2, picture.len - 2);
	return guard_copy((struct str){ p, picture.len + tiff.len + 10 });
}

START_TEST(orientation_is_read_in_both_byte_orders)
{
	struct str plain = jpeg();

	ck_assert_int_eq(exif_orientation(plain), 1);
	ck_assert_int_eq(exif_orientation(with_exif(plain,
	    STR("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"))), 6);
	ck_assert_int_eq(exif_orientation(with_exif(plain,
	    STR("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x03\0\0\0\0\0\0\0"))), 3);
	/* of a kind it may not be, beyond its range, in a directory that is not there */
	ck_assert_int_eq(exif_orientation(with_exif(plain,
	    STR("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x04\0\0\0\x01\0\0\0\x06\0\0\0\0"))), 1);
	ck_assert_int_eq(exif_orientation(with_exif(plain,
	    STR("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09\0\0\0\0\0\0"))), 1);
	ck_assert_int_eq(exif_orientation(with_exif(plain, STR("MM\0*\xff\xff\xff\xff"))), 1);
	ck_assert_int_eq(exif_orientation(with_exif(plain,
	    STR("MM\0*\0\0\0\x08\xff\xff\x01\x12"))), 1);
	ck_assert_int_eq(exif_orientation(with_exif(plain, STR("MM"))), 1);
}
END_TEST

START_TEST(each_orientation_is_undone)
{
	static const char *const looks[] = { "rgbw", "rgbw", "grwb", "wbgr", "bwrg", "rbgw", "brwg",
		"wgbr", "gwrb", "rgbw" };

	for (int i = 0; i <= 9; i++) {
		struct raster r = four();
		ck_assert(raster_turn(&r, i));
		ck_looks(&r, looks[i]);
		raster_release(&r);
	}
}
END_TEST

START_TEST(the_square_is_from_the_middle)
{
	struct raster r, square;

	ck_assert(raster_init(&r, 6, 2));
	for (size_t i = 0; i < 12; i++)
		memcpy(r.p + i * 4, i % 6 == 2 ? red : i % 6 == 3 ? blue : white, 4);
	ck_assert(raster_square(&r, 2, &square));
	ck_looks(&square, "rbrb");
	raster_release(&square);
	ck_assert(raster_square(&r, 1, &square));
	ck_assert_mem_eq(square.p, "\x80\0\x80\xff", 4);
	raster_release(&square);
	ck_assert(raster_square(&r, 64, &square));
	ck_assert_mem_eq(square.p, red, 4);
	ck_assert_mem_eq(square.p + raster_size(&square) - 4, blue, 4);
	raster_release(&square);
	raster_release(&r);
}
END_TEST

START_TEST(what_cannot_be_seen_has_no_colour)
{
	struct raster r = four(), square;

	r.p[3] = r.p[7] = r.p[11] = 0;
	ck_assert(raster_square(&r, 1, &square));
	ck_assert_mem_eq(square.p, "\xff\xff\xff\x40", 4);
	raster_release(&square);
	raster_release(&r);
}
END_TEST

START_TEST(what_is_small_is_made_large)
{
	struct raster r, square;

	ck_assert(raster_init(&r, 1, 1));
	memcpy(r.p, "\x11\x22\x33\xff", 4);
	ck_assert(raster_square(&r, PICTURE_SQUARE_MAX, &square));
	for (size_t i = 0; i < raster_size(&square); i += 4)
		ck_assert_mem_eq(square.p + i, "\x11\x22\x33\xff", 4);
	raster_release(&square);
	raster_release(&r);
	r = four();
	ck_assert(raster_square(&r, PICTURE_SQUARE_MAX, &square));
	ck_assert_mem_eq(square.p, r.p, 4);
	ck_assert_mem_eq(square.p + raster_size(&square) - 4, r.p + raster_size(&r) - 4, 4);
	raster_release(&square);
	raster_release(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_picture_is_known_by_its_first_bytes, sizes_have_bounds,
		blocks_are_cut_whole, a_gif_is_decoded_to_the_pixel,
		nothing_that_is_cut_off_is_decoded, a_frame_may_lie_outside_its_canvas,
		a_jpeg_is_decoded_and_one_without_its_end_is_not,
		orientation_is_read_in_both_byte_orders, each_orientation_is_undone,
		the_square_is_from_the_middle, what_cannot_be_seen_has_no_colour,
		what_is_small_is_made_large, NULL };

	return unit_run("image", tests);
}
