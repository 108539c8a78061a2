#include "ctl/cmd.h"
#include "ctl/setup.h"

int
cmd_setup_link(struct ctl *c, int argc, char **argv)
{
	(void)argv;
	if (argc != 0)
		return cmd_usage("setup-link");
	if (setup_link_print(c) != ERR_OK)
		return cmd_pg_failed(c, "setup-link");
	return STATUS_OK;
}
