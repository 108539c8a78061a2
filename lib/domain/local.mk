noinst_LIBRARIES += lib/domain/libdomain.a
lib_domain_libdomain_a_SOURCES =
lib_domain_libdomain_a_SOURCES += \
	lib/domain/account.c \
	lib/domain/account.h \
	lib/domain/actor.c \
	lib/domain/actor.h \
	lib/domain/admin.c \
	lib/domain/admin.h \
	lib/domain/admin_server.c \
	lib/domain/admin_server.h \
	lib/domain/audit.c \
	lib/domain/audit.h \
	lib/domain/call.c \
	lib/domain/call.h \
	lib/domain/channel.c \
	lib/domain/channel.h \
	lib/domain/email.c \
	lib/domain/email.h \
	lib/domain/export.c \
	lib/domain/export.h \
	lib/domain/factor.c \
	lib/domain/factor.h \
	lib/domain/invite.c \
	lib/domain/invite.h \
	lib/domain/job.c \
	lib/domain/job.h \
	lib/domain/limit.c \
	lib/domain/limit.h \
	lib/domain/mail.c \
	lib/domain/mail.h \
	lib/domain/mark.c \
	lib/domain/mark.h \
	lib/domain/mark_flush.c \
	lib/domain/mark_keys.c \
	lib/domain/mark_keys.h \
	lib/domain/mention.c \
	lib/domain/mention.h \
	lib/domain/message.c \
	lib/domain/message.h \
	lib/domain/moderation.c \
	lib/domain/moderation.h \
	lib/domain/params.h \
	lib/domain/password.c \
	lib/domain/password.h \
	lib/domain/people.c \
	lib/domain/people.h \
	lib/domain/personal.c \
	lib/domain/picture.c \
	lib/domain/picture.h \
	lib/domain/picture_sweep.c \
	lib/domain/presence.c \
	lib/domain/presence.h \
	lib/domain/presence_flush.c \
	lib/domain/presence_word.c \
	lib/domain/presence_word.h \
	lib/domain/publish.c \
	lib/domain/publish.h \
	lib/domain/registration.c \
	lib/domain/registration.h \
	lib/domain/report.c \
	lib/domain/report.h \
	lib/domain/role.c \
	lib/domain/role.h \
	lib/domain/rule.c \
	lib/domain/rule.h \
	lib/domain/rule_link.c \
	lib/domain/rule_link.h \
	lib/domain/rule_set.c \
	lib/domain/rule_set.h \
	lib/domain/server.c \
	lib/domain/server.h \
	lib/domain/session.c \
	lib/domain/session.h \
	lib/domain/site.c \
	lib/domain/site.h \
	lib/domain/ticket.c \
	lib/domain/ticket.h \
	lib/domain/token.c \
	lib/domain/token.h \
	lib/domain/web.c \
	lib/domain/web.h \
	lib/domain/world.c \
	lib/domain/world.h

# The push daemon's view.
lib_domain_libdomain_a_SOURCES += \
	lib/domain/feed.c \
	lib/domain/feed.h \
	lib/domain/feed_mark.c \
	lib/domain/feed_people.c \
	lib/domain/feed_picture.c \
	lib/domain/feed_pool.h \
	lib/domain/feed_text.c

EXTRA_DIST += lib/domain/.may_include

domain_unit_tests = tests/unit/test_domain tests/unit/test_rule
check_PROGRAMS += $(domain_unit_tests)
TESTS += $(domain_unit_tests)
tests_unit_test_domain_LDADD = $(UNIT_LIBS) $(DOMAIN_LIBS)
tests_unit_test_rule_LDADD = $(UNIT_LIBS) $(DOMAIN_LIBS)
