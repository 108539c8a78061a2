# Every test speaks TAP. Programs and scripts are listed in TESTS by the folder they belong to.
TEST_EXTENSIONS = .sh
tap_driver = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(tap_driver)
SH_LOG_DRIVER = $(tap_driver)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	AWK='$(AWK)'; export AWK; \
	ASAN_OPTIONS="$${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1}"; export ASAN_OPTIONS; \
	UBSAN_OPTIONS="$${UBSAN_OPTIONS:-print_stacktrace=1}"; export UBSAN_OPTIONS;

dist_check_SCRIPTS += \
	tests/support/summary.sh \
	tests/support/test_suite.sh \
	tests/support/test_summary.sh
TESTS += tests/support/test_suite.sh tests/support/test_summary.sh

EXTRA_DIST += \
	tests/mentions.json \
	tests/support/cluster-copy.sh \
	tests/support/dist-tree.sh \
	tests/support/install-tree.sh \
	tests/support/postgres.sh

# What cluster-copy.sh makes for all of them.
clean-local:
	rm -rf tests/support/cluster-* tests/support/cluster.lock
.PHONY: clean-local

# The tests, then one line with the sum of all.
check-summary:
	@status=0; $(MAKE) $(AM_MAKEFLAGS) check || status=1; \
	$(SHELL) $(srcdir)/tests/support/summary.sh $(TEST_LOGS:.log=.trs) && exit $$status
.PHONY: check-summary

# Most of a test is waiting: where the caller gives no -j, one more than there are processors run at once.
AM_MAKEFLAGS = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null | awk '{ n = $$1 + 1 } END { print (n > 4 ? 4 : n) }'))

# The longest first, so that the others run beside it.
include tests/push/local.mk
include tests/db/local.mk
include tests/unit/local.mk
include tests/lint/local.mk
include tests/fuzz/local.mk
include tests/faultio/local.mk
include tests/bench/local.mk

if COVERAGE
# Branch coverage of what the tests so far have reached; needs the Debian package gcovr.
coverage:
	gcovr --root $(abs_top_srcdir) --object-directory . --branches \
		--filter '$(abs_top_srcdir)/(lib|cgi|push|jobs|ctl)/' --print-summary
endif
.PHONY: coverage
