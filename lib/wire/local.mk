noinst_LIBRARIES += lib/wire/libwire.a
lib_wire_libwire_a_SOURCES = \
	lib/wire/cursor.c \
	lib/wire/cursor.h \
	lib/wire/json.c \
	lib/wire/json.h \
	lib/wire/json_scan.c \
	lib/wire/json_scan.h \
	lib/wire/jwt.c \
	lib/wire/jwt.h \
	lib/wire/text.c \
	lib/wire/text.h

EXTRA_DIST += lib/wire/.may_include
