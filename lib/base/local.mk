noinst_LIBRARIES += lib/base/libbase.a
lib_base_libbase_a_SOURCES = \
	lib/base/arena.c \
	lib/base/arena.h \
	lib/base/buf.c \
	lib/base/buf.h \
	lib/base/clock.c \
	lib/base/clock.h \
	lib/base/config.c \
	lib/base/config.def \
	lib/base/config.h \
	lib/base/crypt.c \
	lib/base/crypt.h \
	lib/base/err.c \
	lib/base/err.def \
	lib/base/err.h \
	lib/base/heap.c \
	lib/base/heap.h \
	lib/base/id.c \
	lib/base/id.h \
	lib/base/log.c \
	lib/base/log.h \
	lib/base/metric.c \
	lib/base/metric.def \
	lib/base/metric.h \
	lib/base/str.c \
	lib/base/str.h

EXTRA_DIST += lib/base/.may_include
