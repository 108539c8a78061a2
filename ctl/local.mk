# An EXTRA program is not built; move it to bin_PROGRAMS when its main.c is there.
EXTRA_PROGRAMS += moot
moot_SOURCES =
moot_LDADD = $(DOMAIN_LIBS)

EXTRA_DIST += ctl/.may_include

# Generated from sql/migrate, sql/shape and sql/func (see sql/local.mk).
nodist_moot_SOURCES = ctl/schema.c
