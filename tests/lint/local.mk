dist_check_SCRIPTS += \
	tests/lint/lint.sh \
	tests/lint/test_hardening.sh \
	tests/lint/test_lint.sh
TESTS += tests/lint/test_hardening.sh tests/lint/test_lint.sh

EXTRA_DIST += \
	tests/lint/lint.awk \
	tests/lint/rules
