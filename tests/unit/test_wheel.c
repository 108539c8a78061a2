/* When a connection is looked at, and what is done then: seconds are a parameter. */
#include <string.h>

#include "base/clock.h"
#include "push/handshake.h"
#include "push/wheel.h"
#include "tests/unit/support/unit.h"

#define NOW 1000
#define HEARTBEAT 25
#define STALL 60
#define LIFE 3600

static struct push push;

/* ---- what the files under test call of others */

static struct {
	const struct conn *conn;
	enum err bye;
	bool killed, marked, refused;
	uint32_t at_s;
} done;

void
conn_bye(struct push *p, struct conn *c, enum err why)
{
	done.conn = c;
	done.bye = why;
	done.at_s = p->now_s;
}

void
conn_kill(struct push *p, struct conn *c, const char *why)
{
	(void)why;
	done.conn = c;
	done.killed = true;
	done.at_s = p->now_s;
}

void
conn_mark(struct push *p, struct conn *c, uint32_t hint)
{
	ck_assert_uint_eq(hint, HINT_ALL);
	done.conn = c;
	done.marked = true;
	done.at_s = p->now_s;
}

void
handshake_refuse(struct push *p, struct conn *c, enum err e)
{
	ck_assert_int_eq(e, ERR_UNAVAILABLE);
	done.conn = c;
	done.refused = true;
	done.at_s = p->now_s;
}

void
conn_trim(struct conn *c)
{
	(void)c;
}

/* ---- */

static void
setup(void)
{
	memset(&push, 0, sizeof(push));
	memset(&done, 0, sizeof(done));
	push.now_s = NOW;
	push.config.push_heartbeat = HEARTBEAT;
	push.config.push_stall = STALL;
	push.config.push_life = LIFE;
	slab_init(&push.conns, sizeof(struct conn));
	wheel_init(&push);
}

static void
teardown(void)
{
	wheel_release(&push);
	slab_release(&push.conns);
}

static struct conn *
connection(enum conn_state state)
{
	uint32_t i = slab_take(&push.conns);
	struct conn *c = conn_at(&push, i);

	c->id = i;
	c->state = state & 7;
	c->slot = WHEEL_OFF;
	c->wheel_next = c->wheel_prev = SLAB_NONE;
	c->wrote_s = c->mark_s = NOW;
	return c;
}

START_TEST(due_times_are_cut_to_what_the_wheel_holds)
{
	static const struct { uint32_t wanted, due; } rows[] = {
		{ 0, NOW + 1 }, { NOW, NOW + 1 }, { NOW + 1, NOW + 1 }, { NOW + 25, NOW + 25 },
		{ NOW + WHEEL_SLOTS - 1, NOW + WHEEL_SLOTS - 1 },
		{ NOW + WHEEL_SLOTS, NOW + WHEEL_SLOTS - 1 },
		{ UINT32_MAX, NOW + WHEEL_SLOTS - 1 } };
	struct conn *c;

	setup();
	c = connection(CONN_NEW);
	ck_assert_uint_eq(wheel_due(&push, c), UINT32_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wheel_put(&push, c, rows[i].wanted);
		ck_assert_uint_eq(wheel_due(&push, c), rows[i].due);
		ck_assert(wheel_is_sane(&push));
	}
	wheel_remove(&push, c);
	wheel_remove(&push, c);
	ck_assert_uint_eq(wheel_due(&push, c), UINT32_MAX);
	ck_assert(wheel_is_sane(&push));
	teardown();
}
END_TEST

START_TEST(any_of_a_slot_can_be_taken_out)
{
	struct conn *c[5];

	setup();
	for (int k = 0; k < 5; k++) {
		c[k] = connection(CONN_NEW);
		wheel_put(&push, c[k], NOW + 7);
	}
	for (int k = 0; k < 5; k++) {
		wheel_remove(&push, c[k * 2 % 5]);
		ck_assert(wheel_is_sane(&push));
	}
	ck_assert(wheel_is_sane(&push));
	teardown();
}
END_TEST

/* A deadline further off than the wheel reaches is looked at in between, and met to the second. */
START_TEST(a_deadline_is_met_to_the_second)
{
	struct conn *c;

	setup();
	c = connection(CONN_NEW);
	c->deadline_s = NOW + 3 * WHEEL_SLOTS + 5;
	wheel_put(&push, c, c->deadline_s);
	for (uint32_t s = NOW + 1; s < c->deadline_s; s++) {
		wheel_tick(&push, s);
		ck_assert(!done.killed);
		ck_assert(wheel_is_sane(&push));
	}
	wheel_tick(&push, c->deadline_s);
	ck_assert(done.killed);
	ck_assert_uint_eq(done.at_s, c->deadline_s);
	ck_assert(wheel_is_sane(&push));
	teardown();
}
END_TEST

START_TEST(after_a_pause_each_is_looked_at_once)
{
	struct conn *early, *late;

	setup();
	early = connection(CONN_HANDSHAKE);
	late = connection(CONN_DRAINING);
	early->deadline_s = NOW + 3;
	late->deadline_s = NOW + 100000;
	wheel_put(&push, early, early->deadline_s);
	wheel_put(&push, late, NOW + 40);
	wheel_tick(&push, NOW + 50000);
	ck_assert(done.refused && done.conn == early);
	ck_assert(!done.killed);
	ck_assert_uint_eq(push.now_s, NOW + 50000);
	ck_assert_uint_eq(wheel_due(&push, early), UINT32_MAX);
	ck_assert_uint_gt(wheel_due(&push, late), push.now_s);
	ck_assert(wheel_is_sane(&push));
	teardown();
}
END_TEST

