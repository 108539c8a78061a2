/*
 * child - another program, run to its end: bytes in, bytes out, and nothing else of ours: no
 * environment, no descriptor, no signal that is blocked or ignored.
 */
#ifndef MOOT_LINK_CHILD_H
#define MOOT_LINK_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct child_end {
	int status;	/* its exit status; -1: a signal ended it */
	int signal;	/* that one, else 0 */
	bool late;	/* it was killed because its time was up, or it wrote too much */
	struct str out;	/* what it wrote, in the arena */
};

/* argv[0] is the path, the last one NULL. It is given `in` on descriptor 0 and may write out_max
 * bytes to descriptor 1; descriptor 2 leads nowhere. It is gone when this returns, by SIGKILL when
 * clock_mono_ms() passes `until`. ERR_UNAVAILABLE, with a line in the log, when it could not be
 * started, or somebody else was told how it ended. SIGCHLD is not ignored meanwhile. */
enum err child_run(struct arena *a, const char *const *argv, struct str in, size_t out_max,
    int64_t until, struct child_end *end);

#endif
