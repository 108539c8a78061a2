/*
 * cmd - the subcommands of moot: one table, one file each. Exit statuses are 0 (done), 1 (failed,
 * said on stderr) and 2 (used wrongly).
 */
#ifndef MOOT_CTL_CMD_H
#define MOOT_CTL_CMD_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/config.h"
#include "domain/world.h"

#define STATUS_OK 0
#define STATUS_FAILED 1
#define STATUS_USAGE 2

struct ctl {
	const char *config_path;	/* NULL: defaults and the environment only */
	struct config config;
	struct arena arena;
	/* Connections as the database's owner. It does not serve: the file of the shared bound on
	 * password hashes would belong to whoever runs moot. */
	struct world world;
};

struct cmd {
	const char *name;
	const char *args;	/* as in the usage line; "" for none */
	const char *help;	/* one line */
	bool bare;		/* runs without a readable configuration */
	/* argv[0] is the first argument after the subcommand. Returns the exit status. */
	int (*run)(struct ctl *c, int argc, char **argv);
};

/* Ends with a row without a name. */
extern const struct cmd cmd_table[];
/* NULL when there is none. */
const struct cmd *cmd_find(const char *name);
/* Says on stderr how the subcommand is called; returns STATUS_USAGE. */
int cmd_usage(const char *name);
/* "PATH: why it cannot be read" of the installed configuration, in the arena. */
const char *cmd_no_config(struct arena *a);
/* Says why the last call to Postgres failed; returns STATUS_FAILED. */
int cmd_pg_failed(const struct ctl *c, const char *doing);

int cmd_audit(struct ctl *c, int argc, char **argv);
int cmd_config(struct ctl *c, int argc, char **argv);
int cmd_doctor(struct ctl *c, int argc, char **argv);
int cmd_help(struct ctl *c, int argc, char **argv);
int cmd_init(struct ctl *c, int argc, char **argv);
int cmd_mail(struct ctl *c, int argc, char **argv);
int cmd_migrate(struct ctl *c, int argc, char **argv);
int cmd_retention(struct ctl *c, int argc, char **argv);
int cmd_server(struct ctl *c, int argc, char **argv);
int cmd_setup_link(struct ctl *c, int argc, char **argv);
int cmd_user(struct ctl *c, int argc, char **argv);
int cmd_version(struct ctl *c, int argc, char **argv);

#endif
