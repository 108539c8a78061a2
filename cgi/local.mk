sbin_PROGRAMS += moot-api
moot_api_SOURCES = \
	cgi/body.c \
	cgi/body.h \
	cgi/cookie.c \
	cgi/cookie.h \
	cgi/engine.c \
	cgi/engine.h \
	cgi/fields.c \
	cgi/fields.h \
	cgi/guard.c \
	cgi/guard.h \
	cgi/h_audit.c \
	cgi/h_auth.c \
	cgi/h_channel.c \
	cgi/h_email.c \
	cgi/h_invite.c \
	cgi/h_mark.c \
	cgi/h_me.c \
	cgi/h_people.c \
	cgi/h_message.c \
	cgi/h_meta.c \
	cgi/h_moderation.c \
	cgi/h_picture.c \
	cgi/h_presence.c \
	cgi/h_registration.c \
	cgi/h_report.c \
	cgi/h_role.c \
	cgi/h_rule.c \
	cgi/h_security.c \
	cgi/h_server.c \
	cgi/h_web.c \
	cgi/handlers.h \
	cgi/main.c \
	cgi/meta.h \
	cgi/reply.c \
	cgi/reply.h \
	cgi/request.c \
	cgi/request.h \
	cgi/route.c \
	cgi/route.h \
	cgi/routes.c
moot_api_LDADD = $(DOMAIN_LIBS)

EXTRA_DIST += cgi/.may_include

dist_check_SCRIPTS += tests/api/test_routes.sh tests/api/test_webservers.sh
TESTS += tests/api/test_routes.sh tests/api/test_webservers.sh
EXTRA_DIST += tests/api/openapi.mjs tests/api/yaml.mjs docs/openapi.yaml

# Needs a database: run by tests/api/run, which finds it in the build folder.
check_PROGRAMS += tests/api/pg_probe
tests_api_pg_probe_LDADD = $(LINK_LIBS)
