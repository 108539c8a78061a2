# System calls that fail, and programs that live with it; see faultio.h. A program that links
# FAULTIO_LIBS needs FAULTIO_LINK too: they make its calls, and those of its libraries, ours.
check_LIBRARIES += tests/faultio/libfaultio.a
tests_faultio_libfaultio_a_SOURCES = \
	tests/faultio/faultio.c \
	tests/faultio/faultio.h \
	tests/faultio/memory.c \
	tests/faultio/memory_arena.c
FAULTIO_LIBS = tests/faultio/libfaultio.a -ldl
FAULTIO_LINK = $(AM_LDFLAGS) -Wl,--undefined=faultio_start -Wl,--wrap=realloc -Wl,--wrap=heap_try

check_PROGRAMS += tests/faultio/test_links
tests_faultio_test_links_LDFLAGS = $(FAULTIO_LINK) -Wl,--wrap=loop_timer_once
tests_faultio_test_links_LDADD = $(UNIT_LIBS) $(LINK_LIBS) $(FAULTIO_LIBS) $(BASE_LIBS)
dist_check_SCRIPTS += tests/faultio/links.sh
TESTS += tests/faultio/links.sh
tests/faultio/links.log: moot$(EXEEXT) tests/faultio/test_links$(EXEEXT)

# The push daemon with all of it; never installed.
check_PROGRAMS += moot-push-fault
moot_push_fault_SOURCES = $(moot_push_SOURCES)
moot_push_fault_LDFLAGS = $(FAULTIO_LINK)
moot_push_fault_LDADD = $(FAULTIO_LIBS) $(DOMAIN_LIBS) $(FAULTIO_LIBS) $(BASE_LIBS)
dist_check_SCRIPTS += tests/faultio/push.sh
TESTS += tests/faultio/push.sh
tests/faultio/push.log: moot$(EXEEXT) moot-push-fault$(EXEEXT)
EXTRA_DIST += tests/faultio/push.py

# The request handlers with all of it, their arenas too; never installed.
check_PROGRAMS += moot-api-fault
moot_api_fault_SOURCES = $(moot_api_SOURCES)
moot_api_fault_LDFLAGS = $(FAULTIO_LINK) -Wl,--wrap=malloc
moot_api_fault_LDADD = $(FAULTIO_LIBS) $(DOMAIN_LIBS) $(FAULTIO_LIBS) $(BASE_LIBS)
dist_check_SCRIPTS += tests/faultio/api.sh
TESTS += tests/faultio/api.sh
tests/faultio/api.log: moot$(EXEEXT) moot-api-fault$(EXEEXT)
EXTRA_DIST += tests/faultio/api.py
