/* What either end of a hand-over hears and does next, printed and compared. */
#include "base/buf.h"
#include "push/handover_step.h"
#include "tests/unit/support/unit.h"

static const char *const kinds[] = { [CTL_HELLO] = "HELLO", [CTL_NO] = "NO",
	[CTL_STREAMS] = "STREAMS", [CTL_GO] = "GO", [CTL_STATE] = "STATE", [CTL_FDS] = "FDS",
	[CTL_READY] = "READY", [CTL_COMMIT] = "COMMIT", [CTL_ABORT] = "ABORT" };

START_TEST(the_end_that_has_the_clients_follows_its_table)
{
	struct buf out;

	buf_init(&out, 4096);
	for (int from = 0; from < GIVER__MAX; from++) {
		buf_printf(&out, "%s:", giver_word((enum giver)from));
		for (int kind = CTL_HELLO; kind <= CTL_ABORT; kind++)
			if (giver_hears((enum giver)from, (uint32_t)kind))
				buf_printf(&out, " %s", kinds[kind]);
		for (int to = 0; to < GIVER__MAX; to++)
			if (giver_may_follow((enum giver)from, (enum giver)to))
				buf_printf(&out, " %s", giver_word((enum giver)to));
		buf_add_char(&out, '\n');
	}
	ck_str_is(buf_str(&out),
	    "alone: connected\n"
	    "connected: HELLO alone refused greeted\n"
	    "refused: alone\n"
	    "greeted: GO alone quiet\n"
	    "quiet: alone sending\n"
	    "sending: READY alone gone\n"
	    "gone: alone\n");
	buf_release(&out);
}
END_TEST

START_TEST(the_end_that_takes_over_follows_its_table)
{
	struct buf out;

	buf_init(&out, 4096);
	for (int from = 0; from < TAKER__MAX; from++) {
		buf_printf(&out, "%s:", taker_word((enum taker)from));
		for (int kind = CTL_HELLO; kind <= CTL_ABORT; kind++)
			if (taker_hears((enum taker)from, (uint32_t)kind))
				buf_printf(&out, " %s", kinds[kind]);
		for (int to = 0; to < TAKER__MAX; to++)
			if (taker_may_follow((enum taker)from, (enum taker)to))
				buf_printf(&out, " %s", taker_word((enum taker)to));
		buf_add_char(&out, '\n');
	}
	ck_str_is(buf_str(&out),
	    "links: hello\n"
	    "hello: NO STREAMS streams done\n"
	    "streams: state\n"
	    "state: STATE FDS commit\n"
	    "commit: COMMIT done\n"
	    "done:\n");
	buf_release(&out);
}
END_TEST

START_TEST(no_other_number_is_a_message)
{
	static const uint32_t others[] = { 0, CTL_ABORT + 1, 31, 32, 33, 34, UINT32_MAX };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		for (int k = 0; k < GIVER__MAX; k++)
			ck_assert(!giver_hears((enum giver)k, others[i]));
		for (int k = 0; k < TAKER__MAX; k++)
			ck_assert(!taker_hears((enum taker)k, others[i]));
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { the_end_that_has_the_clients_follows_its_table,
		the_end_that_takes_over_follows_its_table, no_other_number_is_a_message, NULL };

	return unit_run("handover_step", tests);
}
