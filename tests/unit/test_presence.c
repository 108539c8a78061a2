/*
 * What a node says of its people, and asks about others, while so much waits for Redis that not all
 * of a question can be put.
 */
#include <string.h>

#include "base/heap.h"
#include "push/nodes.h"
#include "push/presence_impl.h"
#include "push/watch_impl.h"
#include "tests/unit/support/fake_redis.h"
#include "tests/unit/support/patience.h"
#include "tests/unit/support/unit.h"

#define OTHER 3		/* number of the other node */

static struct push push;
static struct fake_redis fake;
static struct fake_peer *asked;		/* where commands arrive */
static int fillers, pings, flush_asked, status_asked, people_asked, online_said, changed;

/* ---- what the files under test call of others */

void nodes_init(struct push *p) { (void)p; }
void nodes_release(struct push *p) { (void)p; }
void nodes_stop(struct push *p) { (void)p; }
void nodes_say_sync(struct push *p) { (void)p; }

const char *
nodes_name(const struct push *p, uint32_t node)
{
	(void)p;
	return node == OTHER ? "other" : NULL;
}

void
presence_keep_chosen(struct push *p, const struct account *a)
{
	(void)p, (void)a;
}

void
watch_person_changed(struct push *p, struct person *x)
{
	(void)p, (void)x;
	changed++;
	loop_stop();
}

/* ---- a Redis that answers nothing until it is told to */

static bool answers;
static int unanswered;

static void
answer(struct fake_peer *peer, const char *words)
{
	if (strncmp(words, "HMGET p:on:other", 16) == 0)
		fake_redis_say(peer, "*1\r\n$8\r\nonline 5\r\n");
	else if (strncmp(words, "HMGET", 5) == 0 || strncmp(words, "ZMSCORE", 7) == 0)
		fake_redis_say(peer, "*1\r\n$-1\r\n");
	else
		fake_redis_say(peer, ":1\r\n");
}

static void
take(struct fake_peer *peer, const char *words)
{
	asked = peer;
	flush_asked += strcmp(words, "HMGET p:status:flush 7") == 0;
	status_asked += strcmp(words, "HMGET p:status 7") == 0;
	people_asked += strcmp(words, "HMGET p:on:other 9") == 0;
	online_said += strncmp(words, "HSET p:on:me 7 online", 21) == 0;
	pings += strcmp(words, "PING") == 0;
	if (answers)
		answer(peer, words);
	else
		unanswered++;
	if (pings == 0 || pings >= fillers)
		loop_stop();
}

static void
go_on(void)
{
	answers = true;
	/* All that wait are PINGs, of which no answer is looked at. */
	ck_assert_int_eq(unanswered, pings);
	for (; unanswered > 0; unanswered--)
		fake_redis_say(asked, ":1\r\n");
}

static void
on_filler(void *ctx, const struct redis_value *v)
{
	(void)ctx, (void)v;
	fillers--;
}

/* Leaves room for n commands with an answer. */
static void
fill(uint32_t n)
{
	while (redis_sub_has_room(push.bus, n + 1)) {
		redis_sub_ask(push.bus, (const struct str[]){ STR("PING") }, 1, on_filler, NULL);
		fillers++;
	}
}

/* ---- the loop */

static void
on_soon(void *ctx)
{
	(void)ctx;
	loop_stop();
}

/* Longer than it waits before it tries again. */
static void
wait_for_tries(void)
{
	struct loop_timer t = { .fire = on_soon };

	for (int i = 0; i < 3; i++) {
		loop_timer_once(&t, PRESENCE_BUSY_MS);
		while (loop_timer_is_active(&t))
			run_loop("a timer");
	}
}

static void
on_asks(void *ctx)
{
	(void)ctx;
	loop_stop();
}

static void
nothing(void *ctx)
{
	(void)ctx;
}

static void
on_turn_end(void *ctx)
{
	(void)ctx;
	redis_sub_flush(push.bus);
}

