# moot, the administrator's command line.
bin_PROGRAMS += moot
moot_SOURCES = \
	ctl/check.c \
	ctl/check.h \
	ctl/check_database.c \
	ctl/check_files.c \
	ctl/check_net.c \
	ctl/cmd.c \
	ctl/cmd.h \
	ctl/cmd_audit.c \
	ctl/cmd_config.c \
	ctl/cmd_doctor.c \
	ctl/cmd_help.c \
	ctl/cmd_init.c \
	ctl/cmd_mail.c \
	ctl/cmd_migrate.c \
	ctl/cmd_registration.c \
	ctl/cmd_retention.c \
	ctl/cmd_server.c \
	ctl/cmd_setup_link.c \
	ctl/cmd_user.c \
	ctl/cmd_user.h \
	ctl/cmd_version.c \
	ctl/main.c \
	ctl/migrate.c \
	ctl/migrate.h \
	ctl/named.c \
	ctl/named.h \
	ctl/out.c \
	ctl/out.h \
	ctl/probe.c \
	ctl/probe.h \
	ctl/schema.h \
	ctl/secret.c \
	ctl/secret.h \
	ctl/setup.c \
	ctl/setup.h
moot_LDADD = $(DOMAIN_LIBS)

EXTRA_DIST += ctl/.may_include

# Generated from sql/migrate, sql/shape and sql/func (see sql/local.mk).
nodist_moot_SOURCES = ctl/schema.c

dist_man_MANS = \
	man/moot-api.8 \
	man/moot-jobs.8 \
	man/moot-push.8 \
	man/moot.1 \
	man/moot.conf.5