START_TEST(who_is_quiet_gets_a_heartbeat)
{
	struct conn *c;

	setup();
	c = connection(CONN_LIVE);
	wheel_again(&push, c);
	ck_assert_uint_eq(wheel_due(&push, c), NOW + HEARTBEAT);
	/* it was written to meanwhile, with a cursor: later */
	c->wrote_s = c->mark_s = NOW + 10;
	wheel_tick(&push, NOW + HEARTBEAT);
	ck_assert(!done.marked && !c->hb_due);
	ck_assert_uint_eq(wheel_due(&push, c), NOW + 10 + HEARTBEAT);
	wheel_tick(&push, NOW + 10 + HEARTBEAT);
	ck_assert(done.marked && c->hb_due);
	ck_assert_uint_eq(done.at_s, NOW + 10 + HEARTBEAT);
	ck_assert(!c->ping_due);
	teardown();
}
END_TEST

START_TEST(a_websocket_that_answers_no_ping_ends)
{
	struct conn *c;

	setup();
	c = connection(CONN_LIVE);
	c->format = FRAME_WS;
	wheel_again(&push, c);
	wheel_tick(&push, NOW + HEARTBEAT);
	ck_assert(c->ping_due && done.bye == ERR_OK);
	c->ping_due = c->hb_due = false;
	c->ping_open = true;
	c->wrote_s = c->mark_s = NOW + HEARTBEAT;
	wheel_tick(&push, NOW + 2 * HEARTBEAT);
	ck_assert_int_eq(done.bye, ERR_STALLED);
	teardown();
}
END_TEST

START_TEST(who_takes_nothing_ends_when_it_has_stalled)
{
	struct conn *c;

	setup();
	c = connection(CONN_LIVE);
	c->blocked = true;
	wheel_again(&push, c);
	wheel_tick(&push, NOW + STALL - 1);
	ck_assert_int_eq(done.bye, ERR_OK);
	ck_assert(!c->hb_due);
	wheel_tick(&push, NOW + STALL);
	ck_assert_int_eq(done.bye, ERR_STALLED);
	teardown();
}
END_TEST

START_TEST(a_session_and_a_token_end_each_in_its_way)
{
	struct extra x = { .exp_s = NOW + 100 };
	struct conn *c;

	setup();
	c = connection(CONN_LIVE);
	c->extra = &x;
	wheel_live(&push, c);
	ck_assert_uint_eq(c->deadline_s, NOW + 100);
	c->wrote_s = c->mark_s = NOW + 99;
	wheel_tick(&push, NOW + 99);
	ck_assert_int_eq(done.bye, ERR_OK);
	wheel_tick(&push, NOW + 100);
	ck_assert_int_eq(done.bye, ERR_TOKEN_EXPIRED);
	/* a personal token is final at its end, and a stream of it has a life anyhow */
	c = connection(CONN_LIVE);
	x = (struct extra){ .is_token = true, .exp_s = push.now_s + 100 };
	c->extra = &x;
	wheel_live(&push, c);
	wheel_tick(&push, x.exp_s);
	ck_assert_int_eq(done.bye, ERR_SESSION_ENDED);
	c = connection(CONN_LIVE);
	x = (struct extra){ .is_token = true };
	c->extra = &x;
	wheel_live(&push, c);
	ck_assert_uint_ge(c->deadline_s, push.now_s + LIFE - LIFE / 5);
	ck_assert_uint_le(c->deadline_s, push.now_s + LIFE);
	done.bye = ERR_OK;
	while (done.bye == ERR_OK) {
		c->wrote_s = c->mark_s = push.now_s;
		wheel_tick(&push, push.now_s + 1);
	}
	ck_assert_uint_eq(push.now_s, c->deadline_s);
	ck_assert_int_eq(done.bye, ERR_DRAINING);
	teardown();
}
END_TEST

START_TEST(first_heartbeats_are_spread)
{
	struct extra x = { 0 };
	uint32_t at[HEARTBEAT + 1] = { 0 };

	setup();
	for (int k = 0; k < 1000; k++) {
		struct conn *c = connection(CONN_LIVE);

		c->extra = &x;
		wheel_live(&push, c);
		ck_assert_uint_le(wheel_due(&push, c) - NOW, HEARTBEAT);
		at[wheel_due(&push, c) - NOW]++;
	}
	for (int s = 0; s <= HEARTBEAT; s++)
		ck_assert_uint_le(at[s], 1000 / (HEARTBEAT / 2) + 1);
	ck_assert(wheel_is_sane(&push));
	teardown();
}
END_TEST

START_TEST(a_unix_second_is_one_of_ours)
{
	setup();
	clock_set(5000000, 0);
	ck_assert_uint_eq(wheel_second_of(&push, 0), 0);
	ck_assert_uint_eq(wheel_second_of(&push, 5000), NOW);
	ck_assert_uint_eq(wheel_second_of(&push, 1), NOW);
	ck_assert_uint_eq(wheel_second_of(&push, 5007), NOW + 7);
	ck_assert_uint_eq(wheel_second_of(&push, (int64_t)1 << 40), 0);
	clock_unset();
	teardown();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { due_times_are_cut_to_what_the_wheel_holds,
		any_of_a_slot_can_be_taken_out, a_deadline_is_met_to_the_second,
		after_a_pause_each_is_looked_at_once, who_is_quiet_gets_a_heartbeat,
		a_websocket_that_answers_no_ping_ends, who_takes_nothing_ends_when_it_has_stalled,
		a_session_and_a_token_end_each_in_its_way, first_heartbeats_are_spread,
		a_unix_second_is_one_of_ours, NULL };

	return unit_run("wheel", tests);
}
