#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "link/child.h"
#include "tests/unit/support/unit.h"

#define LONG_MS 60000	/* a safeguard */

static struct child_end
shell(const char *script, struct str in, size_t out_max, int64_t ms)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	struct child_end end;

	ck_err(child_run(unit_arena(), argv, in, out_max, clock_mono_ms() + ms, &end), ERR_OK);
	return end;
}

static struct str
much(size_t n)
{
	char *p = arena_alloc(unit_arena(), n);

	memset(p, 'x', n);
	return (struct str){ p, n };
}

START_TEST(what_goes_in_comes_out)
{
	struct str in = much(1 << 20);
	struct child_end end = shell("exec cat", in, 1 << 20, LONG_MS);

	ck_assert_int_eq(end.status, 0);
	ck_assert(!end.late);
	ck_assert(str_eq(end.out, in));
}
END_TEST

START_TEST(it_says_how_it_ended)
{
	struct child_end end = shell("printf no; exit 3", STR(""), 100, LONG_MS);

	ck_assert_int_eq(end.status, 3);
	ck_str_is(end.out, "no");
	end = shell("kill -SEGV $$", STR(""), 100, LONG_MS);
	ck_assert_int_eq(end.status, -1);
	ck_assert_int_eq(end.signal, SIGSEGV);
	ck_assert(!end.late);
}
END_TEST

START_TEST(it_says_so_to_who_ignores_it_as_well)
{
	struct sigaction now;

	signal(SIGCHLD, SIG_IGN);
	ck_assert_int_eq(shell("exit 3", STR(""), 100, LONG_MS).status, 3);
	sigaction(SIGCHLD, NULL, &now);
	ck_assert(now.sa_handler == SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
}
END_TEST

START_TEST(it_need_not_read_all)
{
	struct child_end end = shell("exec 0<&-; exit 4", much(1 << 20), 100, LONG_MS);

	ck_assert_int_eq(end.status, 4);
}
END_TEST

START_TEST(it_is_killed_when_its_time_is_up)
{
	struct child_end end = shell("exec sleep 1000", STR(""), 100, 50);

	ck_assert(end.late);
	ck_assert_int_eq(end.signal, SIGKILL);
	end = shell("exec 1>&-; exec sleep 1000", STR(""), 100, 50);
	ck_assert_int_eq(end.signal, SIGKILL);
}
END_TEST

START_TEST(it_may_not_write_more_than_asked)
{
	struct child_end end = shell("exec cat", much(1 << 20), 1000, LONG_MS);

	ck_assert(end.late);
	ck_assert_int_eq(end.signal, SIGKILL);
}
END_TEST

START_TEST(it_has_nothing_of_ours)
{
	struct child_end end;

	setenv("SECRET_OF_OURS", "x", 1);
	int fd = open("/dev/null", O_RDONLY);	/* not closed by itself */
	ck_assert_int_eq(dup2(fd, 200), 200);
	signal(SIGTERM, SIG_IGN);
	end = shell("/usr/bin/env", STR(""), 4096, LONG_MS);
	ck_assert_ptr_null(strstr(arena_strndup(unit_arena(), end.out.p, end.out.len), "SECRET"));
	end = shell("test ! -e /proc/self/fd/200", STR(""), 100, LONG_MS);
	ck_assert_int_eq(end.status, 0);
	end = shell("kill -TERM $$", STR(""), 100, LONG_MS);
	ck_assert_int_eq(end.signal, SIGTERM);
}
END_TEST

START_TEST(what_is_not_there_is_no_program)
{
	const char *argv[] = { "/nowhere/program", NULL };
	struct child_end end;

	ck_err(child_run(unit_arena(), argv, STR(""), 1, clock_mono_ms() + LONG_MS, &end),
	    ERR_UNAVAILABLE);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { what_goes_in_comes_out, it_says_how_it_ended,
		it_says_so_to_who_ignores_it_as_well, it_need_not_read_all,
		it_is_killed_when_its_time_is_up,
		it_may_not_write_more_than_asked, it_has_nothing_of_ours,
		what_is_not_there_is_no_program, NULL };

	return unit_run("child", tests);
}
