#include <stdio.h>
#include <string.h>

#include "ctl/cmd.h"
#include "ctl/out.h"

static const struct config built_in = {
#define X_STR(name, def, help) .name = def,
#define X_INT(name, def, min, max, help) .name = def,
#include "base/config.def"
#undef X_STR
#undef X_INT
};

/* A file that can be read back, so it is written as it is and not escaped: its values cannot hold
 * control characters. */
int
cmd_config(struct ctl *c, int argc, char **argv)
{
	bool defaults = argc == 1 && strcmp(argv[0], "--defaults") == 0;
	char why[1024];
	struct buf b;

	if (argc > 1 || (argc == 1 && !defaults))
		return cmd_usage("config");
	if (!defaults && !config_load(&c->config, c->config_path, why, sizeof(why))) {
		complain("%s", why);
		return STATUS_FAILED;
	}
	buf_init(&b, 1 << 20);
	config_render(defaults ? &built_in : &c->config, &b);
	fwrite(b.p, 1, b.len, stdout);
	buf_release(&b);
	return STATUS_OK;
}
