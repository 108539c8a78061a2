/* The loop, pg_async and redis_sub while system calls fail; run by links.sh, which names the
 * servers. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link/loop.h"
#include "link/pg_async.h"
#include "link/redis_sub.h"
#include "tests/faultio/faultio.h"
#include "tests/unit/support/patience.h"
#include "tests/unit/support/unit.h"

#define PAUSE_MAX_MS 2000	/* of pg_async and redis_sub */
#define PAUSE_PARTS 10
#define SEEDS 5
#define RATE 200

/* Pauses before the next try pass ten times as fast; what is a safeguard keeps its time. */
void __real_loop_timer_once(struct loop_timer *t, int64_t ms);
void __wrap_loop_timer_once(struct loop_timer *t, int64_t ms);

void
__wrap_loop_timer_once(struct loop_timer *t, int64_t ms)
{
	__real_loop_timer_once(t, ms <= PAUSE_MAX_MS ? ms / PAUSE_PARTS : ms);
}

/* ---- the loop: bytes through socket pairs */

#define PAIRS 8
#define BYTES 20000

struct end {
	struct loop_io io;
	size_t done;		/* bytes written or read */
	bool writes;
};

static struct end ends[2 * PAIRS];
static int unfinished;

static char
byte_at(size_t i)
{
	return (char)(i * 7 + i / 251);
}

static void
end_over(struct end *e)
{
	loop_io_stop(&e->io);
	close(loop_io_fd(&e->io));
	if (--unfinished == 0)
		loop_stop();
}

static void
on_end(void *ctx, int events)
{
	struct end *e = ctx;
	char part[512];
	size_t n = BYTES - e->done < sizeof(part) ? BYTES - e->done : sizeof(part);
	ssize_t got;

	(void)events;
	for (size_t i = 0; i < n; i++)
		part[i] = byte_at(e->done + i);
	if (e->writes) {
		got = write(loop_io_fd(&e->io), part, n);
	} else {
		char read_part[sizeof(part)];

		got = read(loop_io_fd(&e->io), read_part, n);
		ck_assert(got <= 0 || memcmp(read_part, part, (size_t)got) == 0);
	}
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got > 0)
		e->done += (size_t)got;
	if (got <= 0 || e->done == BYTES)
		end_over(e);	/* reset, or all of it */
}

START_TEST(the_loop_moves_bytes_whatever_happens)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		ck_assert(loop_init());
		for (int i = 0; i < PAIRS; i++) {
			int fds[2];

			ck_assert_int_eq(
			    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
			for (int k = 0; k < 2; k++) {
				struct end *e = &ends[2 * i + k];

				*e = (struct end){ .writes = k == 0 };
				loop_io_start(
				    &e->io, fds[k], k == 0 ? LOOP_WRITE : LOOP_READ, on_end, e);
			}
		}
		unfinished = 2 * PAIRS;
		faultio_start(seed, RATE);
		run_loop("all bytes, or a reset");
		faultio_stop();
		ck_assert_uint_gt(faultio_count(FAULTIO_READ), 0);
		ck_assert_uint_gt(faultio_count(FAULTIO_WAIT), 0);
		loop_release();
	}
}
END_TEST

/* libev tells of a refusal in the turn after the one it happened in; a daemon has turns all the
 * time. */
static struct loop_timer tick;

static void
on_tick(void *ctx)
{
	(void)ctx;
	loop_stop();
}

static void
tick_start(void)
{
	tick.fire = on_tick;
	loop_timer_every(&tick, 20);
}

static int told;

static void
on_told(void *ctx, int events)
{
	char c;

	(void)events;
	told = (int)read(loop_io_fd(ctx), &c, 1);
	loop_io_stop(ctx);
	loop_stop();
}

START_TEST(a_connection_that_cannot_be_watched_ends)
{
	struct loop_io io = { 0 };
	int fds[2];

	ck_assert(loop_init());
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	told = -1;
	loop_io_start(&io, fds[0], LOOP_READ, on_told, &io);
	tick_start();
	faultio_next(FAULTIO_WATCH, ENOSPC);
	while (told < 0)
		run_loop("the end of the connection");
	ck_assert_int_eq(told, 0);
	loop_timer_stop(&tick);
	close(fds[0]);
	close(fds[1]);
	loop_release();
}
END_TEST

static int accepted;

static void
on_listening(void *ctx, int events)
{
	int fd = accept4(loop_io_fd(ctx), NULL, NULL, SOCK_NONBLOCK);

	(void)events;
	if (fd < 0)
		return;
	close(fd);
	accepted++;
	loop_stop();
}

START_TEST(a_listening_socket_is_watched_in_the_end)
{
	struct sockaddr addr = { .sa_family = AF_UNIX };
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);
	struct loop_io io = { 0 };
	int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), client;

	ck_assert(loop_init());
	ck_assert_int_eq(
	    bind(listening, &addr, sizeof(sa_family_t)), 0); /* an abstract name of its own */
	ck_assert_int_eq(listen(listening, 1), 0);
	ck_assert_int_eq(getsockname(listening, (struct sockaddr *)&name, &len), 0);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	loop_io_start(&io, listening, LOOP_READ, on_listening, &io);
	tick_start();
	faultio_next(FAULTIO_WATCH, ENOMEM);
	for (int i = 0; i < 3; i++)
		run_loop("turns");
	ck_assert_uint_eq(faultio_count(FAULTIO_WATCH), 1);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&name, len), 0);
	while (accepted == 0)
		run_loop("a connection");
	loop_io_stop(&io);
	loop_timer_stop(&tick);
	close(client);
	close(listening);
	loop_release();
}
END_TEST

