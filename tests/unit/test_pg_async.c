/* The daemon's door to Postgres against a real one; run by tests/db/async.sh, which names it. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "link/loop.h"
#include "link/pg.h"
#include "link/pg_async.h"
#include "tests/unit/support/patience.h"
#include "tests/unit/support/unit.h"

#define LONG 60001		/* bytes of an argument that libpq sends in several pieces */

static struct pg_pool *pool;
static int ups, downs, answers;
static enum err last;
static bool asking;	/* inside pg_pool_ask() */
static int64_t value;

static void
on_soon(void *ctx)
{
	(void)ctx;
	loop_stop();
}

static void
on_state(void *ctx, bool up)
{
	(void)ctx;
	ups += up;
	downs += !up;
	loop_stop();
}

static void
on_answer(void *ctx, enum err e, const struct pg_rows *rows)
{
	(void)ctx;
	ck_assert(!asking);
	answers++;
	last = e;
	value = -1;
	ck_assert((rows == NULL) == (e != ERR_OK));
	if (rows != NULL)
		pg_get_int(rows, 0, 0, &value);
	loop_stop();
}

static void
pool_begin(int size)
{
	ck_assert(loop_init());
	pool = pg_pool_new(getenv("MOOT_TEST_PUSH"), "test", size, on_state, NULL);
	run_loop("a connection");
	ck_assert_int_eq(ups, 1);
}

static void
pool_end(void)
{
	pg_pool_free(pool);
	loop_release();
}

static enum err
ask_this(enum stmt stmt, struct pg_args args)
{
	struct pg_asker asker = { on_answer, NULL };
	int before = answers;

	asking = true;
	ck_err(pg_pool_ask(pool, stmt, args, asker), ERR_OK);
	asking = false;
	while (answers == before)
		run_loop("an answer");
	ck_assert_int_eq(answers, before + 1);
	return last;
}

static enum err
ask(void)
{
	return ask_this(STMT_FEED_EPOCH, PG_NONE);
}

/* feed_epoch() is from now on a function of that type and body. */
static void
replace(const char *type, const char *body)
{
	struct pg_options o = { .conninfo = getenv("MOOT_TEST_OWNER"), .application = "test" };
	struct pg *pg = pg_new(&o);
	const char *sql = arena_printf(unit_arena(), "DROP FUNCTION feed_epoch(); "
	    "CREATE FUNCTION feed_epoch() RETURNS %s LANGUAGE plpgsql AS $$BEGIN %s; END$$; "
	    "GRANT EXECUTE ON FUNCTION feed_epoch() TO moot_push", type, body);

	ck_err(pg_script(pg, sql), ERR_OK);
	pg_free(pg);
}

START_TEST(answers_again_after_a_function_changed_its_result)
{
	replace("bigint", "RETURN 5");
	pool_begin(1);
	ck_err(ask(), ERR_OK);
	for (int i = 6; i < 9; i++) {
		replace(i % 2 == 0 ? "int" : "bigint", arena_printf(unit_arena(), "RETURN %d", i));
		ck_err(ask(), ERR_OK);
		ck_assert_int_eq(value, i);
		ck_err(ask(), ERR_OK);
	}
	ck_assert_int_eq(downs, 0);
	pool_end();
}
END_TEST

START_TEST(goes_on_unnamed_when_its_statements_are_lost)
{
	replace("bigint", "EXECUTE 'DEALLOCATE ALL'; RETURN 3");
	pool_begin(1);
	for (int i = 0; i < 4; i++) {
		ck_err(ask(), ERR_OK);
		ck_assert_int_eq(value, 3);
	}
	ck_assert_int_eq(downs, 0);
	pool_end();
}
END_TEST

