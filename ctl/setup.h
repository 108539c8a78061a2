/*
 * setup - the one-time link with which the first administrator makes his account.
 */
#ifndef MOOT_CTL_SETUP_H
#define MOOT_CTL_SETUP_H

#include "ctl/cmd.h"

#define SETUP_LIFE_S 86400

/* Makes a new token, which replaces an earlier one, and prints the link; prints nothing when there
 * is an administrator already. */
enum err setup_link_print(struct ctl *c);

#endif
