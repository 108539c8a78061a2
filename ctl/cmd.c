#include "ctl/cmd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ctl/out.h"

const struct cmd cmd_table[] = {
	{ "init", "", "make what is missing (token key, folders, schema), print the setup link",
	    false, cmd_init },
	{ "migrate", "[--check]", "bring the database to this version's schema", false,
	    cmd_migrate },
	{ "setup-link", "", "print a one-time link that makes the first administrator", false,
	    cmd_setup_link },
	{ "user",
	    "add NAME [--admin] | passwd NAME | make-admin NAME | deactivate NAME | "
	    "enable NAME | delete NAME [--purge] | export NAME | remove-avatar NAME | "
	    "second-factor NAME off | reset-link NAME | pending | approve NAME | refuse NAME | "
	    "list",
	    "accounts", false, cmd_user },
	{ "server",
	    "list | members SERVER | bans SERVER | roles SERVER | channels SERVER | "
	    "invites SERVER | reports SERVER | kick SERVER USER [REASON] | "
	    "ban SERVER USER [REASON] | unban SERVER USER [REASON] | "
	    "time-out SERVER USER MINUTES [REASON] | give SERVER USER ROLE [REASON] | "
	    "take SERVER USER ROLE [REASON] | hand-on SERVER USER [REASON] | "
	    "lockdown SERVER [REASON] | open SERVER [REASON] | delete SERVER [REASON] | "
	    "restore SERVER [REASON] | remove-icon SERVER [REASON] | "
	    "archive SERVER CHANNEL [REASON] | unarchive SERVER CHANNEL [REASON] | "
	    "delete-channel SERVER CHANNEL [REASON] | "
	    "restore-channel SERVER CHANNEL [REASON] | invite SERVER | uninvite SERVER CODE",
	    "communities", false, cmd_server },
	{ "audit", "[SERVER] [--csv]", "print who did what in a server, newest first", false,
	    cmd_audit },
	{ "retention", "[--dry-run]", "take away messages that have had their time, or say which",
	    false, cmd_retention },
	{ "mail", "test ADDRESS", "send a letter and say what the mail server says", false,
	    cmd_mail },
	{ "doctor", "[--json]", "say what is wrong and how to mend it", true, cmd_doctor },
	{ "config", "[--defaults]", "print the configuration with its comments", true, cmd_config },
	{ "version", "", "print the version", true, cmd_version },
	{ "help", "[SUBCOMMAND]", "print this", true, cmd_help },
	{ NULL, NULL, NULL, false, NULL },
};

const struct cmd *
cmd_find(const char *name)
{
	for (const struct cmd *c = cmd_table; c->name != NULL; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

int
cmd_usage(const char *name)
{
	const struct cmd *c = cmd_find(name);

	complain("usage: moot [-c FILE] %s %s", name, c == NULL ? "" : c->args);
	return STATUS_USAGE;
}

const char *
cmd_no_config(struct arena *a)
{
	static const char path[] = MOOT_SYSCONFDIR "/moot/moot.conf";

	return arena_printf(
	    a, "%s: %s", path, access(path, R_OK) == 0 ? "not looked at" : strerror(errno));
}

int
cmd_pg_failed(const struct ctl *c, const char *doing)
{
	const struct pg_fault *f = pg_fault(c->world.pg);

	if (f->sqlstate[0] == '\0')
		complain("%s: no connection to the database: %s", doing, f->message);
	else
		complain("%s: %s (SQLSTATE %s)", doing, f->message, f->sqlstate);
	return STATUS_FAILED;
}
