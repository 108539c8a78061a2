/*
 * sandbox - what is left of a process before it looks at a stranger's bytes: it may compute, read
 * and write what is open already, ask for memory, and end. Everything else ends it (SIGSYS).
 */
#ifndef MOOT_IMAGE_SANDBOX_H
#define MOOT_IMAGE_SANDBOX_H

#include <stdbool.h>

#define SANDBOX_MEMORY (256L << 20)	/* address space, bytes */
#define SANDBOX_SECONDS 5		/* of a processor */

/* For this process and for good. Closes all descriptors but 0 and 1. False: the kernel refused a
 * part of it, and nothing may be read. There is no bound on address space where the address
 * sanitizer needs it. */
bool sandbox_enter(void);

#endif
