noinst_LIBRARIES += lib/link/liblink.a
lib_link_liblink_a_SOURCES =

# Generated from sql/query (see sql/local.mk).
nodist_lib_link_liblink_a_SOURCES = \
	lib/link/statements.c \
	lib/link/statements.h

EXTRA_DIST += lib/link/.may_include
