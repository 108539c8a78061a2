# Every test speaks TAP. Programs and scripts are listed in TESTS by the folder they belong to.
TEST_EXTENSIONS = .sh
tap_driver = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(tap_driver)
SH_LOG_DRIVER = $(tap_driver)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	AWK='$(AWK)'; export AWK;

EXTRA_DIST += \
	tests/support/dist-tree.sh \
	tests/support/install-tree.sh

include tests/unit/local.mk
include tests/lint/local.mk
