#include <string.h>
#include <unistd.h>

#include "ctl/check.h"
#include "ctl/out.h"

/* Without a readable configuration there is nothing else to look at. */
static bool
check_config(struct ctl *c, struct report *r)
{
	char why[1024];

	if (!config_load(&c->config, c->config_path, why, sizeof(why))) {
		bool readable = c->config_path == NULL || access(c->config_path, R_OK) == 0;

		check_add(r, CHECK_PROBLEM, "config",
		    readable ? "correct the line; moot config --defaults prints all keys"
			     : "name one that can be read: moot -c FILE, or MOOT_CONFIG; moot "
			       "config --defaults > FILE begins one",
		    "%s", why);
		return false;
	}
	if (c->config_path == NULL)
		check_add(r, CHECK_NOTE, "config",
		    "write one: moot config --defaults > FILE, then moot -c FILE",
		    "no configuration file (%s), only defaults and the environment",
		    cmd_no_config(r->arena));
	else
		check_add(r, CHECK_OK, "config", NULL, "%s is read", c->config_path);
	return true;
}

int
cmd_doctor(struct ctl *c, int argc, char **argv)
{
	struct report r = { .arena = &c->arena };
	bool json = argc == 1 && strcmp(argv[0], "--json") == 0;

	if (argc > 1 || (argc == 1 && !json))
		return cmd_usage("doctor");
	if (check_config(c, &r)) {
		check_files(c, &r);
		check_database(c, &r);
		check_redis(c, &r);
		check_mail(c, &r);
		check_push(c, &r);
		check_site(c, &r);
	}
	check_libraries(&r);
	if (json)
		check_print_json(&r);
	else
		check_print(&r);
	return r.problems == 0 ? STATUS_OK : STATUS_FAILED;
}
