/*
 * cmd_user - what stands apart from the other verbs of moot user: new accounts that wait.
 */
#ifndef MOOT_CTL_CMD_USER_H
#define MOOT_CTL_CMD_USER_H

#include "ctl/cmd.h"

int user_pending(struct ctl *c, int argc, char **argv);
int user_approve(struct ctl *c, int argc, char **argv);
int user_refuse(struct ctl *c, int argc, char **argv);

#endif
