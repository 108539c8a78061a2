/* The daemon's connections to Redis, when what answers is none. */
#include "link/loop.h"
#include "link/redis_sub.h"
#include "tests/unit/support/fake_redis.h"
#include "tests/unit/support/patience.h"
#include "tests/unit/support/unit.h"

static int readies, losses;

static struct redis_sub *bus;

static void
on_bus_ready(void *ctx)
{
	(void)ctx;
	readies++;
	redis_sub_subscribe(bus, STR("topic"));
	if (losses > 0)
		loop_stop();
}

static void
on_lost(void *ctx)
{
	(void)ctx;
	losses++;
}

static void
on_turn_end(void *ctx)
{
	(void)ctx;
	redis_sub_flush(bus);
}

static void
say_nonsense(struct fake_peer *peer, const char *words)
{
	(void)words;
	fake_redis_say(peer, "?nonsense\r\n");
}

START_TEST(what_cannot_be_read_ends_the_connection_and_another_is_made)
{
	const struct redis_sub_hooks hooks = { .ready = on_bus_ready, .lost = on_lost };
	static struct fake_redis fake = { .command = say_nonsense };

	ck_assert(loop_init());
	bus = redis_sub_new(fake_redis_start(&fake), &hooks);
	loop_at_turn_end(on_turn_end, NULL);
	run_loop("a connection after the lost one");
	ck_assert_int_eq(losses, 1);
	ck_assert_int_eq(readies, 2);
	redis_sub_free(bus);
	fake_redis_stop(&fake);
	loop_release();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { what_cannot_be_read_ends_the_connection_and_another_is_made,
		NULL };

	return unit_run("redis_sub", tests);
}
