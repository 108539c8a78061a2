/*
 * Memberships that end by themselves: the earliest of many is known, also after those that would
 * have ended before it were given up, and each costs the same however many there are.
 */
#include "push/account.h"
#include "push/admit.h"
#include "push/ends.h"
#include "push/snapshot.h"
#include "push/stream.h"
#include "push/watch.h"
#include "tests/unit/support/unit.h"

/* As many that looking at each for each would take minutes. */
#define MANY 400000
#define SERVER 7

static struct push push;
static uint32_t wanted;		/* accounts that were asked for anew */

/* ---- what ends.c calls of others */

void
account_want(struct push *p, uint32_t account)
{
	(void)p, (void)account;
	wanted++;
}

void
admit_revoke(struct push *p, struct conn *c, uint32_t stream, int64_t rev)
{
	(void)p, (void)c, (void)stream, (void)rev;
	ck_abort_msg("nobody is connected");
}

uint32_t
stream_find(const struct push *p, int64_t id)
{
	(void)p, (void)id;
	return SLAB_NONE;
}

void
watch_conn_lost(struct push *p, struct conn *c)
{
	(void)p, (void)c;
}

void
watch_person_lost(struct push *p, int64_t account)
{
	(void)p, (void)account;
}

/* ---- */

static void
setup(uint32_t accounts)
{
	memset(&push, 0, sizeof(push));
	wanted = 0;
	ck_assert(loop_init());
	slab_init(&push.accounts, sizeof(struct account));
	for (uint32_t i = 0; i < accounts; i++) {
		struct account *a = account_at(&push, slab_take(&push.accounts));

		*a = (struct account){ .id = i + 1, .first = SLAB_NONE };
	}
	ends_init(&push);
}

static void
teardown(void)
{
	ends_release(&push);
	slab_release(&push.accounts);
	loop_release();
}

/* The account has a picture that was asked for at 0: it ends then, INT64_MAX: never. */
static void
take(uint32_t account, int64_t at)
{
	const struct feed_access row = { .account = account + 1, .stream = SERVER, .left_ms = at };

	ends_take(&push, account, &row, 1, 0);
}

START_TEST(many_that_end_cost_the_same_each)
{
	int64_t now = clock_mono_ms();
	struct snap_end end;

	setup(MANY);
	for (uint32_t i = 0; i < MANY; i++)
		take(i, now + 3600000 + i);
	for (uint32_t i = 0; i < MANY; i++)
		take(i, now + 7200000 + i);
	for (uint32_t i = MANY; i-- > 1;)
		ends_forget(&push, i);
	ends_now(&push);
	ck_assert_int_eq(push.ends_ms, now + 7200000);
	ends_forget(&push, 0);
	for (uint32_t i = 0; i < MANY; i++) {
		end = (struct snap_end){ SERVER, now + 3600000 - i };
		ends_restore(&push, i, &(struct snap_list){ &end, 1 });
	}
	ck_assert_int_eq(push.ends_ms, now + 3600000 - MANY + 1);
	ck_assert_uint_eq(wanted, 0);
	teardown();
}
END_TEST

START_TEST(what_is_given_up_ends_nothing)
{
	int64_t now = clock_mono_ms();

	setup(3);
	take(0, now - 1);
	take(1, now + 3600000);
	take(2, now - 2);
	take(0, INT64_MAX);
	ends_forget(&push, 2);
	ends_look(&push);
	ck_assert_uint_eq(wanted, 0);
	ck_assert_int_eq(push.ends_ms, now + 3600000);
	take(2, now - 2);
	ends_look(&push);
	ck_assert_uint_eq(wanted, 1);
	ck_assert_int_eq(push.ends_ms, now + 3600000);
	take(1, INT64_MAX);
	ends_now(&push);
	ck_assert_int_eq(push.ends_ms, INT64_MAX);
	teardown();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { many_that_end_cost_the_same_each,
		what_is_given_up_ends_nothing, NULL };

	return unit_run("ends", tests);
}
