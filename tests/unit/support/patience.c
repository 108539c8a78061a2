#include "tests/unit/support/patience.h"

#include <check.h>
#include <stdint.h>

#include "link/loop.h"

#define PATIENCE_MS 30000

static void
on_impatient(void *ctx)
{
	ck_abort_msg("not in time: %s", (const char *)ctx);
}

void
run_loop(const char *what)
{
	static struct loop_timer patience = { .fire = on_impatient };

	patience.ctx = (void *)(uintptr_t)what;
	loop_timer_once(&patience, PATIENCE_MS);
	loop_run();
	loop_timer_stop(&patience);
}
