# An EXTRA program is not built; move it to sbin_PROGRAMS when its main.c is there.
EXTRA_PROGRAMS += moot-push
moot_push_SOURCES =
moot_push_LDADD = $(DOMAIN_LIBS)

EXTRA_DIST += push/.may_include
