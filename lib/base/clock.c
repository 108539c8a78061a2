#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

static bool frozen;
static int64_t frozen_wall_ms, frozen_mono_ms;

static int64_t
read_us(clockid_t id)
{
	struct timespec ts = { 0, 0 };

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_wall_ms(void)
{
	return frozen ? frozen_wall_ms : read_us(CLOCK_REALTIME) / 1000;
}

int64_t
clock_mono_ms(void)
{
	return frozen ? frozen_mono_ms : read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
clock_mono_us(void)
{
	return frozen ? frozen_mono_ms * 1000 : read_us(CLOCK_MONOTONIC);
}

void
clock_set(int64_t wall_ms, int64_t mono_ms)
{
	frozen = true;
	frozen_wall_ms = wall_ms;
	frozen_mono_ms = mono_ms;
}

void
clock_unset(void)
{
	frozen = false;
}

#define FIRST_MS INT64_C(-62135596800000)	/* 0001-01-01T00:00:00.000Z */
#define LAST_MS INT64_C(253402300799999)	/* 9999-12-31T23:59:59.999Z */

static void
put_digits(char *out, int n, int v)
{
	for (int i = n - 1; i >= 0; i--) {
		out[i] = (char)('0' + v % 10);
		v /= 10;
	}
}

void
clock_rfc3339(int64_t wall_ms, char out[25])
{
	struct tm tm;
	time_t seconds;
	int ms;

	if (wall_ms < FIRST_MS)
		wall_ms = FIRST_MS;
	if (wall_ms > LAST_MS)
		wall_ms = LAST_MS;
	ms = (int)(wall_ms % 1000);
	seconds = (time_t)(wall_ms / 1000);
	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	gmtime_r(&seconds, &tm);
	memcpy(out, "0000-00-00T00:00:00.000Z", 25);
	put_digits(out, 4, tm.tm_year + 1900);
	put_digits(out + 5, 2, tm.tm_mon + 1);
	put_digits(out + 8, 2, tm.tm_mday);
	put_digits(out + 11, 2, tm.tm_hour);
	put_digits(out + 14, 2, tm.tm_min);
	put_digits(out + 17, 2, tm.tm_sec);
	put_digits(out + 20, 3, ms);
}
