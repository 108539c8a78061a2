# An EXTRA program is not built; move it to sbin_PROGRAMS when its main.c is there.
EXTRA_PROGRAMS += moot-api
moot_api_SOURCES =
moot_api_LDADD = $(DOMAIN_LIBS)

EXTRA_DIST += cgi/.may_include
