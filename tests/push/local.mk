# The stream against a real Postgres and Redis; run.py names the tests, `make check` runs them all.
dist_check_SCRIPTS += tests/push/push.sh
TESTS += tests/push/push.sh
tests/push/push.log: moot$(EXEEXT) moot-push$(EXEEXT)

EXTRA_DIST += \
	tests/push/client.py \
	tests/push/peers.py \
	tests/push/relay_ctl.py \
	tests/push/run.py \
	tests/push/stack.py \
	tests/push/t_access.py \
	tests/push/t_direct.py \
	tests/push/t_ends.py \
	tests/push/t_faults.py \
	tests/push/t_formats.py \
	tests/push/t_handover.py \
	tests/push/t_handover_faults.py \
	tests/push/t_handover_peers.py \
	tests/push/t_hostile.py \
	tests/push/t_marks.py \
	tests/push/t_memory.py \
	tests/push/t_nagle.py \
	tests/push/t_nginx.py \
	tests/push/t_order.py \
	tests/push/t_presence.py \
	tests/push/t_privacy.py \
	tests/push/t_reports.py \
	tests/push/t_roles.py \
	tests/push/t_service.py
