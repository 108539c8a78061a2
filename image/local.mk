# moot-image, which decodes what strangers send.
libexec_PROGRAMS += moot-image
image_sources = \
	image/decode.c \
	image/decode.h \
	image/decode_gif.c \
	image/decode_jpeg.c \
	image/decode_png.c \
	image/decode_webp.c \
	image/exif.c \
	image/exif.h \
	image/raster.c \
	image/raster.h \
	image/sandbox.c \
	image/sandbox.h
IMAGE_LIBS = $(PNG_LIBS) $(TURBOJPEG_LIBS) $(GIF_LIBS) $(WEBPDEMUX_LIBS) $(WEBP_LIBS) $(SECCOMP_LIBS)
noinst_LIBRARIES += image/libimage.a
image_libimage_a_SOURCES = $(image_sources)
moot_image_SOURCES = image/main.c
moot_image_LDADD = image/libimage.a lib/wire/libwire.a lib/base/libbase.a $(IMAGE_LIBS)

EXTRA_DIST += image/.may_include
dist_man_MANS += man/moot-image.8

image_unit_tests = \
	tests/unit/test_image \
	tests/unit/test_sandbox
check_PROGRAMS += $(image_unit_tests)
TESTS += $(image_unit_tests)
tests_unit_test_image_LDADD = image/libimage.a $(UNIT_LIBS) $(WIRE_LIBS) $(IMAGE_LIBS)
tests_unit_test_sandbox_LDADD = image/libimage.a $(UNIT_LIBS) $(WIRE_LIBS) $(IMAGE_LIBS)