/* What a SQLSTATE is called in the daemon must be what it is called in the request handlers. */
START_TEST(names_errors_as_the_other_door_does)
{
	static const char *const states[] = { "40001", "40P01", "25006", "25P03", "55P03", "53300",
		"57014", "22021", "23505", "42501", "0A000", "UE404", NULL };
	struct pg_options o = { .conninfo = getenv("MOOT_TEST_PUSH"), .application = "test" };
	struct pg *pg = pg_new(&o);

	pool_begin(1);
	for (int i = 0; states[i] != NULL; i++) {
		struct pg_rows rows;
		enum err e;

		replace("bigint", arena_printf(unit_arena(), "RAISE EXCEPTION SQLSTATE '%s' "
		    "USING MESSAGE = 'not_found'", states[i]));
		e = pg_run(pg, unit_arena(), STMT_FEED_EPOCH, PG_NONE, &rows);
		ck_assert_int_ne(e, ERR_OK);
		ck_assert_msg(ask() == e, "%s: %s and %s", states[i], err_info(last)->name,
		    err_info(e)->name);
	}
	ck_assert_int_eq(last, ERR_NOT_FOUND);
	pg_free(pg);
	pool_end();
}
END_TEST

START_TEST(answers_everything_when_its_connections_are_cut)
{
	struct pg_options o = { .conninfo = getenv("MOOT_TEST_ADMIN"), .application = "test" };
	struct pg_asker asker = { on_answer, NULL };
	struct pg *pg = pg_new(&o);

	replace("bigint", "PERFORM pg_sleep(30); RETURN 1");
	pool_begin(2);
	for (int i = 0; i < 5; i++)
		ck_err(pg_pool_ask(pool, STMT_FEED_EPOCH, PG_NONE, asker), ERR_OK);
	/* Both work on one when they are cut. */
	while (answers < 5) {
		ck_err(pg_script(pg, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
		    "WHERE usename = 'moot_push' AND state = 'active'"), ERR_OK);
		struct loop_timer soon = { .fire = on_soon };
		loop_timer_once(&soon, 20);
		run_loop("answers");
		loop_timer_stop(&soon);
	}
	ck_assert_int_eq(last, ERR_UNAVAILABLE);
	replace("bigint", "RETURN 9");
	while (!pg_pool_is_up(pool))
		run_loop("a connection");
	ck_err(ask(), ERR_OK);
	ck_assert_int_eq(value, 9);
	pg_free(pg);
	pool_end();
}
END_TEST

/* Nothing that is sent on them arrives, and the loop has not noticed yet. */
static void
shut_connections(void)
{
	int shut = 0;

	for (int fd = 3; fd < 64; fd++) {
		struct sockaddr_storage peer;
		socklen_t n = sizeof(peer);

		if (getpeername(fd, (struct sockaddr *)&peer, &n) == 0)
			shut += shutdown(fd, SHUT_RDWR) == 0;
	}
	ck_assert_int_eq(shut, 1);
}

/* The first piece says that it was sent, the second that the connection is gone. */
START_TEST(answers_from_the_loop_even_when_a_question_cannot_be_sent)
{
	char *streams = arena_alloc(unit_arena(), LONG + 1);

	memset(streams, '1', LONG);
	for (int i = 2; i < LONG - 1; i += 2)
		streams[i] = ',';
	streams[0] = '{';
	streams[LONG - 1] = '}';
	streams[LONG] = '\0';
	pool_begin(1);
	ck_err(ask_this(STMT_FEED_HEADS, PG_ARGS(streams)), ERR_OK);
	shut_connections();
	ck_err(ask_this(STMT_FEED_HEADS, PG_ARGS(streams)), ERR_UNAVAILABLE);
	while (!pg_pool_is_up(pool))
		run_loop("a connection");
	ck_err(ask_this(STMT_FEED_HEADS, PG_ARGS(streams)), ERR_OK);
	pool_end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { answers_again_after_a_function_changed_its_result,
		goes_on_unnamed_when_its_statements_are_lost, names_errors_as_the_other_door_does,
		answers_everything_when_its_connections_are_cut,
		answers_from_the_loop_even_when_a_question_cannot_be_sent, NULL };

	return unit_run("pg_async", tests);
}
