sbin_PROGRAMS += moot-push
moot_push_SOURCES = \
	push/access.c \
	push/account.c \
	push/account.h \
	push/admit.c \
	push/admit.h \
	push/apply.c \
	push/apply.h \
	push/auth.c \
	push/auth.h \
	push/commit.c \
	push/compose.c \
	push/compose.h \
	push/conn.c \
	push/conn.h \
	push/control.c \
	push/control.h \
	push/deliver.c \
	push/deliver.h \
	push/filter.c \
	push/filter.h \
	push/handshake.c \
	push/handshake.h \
	push/health.c \
	push/health.h \
	push/idmap.c \
	push/idmap.h \
	push/input.c \
	push/input.h \
	push/list.c \
	push/list.h \
	push/main.c \
	push/ops.c \
	push/ops.h \
	push/marks.c \
	push/marks.h \
	push/poll.c \
	push/poll.h \
	push/push.h \
	push/readers.c \
	push/readers.h \
	push/relay.c \
	push/relay.h \
	push/resume.c \
	push/resume.h \
	push/pool.c \
	push/pool.h \
	push/ring.c \
	push/ring.h \
	push/run.c \
	push/run.h \
	push/server.c \
	push/server.h \
	push/slab.c \
	push/slab.h \
	push/stream.c \
	push/stream.h \
	push/subs.c \
	push/wheel.c \
	push/wheel.h
moot_push_LDADD = $(DOMAIN_LIBS)

EXTRA_DIST += push/.may_include
