#include <string.h>

#include "ctl/cmd.h"
#include "ctl/out.h"
#include "domain/admin.h"

#define ROW "%-19.*s  %5.*s  %9.*s  %.*s  %.*s"

static void
print(struct str channel, struct str days, struct str messages, struct str server, struct str name)
{
	say(ROW, STR_FMT(channel), STR_FMT(days), STR_FMT(messages), STR_FMT(server),
	    STR_FMT(name));
}

int
cmd_retention(struct ctl *c, int argc, char **argv)
{
	bool dry = argc == 1 && strcmp(argv[0], "--dry-run") == 0;
	struct admin_kept *kept;
	size_t n;

	if (argc > 1 || (argc == 1 && !dry))
		return cmd_usage("retention");
	if (admin_retention(&c->world, &c->arena, &kept, &n) != ERR_OK)
		return cmd_pg_failed(c, "retention");
	if (n == 0) {
		say("everything is kept for ever");
		return STATUS_OK;
	}
	print(STR("CHANNEL"), STR("DAYS"), STR("MESSAGES"), STR("SERVER"), STR("NAME"));
	for (size_t i = 0; i < n; i++)
		print(kept[i].channel, kept[i].days, kept[i].messages, kept[i].server,
		    kept[i].name);
	if (dry)
		return STATUS_OK;
	if (admin_retention_start(&c->world, &c->arena) != ERR_OK)
		return cmd_pg_failed(c, "retention");
	say("moot-jobs takes them away now");
	return STATUS_OK;
}
