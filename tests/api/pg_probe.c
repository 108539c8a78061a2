/*
 * pg_probe CONNINFO - holds lib/link/pg to its header on a live database: what the handlers do not
 * bring about by themselves. One TAP line a promise.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "link/pg.h"

static int count, bad;
static struct arena arena;
static struct pg *pg;

static void
check(bool ok, const char *what)
{
	count++;
	bad += ok ? 0 : 1;
	printf("%s %d - %s\n", ok ? "ok" : "not ok", count, what);
}

static bool
is(struct str s, const char *want)
{
	return str_eq(s, str_of(want));
}

static bool
healthy(void)
{
	struct pg_rows rows;

	return pg_run(pg, &arena, STMT_HEALTH_CHECK, PG_NONE, &rows) == ERR_OK && rows.n == 1;
}

static void
values_come_back(void)
{
	struct str words[] = { STR("a b"), STR("\"\\,{}"), STR("") };
	int64_t ids[] = { 1, INT64_MAX, -7 }, n = 0;
	struct pg_rows rows;
	enum err e = pg_query(pg, &arena,
	    "SELECT $1::text, $2::bigint, $3::boolean, encode($4::bytea, 'hex'), "
	    "array_to_string($5::bigint[], '|'), array_to_string($6::text[], '|'), $7::text",
	    PG_ARGS("x\"\\'", pg_int(&arena, INT64_MIN + 1), pg_bool(true),
		pg_bytea(&arena, "\0\xff", 2), pg_int_array(&arena, ids, 3),
		pg_text_array(&arena, words, 3), NULL),
	    &rows);

	check(e == ERR_OK && rows.n == 1 && rows.cols == 7, "a query of one's own answers");
	check(is(pg_get(&rows, 0, 0), "x\"\\'"), "text comes back as it was");
	check(pg_get_int(&rows, 0, 1, &n) && n == INT64_MIN + 1, "so does an integer");
	check(pg_get_bool(&rows, 0, 2), "a boolean");
	check(is(pg_get(&rows, 0, 3), "00ff"), "bytes");
	check(is(pg_get(&rows, 0, 4), "1|9223372036854775807|-7"), "integers in an array");
	check(is(pg_get(&rows, 0, 5), "a b|\"\\,{}|"), "words in an array");
	check(pg_get(&rows, 0, 6).p == NULL && !pg_get_int(&rows, 0, 6, &n), "NULL is absent");
	check(pg_get(&rows, 1, 0).p == NULL && pg_get(&rows, 0, 7).p == NULL,
	    "what is not there is absent");
}

static void
errors_are_named(void)
{
	struct pg_rows rows;

	check(pg_query(pg, &arena, "SELECT 1/0", PG_NONE, &rows) == ERR_INTERNAL &&
		strcmp(pg_fault(pg)->sqlstate, "22012") == 0,
	    "an unknown error is internal, with its SQLSTATE");
	check(pg_script(pg,
		  "DO $$ BEGIN RAISE EXCEPTION 'gone' USING ERRCODE = 'UE410', DETAIL = 'why'; END "
		  "$$") == ERR_GONE &&
		strcmp(pg_fault(pg)->detail, "why") == 0,
	    "an error of our own class is its word, with its detail");
	check(pg_script(
		  pg, "DO $$ BEGIN RAISE EXCEPTION 'nonsense' USING ERRCODE = 'UE499'; END $$") ==
		ERR_INTERNAL,
	    "a word that is none of ours is internal");
	check(pg_script(pg, "DO $$ BEGIN RAISE serialization_failure; END $$") == ERR_SERIALIZATION,
	    "40001 is to be tried again");
	check(pg_script(pg, "SET statement_timeout = 50; SELECT pg_sleep(5)") == ERR_UNAVAILABLE &&
		strcmp(pg_fault(pg)->sqlstate, "57014") == 0,
	    "a statement that takes too long is unavailable");
	check(pg_script(pg, "SELECT 1; SELECT 2; SELECT nothing_here; SELECT 3") == ERR_INTERNAL,
	    "a script ends at its first error");
	check(pg_script(pg, "RESET statement_timeout") == ERR_OK && healthy(),
	    "and the connection goes on");
}

static void
transactions_end(void)
{
	struct pg_step step = { .stmt = STMT_HEALTH_CHECK, .args = PG_NONE };
	struct pg_step wrong = { .stmt = STMT_SESSION_CHECK, .args = PG_ARGS("1", "1") };
	struct pg_rows rows;

	const char *began;

	check(pg_batch(pg, &arena, PG_BEGIN, &step, 1) == ERR_OK &&
		pg_query(pg, &arena, "SELECT now()", PG_NONE, &rows) == ERR_OK,
	    "a query of one's own joins the transaction");
	began = pg_text(&arena, pg_get(&rows, 0, 0));
	check(pg_batch(pg, &arena, PG_INSIDE, &step, 1) == ERR_OK &&
		pg_query(pg, &arena, "SELECT now() = $1::timestamptz", PG_ARGS(began), &rows) ==
		    ERR_OK &&
		pg_get_bool(&rows, 0, 0) && pg_batch(pg, &arena, PG_COMMIT, &step, 1) == ERR_OK,
	    "begin, inside, commit");
	check(pg_query(pg, &arena, "SELECT now() > $1::timestamptz", PG_ARGS(began), &rows) ==
		    ERR_OK &&
		pg_get_bool(&rows, 0, 0),
	    "no transaction is left open");
	check(pg_batch(pg, &arena, PG_BEGIN, &step, 1) == ERR_OK &&
		pg_batch(pg, &arena, PG_INSIDE, &wrong, 1) == ERR_SESSION_ENDED,
	    "an error inside is told");
	check(pg_batch(pg, &arena, PG_WHOLE, &step, 1) == ERR_OK, "and has rolled back");
	check(pg_batch(pg, &arena, PG_BEGIN, NULL, 0) == ERR_OK, "begin alone");
	pg_rollback(pg);
	struct pg_step both[2] = { wrong, step };
	check(pg_batch(pg, &arena, PG_WHOLE, both, 2) == ERR_SESSION_ENDED,
	    "the first error of a batch is the one told");
	pg_close(pg);
	check(pg_batch(pg, &arena, PG_INSIDE, &step, 1) == ERR_UNAVAILABLE,
	    "inside of nothing is no transaction");
}

static void
statements_may_vanish(void)
{
	check(healthy(), "a statement is prepared");
	check(pg_script(pg, "DEALLOCATE ALL") == ERR_OK && healthy(),
	    "it may vanish, as behind a pooler");
	int before = pg_trips(pg);
	check(healthy() && pg_trips(pg) == before + 1, "and goes unnamed from then on");
}

static void
deadlines_hold(void)
{
	struct pg_rows rows;
	int64_t began = clock_mono_ms();

	pg_deadline(pg, began + 200);
	check(pg_query(pg, &arena, "SELECT pg_sleep(5)", PG_NONE, &rows) == ERR_UNAVAILABLE &&
		clock_mono_ms() - began < 1000 && pg_fault(pg)->sent,
	    "a deadline ends the wait; the outcome is unknown");
	check(!pg_is_up(pg), "and the connection");
	pg_deadline(pg, 0);
	check(healthy(), "the next call makes a new one");
}

int
main(int argc, char **argv)
{
	struct pg_options o = pg_options_handler(argc > 1 ? argv[1] : "", "pg_probe");

	log_init("pg_probe", LVL_ERROR, true);
	arena_init(&arena, 8 << 20);
	pg = pg_new(&o);
	if (pg == NULL)
		return 1;
	values_come_back();
	errors_are_named();
	transactions_end();
	statements_may_vanish();
	deadlines_hold();
	printf("1..%d\n", count);
	pg_free(pg);
	arena_release(&arena);
	return bad == 0 ? 0 : 1;
}
