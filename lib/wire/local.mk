noinst_LIBRARIES += lib/wire/libwire.a
lib_wire_libwire_a_SOURCES = \
	lib/wire/base32.c \
	lib/wire/base32.h \
	lib/wire/csv.c \
	lib/wire/csv.h \
	lib/wire/cursor.c \
	lib/wire/cursor.h \
	lib/wire/fold.c \
	lib/wire/fold.h \
	lib/wire/html.c \
	lib/wire/html.h \
	lib/wire/json.c \
	lib/wire/json.h \
	lib/wire/json_raw.c \
	lib/wire/json_raw.h \
	lib/wire/json_scan.c \
	lib/wire/json_scan.h \
	lib/wire/jwt.c \
	lib/wire/jwt.h \
	lib/wire/mail_text.c \
	lib/wire/mail_text.h \
	lib/wire/markdown.c \
	lib/wire/markdown.h \
	lib/wire/markdown_inline.c \
	lib/wire/markdown_inline.h \
	lib/wire/markdown_pairs.c \
	lib/wire/picture.c \
	lib/wire/picture.h \
	lib/wire/problem.c \
	lib/wire/problem.h \
	lib/wire/sha1.c \
	lib/wire/sha1.h \
	lib/wire/text.c \
	lib/wire/text.h \
	lib/wire/text_form.c \
	lib/wire/totp.c \
	lib/wire/totp.h \
	lib/wire/words.c \
	lib/wire/words.h \
	lib/wire/zip.c \
	lib/wire/zip.h

# The stream: request heads, WebSocket, framing, what the bus carries.
lib_wire_libwire_a_SOURCES += \
	lib/wire/bus.c \
	lib/wire/bus.h \
	lib/wire/frame.c \
	lib/wire/frame.h \
	lib/wire/http_head.c \
	lib/wire/http_head.h \
	lib/wire/ws_accept.c \
	lib/wire/ws_accept.h \
	lib/wire/ws_frame.c \
	lib/wire/ws_frame.h

EXTRA_DIST += lib/wire/.may_include
