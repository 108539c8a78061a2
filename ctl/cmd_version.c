#include "ctl/cmd.h"
#include "ctl/out.h"

int
cmd_version(struct ctl *c, int argc, char **argv)
{
	(void)c;
	(void)argv;
	if (argc != 0)
		return cmd_usage("version");
	say("moot %s, schema version %d", PACKAGE_VERSION, SCHEMA_VERSION);
	return STATUS_OK;
}