static void
begin(void)
{
	static const struct redis_sub_hooks hooks = { .ready = nothing,
		.lost = nothing,
		.asks = on_asks };

	ck_assert(loop_init());
	fake.command = take;
	push.bus = redis_sub_new(fake_redis_start(&fake), &hooks);
	loop_at_turn_end(on_turn_end, NULL);
	run_loop("a connection");
	memcpy(push.node, "me", 3);
	slab_init(&push.accounts, sizeof(struct account));
	slab_init(&push.conns, sizeof(struct conn));
	idmap_init(&push.account_ids, &push.accounts);
	presence_init(&push);
	push.watch = heap_alloc(sizeof(*push.watch));
	slab_init(&push.watch->persons, sizeof(struct person));
	idmap_init(&push.watch->person_ids, &push.watch->persons);
	watch_read_init(&push);
}

static void
end(void)
{
	redis_sub_free(push.bus);
	push.bus = NULL;
	presence_release(&push);
	loop_timer_stop(&push.watch->busy_timer);
	list_release(&push.watch->unread);
	idmap_release(&push.watch->person_ids);
	slab_release(&push.watch->persons);
	heap_free(push.watch);
	idmap_release(&push.account_ids);
	slab_release(&push.conns);
	slab_release(&push.accounts);
	fake_redis_stop(&fake);
	loop_release();
}

/* ---- tests */

/* Somebody of id 7 with one live connection. */
static uint32_t
somebody_live(void)
{
	uint32_t i = slab_take(&push.accounts), k = slab_take(&push.conns);
	struct account *a = slab_at(&push.accounts, i);
	struct conn *c = slab_at(&push.conns, k);

	a->id = 7;
	a->first = k;
	a->n_conns = 1;
	a->chosen = PRESENCE_ONLINE;
	c->state = CONN_LIVE;
	c->next = c->prev = SLAB_NONE;
	idmap_put(&push.account_ids, a->id, i);
	return i;
}

START_TEST(half_a_question_is_not_put)
{
	begin();
	fill(1);
	presence_look(&push, somebody_live());
	wait_for_tries();
	while (pings < fillers)
		run_loop("all that waited");
	ck_assert_int_eq(flush_asked, 0);
	ck_assert_int_eq(status_asked, 0);
	go_on();
	while (online_said == 0)
		run_loop("what is said when both were answered");
	ck_assert_int_eq(flush_asked, 1);
	ck_assert_int_eq(status_asked, 1);
	ck_assert_int_eq(fillers, 0);
	end();
}
END_TEST

static struct person *
watched(void)
{
	uint32_t i = slab_take(&push.watch->persons);
	struct person *x = slab_at(&push.watch->persons, i);

	x->id = 9;
	x->first = SLAB_NONE;
	idmap_put(&push.watch->person_ids, x->id, i);
	return x;
}

START_TEST(who_cannot_be_asked_about_is_not_taken_for_absent)
{
	struct person *x;

	begin();
	x = watched();
	x->asks = 1;
	list_add(&push.watch->unread, 0);
	fill(2);
	watch_read_new(&push);
	wait_for_tries();
	ck_assert_int_eq(changed, 0);
	ck_assert_uint_eq(x->asks, 1);
	while (pings < fillers)
		run_loop("all that waited");
	go_on();
	while (changed == 0)
		run_loop("an answer about all nodes");
	ck_assert_uint_eq(x->on[PRESENCE_ONLINE], (uint64_t)1 << OTHER);
	ck_assert_uint_eq(x->asks, 0);
	end();
}
END_TEST

START_TEST(a_node_that_cannot_be_asked_is_asked_later)
{
	struct person *x;

	begin();
	x = watched();
	x->on[PRESENCE_IDLE] = (uint64_t)1 << OTHER;
	fill(0);
	watch_read_node(&push, OTHER);
	wait_for_tries();
	ck_assert_int_eq(changed, 0);
	while (pings < fillers)
		run_loop("all that waited");
	ck_assert_int_eq(people_asked, 0);
	go_on();
	while (changed == 0)
		run_loop("an answer");
	ck_assert_uint_eq(x->on[PRESENCE_ONLINE], (uint64_t)1 << OTHER);
	ck_assert_uint_eq(x->on[PRESENCE_IDLE], 0);
	end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { half_a_question_is_not_put,
		who_cannot_be_asked_about_is_not_taken_for_absent,
		a_node_that_cannot_be_asked_is_asked_later, NULL };

	return unit_run("presence", tests);
}
