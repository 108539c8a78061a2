#include <string.h>

#include "ctl/cmd.h"
#include "ctl/migrate.h"
#include "ctl/out.h"

static int
check(struct ctl *c)
{
	struct migrate_state state;

	if (migrate_read(c->world.pg, &c->arena, &state) != ERR_OK)
		return cmd_pg_failed(c, "migrate --check");
	if (state.wrong != NULL) {
		complain("%s", state.wrong);
		return STATUS_FAILED;
	}
	say("schema version %lld, %d migration%s pending", (long long)state.version, state.pending,
	    state.pending == 1 ? "" : "s");
	return state.pending == 0 ? STATUS_OK : STATUS_FAILED;
}

int
cmd_migrate(struct ctl *c, int argc, char **argv)
{
	char why[1024];
	int done = 0;

	if (argc == 1 && strcmp(argv[0], "--check") == 0)
		return check(c);
	if (argc != 0)
		return cmd_usage("migrate");
	if (!migrate_run(c->world.pg, &c->arena, &done, why, sizeof(why))) {
		complain("%s", why);
		return STATUS_FAILED;
	}
	if (done == 0)
		say("the schema is up to date (version %d)", SCHEMA_VERSION);
	else
		say("%d migration%s applied; the schema is version %d", done, done == 1 ? "" : "s",
		    SCHEMA_VERSION);
	return STATUS_OK;
}
