# moot-jobs, what must happen later.
sbin_PROGRAMS += moot-jobs
moot_jobs_SOURCES = \
	jobs/expiry.c \
	jobs/expiry.h \
	jobs/export.c \
	jobs/export.h \
	jobs/housekeeping.c \
	jobs/housekeeping.h \
	jobs/kind.c \
	jobs/kind.h \
	jobs/mail.c \
	jobs/mail.h \
	jobs/main.c \
	jobs/marks.c \
	jobs/marks.h \
	jobs/pictures.c \
	jobs/pictures.h \
	jobs/presence.c \
	jobs/presence.h \
	jobs/worker.c \
	jobs/worker.h
moot_jobs_LDADD = $(DOMAIN_LIBS)

EXTRA_DIST += jobs/.may_include