/* ---- Postgres */

#define ASKS 300
#define OPEN 4

static struct pg_pool *pool;
static int answers, good;

static void
on_state(void *ctx, bool up)
{
	(void)ctx;
	if (up)
		loop_stop();
}

static void
on_answer(void *ctx, enum err e, const struct pg_rows *rows)
{
	int *answered = ctx;
	int64_t stream;

	ck_assert_int_eq((*answered)++, 0);
	ck_assert((rows == NULL) == (e != ERR_OK));
	if (e == ERR_OK) {
		ck_assert_int_eq(rows->n, 1);
		ck_assert(pg_get_int(rows, 0, 0, &stream));
		good++;
	} else {
		ck_err(e, ERR_UNAVAILABLE);
	}
	answers++;
	loop_stop();
}

static void
ask(int *answered)
{
	struct pg_asker asker = { on_answer, answered };

	*answered = 0;
	while (pg_pool_ask(pool, STMT_FEED_EPOCH, PG_NONE, asker) != ERR_OK)
		run_loop("a connection");
}

START_TEST(every_question_is_answered_once)
{
	static int answered[ASKS];

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		answers = good = 0;
		ck_assert(loop_init());
		faultio_start(seed, RATE);
		pool = pg_pool_new(getenv("MOOT_TEST_PUSH"), "test", 2, on_state, NULL);
		for (int i = 0; i < ASKS; i++) {
			while (i - answers >= OPEN)
				run_loop("an answer");
			ask(&answered[i]);
		}
		while (answers < ASKS)
			run_loop("an answer");
		ck_assert_int_gt(good, ASKS / 2);
		faultio_stop();
		good = 0;
		for (int i = 0; good == 0 && i < 4; i++) {	/* the links may still be broken */
			ask(&answered[0]);
			while (answered[0] == 0)
				run_loop("an answer");
		}
		ck_assert_int_eq(good, 1);
		pg_pool_free(pool);
		loop_release();
	}
}
END_TEST

/* ---- Redis */

#define MESSAGES 400

static struct redis_sub *bus;
static struct loop_timer again;
static int arrived, losses;

static void
payload(int i, char out[400])
{
	snprintf(out, 400, "%d:%0*d", i, 20 + i % 300, i);
}

static void
publish(void *ctx)
{
	char text[400];

	(void)ctx;
	payload(arrived, text);
	redis_sub_publish(bus, STR("topic"), str_of(text));
}

static void
on_bus_ready(void *ctx)
{
	(void)ctx;
	redis_sub_subscribe(bus, STR("topic"));
}

static void
on_lost(void *ctx)
{
	(void)ctx;
	losses++;
}

static void
on_subscribed(void *ctx, struct str topic)
{
	ck_str_is(topic, "topic");
	publish(ctx);
}

/* Each is published until it came: again and again when a connection was lost on the way. */
static void
on_message(void *ctx, struct str topic, struct str text)
{
	int i = (int)strtol(arena_strndup(unit_arena(), text.p, text.len), NULL, 10);
	char want[400];

	ck_str_is(topic, "topic");
	payload(i, want);
	ck_assert(str_eq(text, str_of(want)));
	ck_assert_int_le(i, arrived);
	if (i < arrived)
		return;
	if (++arrived == MESSAGES)
		loop_stop();
	else
		publish(ctx);
}

static void
on_turn_end(void *ctx)
{
	(void)ctx;
	redis_sub_flush(bus);
}

START_TEST(what_the_bus_brings_is_whole)
{
	const struct redis_sub_hooks hooks = { .ready = on_bus_ready, .lost = on_lost,
		.subscribed = on_subscribed, .message = on_message };

	losses = 0;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		arrived = 0;
		ck_assert(loop_init());
		faultio_start(seed, RATE);
		bus = redis_sub_new(getenv("MOOT_TEST_REDIS"), &hooks);
		loop_at_turn_end(on_turn_end, NULL);
		again.fire = publish;
		loop_timer_every(&again, 50);
		run_loop("all messages");
		faultio_stop();
		loop_timer_stop(&again);
		redis_sub_free(bus);
		loop_release();
	}
	ck_assert_int_gt(losses, 0);
}
END_TEST

/* Without memory for its topics a command must not be sent in part: what follows would be taken for
 * the rest of it. */
START_TEST(subscriptions_survive_a_lack_of_memory)
{
	const struct redis_sub_hooks hooks = { .ready = on_bus_ready, .lost = on_lost,
		.subscribed = on_subscribed, .message = on_message };

	ck_assert(loop_init());
	arrived = 0;
	bus = redis_sub_new(getenv("MOOT_TEST_REDIS"), &hooks);
	loop_at_turn_end(on_turn_end, NULL);
	again.fire = publish;
	loop_timer_every(&again, 50);
	faultio_next(FAULTIO_MEMORY, ENOMEM);
	run_loop("all messages");
	ck_assert_uint_gt(faultio_count(FAULTIO_MEMORY), 0);
	loop_timer_stop(&again);
	redis_sub_free(bus);
	loop_release();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { the_loop_moves_bytes_whatever_happens,
		a_connection_that_cannot_be_watched_ends, a_listening_socket_is_watched_in_the_end,
		every_question_is_answered_once, what_the_bus_brings_is_whole,
		subscriptions_survive_a_lack_of_memory, NULL };

	signal(SIGPIPE, SIG_IGN);
	return unit_run("links", tests);
}
