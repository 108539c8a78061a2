noinst_LIBRARIES += lib/link/liblink.a
lib_link_liblink_a_SOURCES =
# what the request handlers, the jobs and the command line stand on; notify the daemon too
lib_link_liblink_a_SOURCES += \
	lib/link/child.c \
	lib/link/child.h \
	lib/link/fcgi.c \
	lib/link/fcgi.h \
	lib/link/file.c \
	lib/link/file.h \
	lib/link/gate.c \
	lib/link/gate.h \
	lib/link/mail.c \
	lib/link/mail.h \
	lib/link/notify.c \
	lib/link/notify.h \
	lib/link/pg.c \
	lib/link/pg.h \
	lib/link/pg_call.c \
	lib/link/pg_fault.c \
	lib/link/pg_impl.h \
	lib/link/pg_query.c \
	lib/link/pg_site.c \
	lib/link/pg_site.h \
	lib/link/pg_text.c \
	lib/link/redis.c \
	lib/link/redis.h \
	lib/link/redis_ask.c \
	lib/link/redis_ask.h \
	lib/link/redis_target.c \
	lib/link/redis_target.h \
	lib/link/redis_value.c \
	lib/link/redis_value.h

# What never waits: for the push daemon.
lib_link_liblink_a_SOURCES += \
	lib/link/crowd.c \
	lib/link/crowd.h \
	lib/link/loop.c \
	lib/link/loop.h \
	lib/link/pg_async.c \
	lib/link/pg_async.h \
	lib/link/redis_calls.c \
	lib/link/redis_calls.h \
	lib/link/redis_sub.c \
	lib/link/redis_sub.h

# Generated from sql/query (see sql/local.mk).
nodist_lib_link_liblink_a_SOURCES = \
	lib/link/statements.c \
	lib/link/statements.h

EXTRA_DIST += lib/link/.may_include

link_unit_tests = \
	tests/unit/test_child \
	tests/unit/test_gate \
	tests/unit/test_redis_calls \
	tests/unit/test_redis_target
check_PROGRAMS += $(link_unit_tests)
TESTS += $(link_unit_tests)
tests_unit_test_child_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_gate_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_redis_calls_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_redis_target_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
