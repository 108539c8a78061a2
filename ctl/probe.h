/*
 * probe - one GET request, to see whether what should answer does. Plain HTTP by a connection of
 * our own, HTTPS by the program curl, so that certificates are judged as others judge them.
 */
#ifndef MOOT_CTL_PROBE_H
#define MOOT_CTL_PROBE_H

#include "base/arena.h"
#include "base/str.h"

#define PROBE_MS 5000
#define PROBE_BYTES 262144	/* of an answer; longer ones are cut */

struct probe_reply {
	int status;
	struct str body;	/* in the arena */
};

/* *why when an https address could not be looked at for want of curl. */
extern const char probe_no_curl[];

/* socket NULL: to the host of `url`; else over this unix socket. authorization NULL: none. False
 * with the reason in *why, in the arena. */
bool probe_get(struct arena *a, const char *socket, const char *url, const char *authorization,
    struct probe_reply *out, const char **why);

#endif
