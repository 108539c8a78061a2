/*
 * named - what the administrator names on the command line: people by their user names, servers,
 * channels and roles by an id or by a name that no other has. Each returns the id, or 0 with a word
 * on stderr; `doing` is the subcommand, for what goes wrong.
 */
#ifndef MOOT_CTL_NAMED_H
#define MOOT_CTL_NAMED_H

#include <stdint.h>

#include "ctl/cmd.h"

int64_t named_user(struct ctl *c, const char *name, const char *doing);
/* deleted: one that can come back, here and below. */
int64_t named_server(struct ctl *c, const char *name, bool deleted, const char *doing);
int64_t named_channel(
    struct ctl *c, int64_t server, const char *name, bool deleted, const char *doing);
int64_t named_role(struct ctl *c, int64_t server, const char *name, const char *doing);

/* "-" for what is absent or empty. */
struct str or_dash(struct str s);

#endif
