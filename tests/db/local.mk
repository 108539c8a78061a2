# Tests against a throw-away Postgres, each with its own; no network.
db_tests = \
	tests/db/admin.sh \
	tests/db/async.sh \
	tests/db/audit.sh \
	tests/db/channel.sh \
	tests/db/channel_race.sh \
	tests/db/ctl.sh \
	tests/db/factor.sh \
	tests/db/heir.sh \
	tests/db/jobs.sh \
	tests/db/mail.sh \
	tests/db/mark.sh \
	tests/db/message.sh \
	tests/db/migrate.sh \
	tests/db/moderation.sh \
	tests/db/people.sh \
	tests/db/permission.sh \
	tests/db/plans.sh \
	tests/db/presence.sh \
	tests/db/race.sh \
	tests/db/report.sh \
	tests/db/retention.sh \
	tests/db/role.sh \
	tests/db/rule.sh \
	tests/db/schema.sh \
	tests/db/statements.sh \
	tests/db/ticket.sh
dist_check_SCRIPTS += $(db_tests)
TESTS += $(db_tests)
$(db_tests:.sh=.log): moot$(EXEEXT) moot-jobs$(EXEEXT)

check_PROGRAMS += tests/unit/test_pg_async
tests_unit_test_pg_async_LDADD = $(UNIT_LIBS) $(LINK_LIBS)

EXTRA_DIST += \
	tests/db/channel.sql \
	tests/db/cluster.sh \
	tests/db/factor.sql \
	tests/db/heir.sql \
	tests/db/mark.sql \
	tests/db/mentions.sql \
	tests/db/message.sql \
	tests/db/moderation.sql \
	tests/db/people.sql \
	tests/db/permission.sql \
	tests/db/plans.list \
	tests/db/plans_data.sql \
	tests/db/presence.sql \
	tests/db/report.sql \
	tests/db/role.sql \
	tests/db/rule.sql \
	tests/db/session.sh \
	tests/db/statements.awk \
	tests/db/statements.expected \
	tests/db/ticket.sql \
	tests/db/world.sql
