/*
 * clock - the only door to the time of day. Tests set it.
 */
#ifndef MOOT_BASE_CLOCK_H
#define MOOT_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_wall_ms(void);	/* Unix time, milliseconds */
int64_t clock_mono_ms(void);	/* monotonic, milliseconds; for deadlines and durations */
int64_t clock_mono_us(void);
/* Freezes both clocks at these values until clock_unset(). For tests. */
void clock_set(int64_t wall_ms, int64_t mono_ms);
void clock_unset(void);
/* RFC 3339 UTC with milliseconds, "2026-11-22T00:45:12.345Z": 24 characters and NUL. */
void clock_rfc3339(int64_t wall_ms, char out[25]);

#endif
