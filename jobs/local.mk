# An EXTRA program is not built; move it to sbin_PROGRAMS when its main.c is there.
EXTRA_PROGRAMS += moot-jobs
moot_jobs_SOURCES =
moot_jobs_LDADD = $(DOMAIN_LIBS)

EXTRA_DIST += jobs/.may_include
