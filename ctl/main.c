/* moot - the administrator's command line. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/crypt.h"
#include "base/log.h"
#include "ctl/cmd.h"
#include "ctl/out.h"

#define ARENA_MAX (64u << 20)

static int
run(struct ctl *c, const struct cmd *cmd, int argc, char **argv)
{
	char why[1024];
	int status;

	if (cmd->bare)
		return cmd->run(c, argc, argv);
	if (!config_load(&c->config, c->config_path, why, sizeof(why))) {
		complain("%s", why);
		return STATUS_FAILED;
	}
	struct pg_options pg = {
		.conninfo = c->config.database_owner, .application = "moot", .connect_ms = 5000
	};
	if (!world_init(&c->world, &c->config, &pg, false, why, sizeof(why))) {
		complain("%s", why);
		return STATUS_FAILED;
	}
	status = cmd->run(c, argc, argv);
	world_release(&c->world);
	if (status == STATUS_FAILED && c->config_path == NULL &&
	    c->config.database_owner[0] == '\0')
		complain(
		    "no configuration was read (%s); -c FILE names one", cmd_no_config(&c->arena));
	return status;
}

/* What was printed has arrived; a full disk or a closed pipe is a failure. */
static int
flushed(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		complain("cannot write the output");
		return status == STATUS_OK ? STATUS_FAILED : status;
	}
	return status;
}

static int
usage(void)
{
	complain("usage: moot [-c FILE] SUBCOMMAND …   (moot help lists them)");
	return STATUS_USAGE;
}

/* After getopt_long gave '?' or ':'; optopt is 0 for a long option that is unknown. */
static int
bad_option(int opt, char **argv)
{
	if (opt == ':')
		complain("the option -%c wants a value", optopt);
	else if (optopt > 0 && optopt < 0x80 && strncmp(argv[optind - 1], "--", 2) != 0)
		complain("there is no option -%c", optopt);
	else
		complain("there is no option %s", argv[optind - 1]);
	return usage();
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct ctl c = { 0 };
	const char *file = NULL;
	const struct cmd *cmd;
	int opt, status;

	log_init("moot", LVL_ERROR, false);
	signal(SIGPIPE, SIG_IGN);
	crypt_init();
	while ((opt = getopt_long(argc, argv, "+:c:hV", options, NULL)) != -1) {
		if (opt == 'c')
			file = optarg;
		else if (opt == 'h')
			return flushed(cmd_help(&c, 0, NULL));
		else if (opt == 'V')
			return flushed(cmd_version(&c, 0, NULL));
		else
			return bad_option(opt, argv);
	}
	cmd = optind < argc ? cmd_find(argv[optind]) : NULL;
	if (cmd == NULL) {
		if (optind < argc)
			complain("there is no subcommand '%s'", argv[optind]);
		return usage();
	}
	c.config_path = config_find(file);
	arena_init(&c.arena, ARENA_MAX);
	status = flushed(run(&c, cmd, argc - optind - 1, argv + optind + 1));
	arena_release(&c.arena);
	return status;
}
