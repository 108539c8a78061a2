/*
 * gate - a bound on how many processes do an expensive thing at once.
 *
 * One file with one byte range lock per slot (open file description locks): a process holds a slot
 * while it holds the lock, and the kernel gives it back when the process dies, however it dies.
 */
#ifndef MOOT_LINK_GATE_H
#define MOOT_LINK_GATE_H

#include <stdint.h>

#include "base/err.h"

#define GATE_SLOTS 256

struct gate {
	int fd;		/* -1: no directory, no bound between processes */
	int slots;
	int held;	/* the slot this process holds, -1 for none */
};

/* Opens or makes <run_dir>/<name>.lock; "" or NULL: no bound. slots 0: the number of cores. */
void gate_init(struct gate *g, const char *run_dir, const char *name, int64_t slots);
void gate_release(struct gate *g);
/* Waits for a slot until clock_mono_ms() passes `until`: ERR_OVERLOAD then. */
enum err gate_enter(struct gate *g, int64_t until);
void gate_leave(struct gate *g);

#endif
