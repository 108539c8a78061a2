#include "ctl/cmd.h"
#include "ctl/out.h"

static void
print(const struct cmd *c)
{
	say("  moot %s%s%s", c->name, c->args[0] == '\0' ? "" : " ", c->args);
	say("        %s", c->help);
}

int
cmd_help(struct ctl *c, int argc, char **argv)
{
	const struct cmd *one = argc > 0 ? cmd_find(argv[0]) : NULL;

	(void)c;
	if (argc == 1 && one == NULL)
		complain("there is no subcommand '%s' (moot help lists them)", argv[0]);
	if (argc > 1 || (argc == 1 && one == NULL))
		return cmd_usage("help");
	if (one != NULL) {
		print(one);
		return STATUS_OK;
	}
	say("usage: moot [-c FILE] SUBCOMMAND …");
	say("  -c FILE  the configuration; else $MOOT_CONFIG, else %s/moot/moot.conf",
	    MOOT_SYSCONFDIR);
	say("  -h, --help; -V, --version");
	say("%s", "");
	for (const struct cmd *each = cmd_table; each->name != NULL; each++)
		print(each);
	return STATUS_OK;
}
