#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "tests/unit/support/unit.h"
#include "wire/json.h"

static char output[65536];
static int saved_stderr;

static void
capture(void)
{
	int fd = open(unit_path("log"), O_RDWR | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	saved_stderr = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

/* What was written since capture(), without the last line end. */
static struct str
captured(void)
{
	ssize_t n = pread(STDERR_FILENO, output, sizeof(output) - 1, 0);

	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(output[n - 1], '\n');
	output[n - 1] = '\0';
	return (struct str){ output, (size_t)n - 1 };
}

static struct json *
line_as_json(struct str line)
{
	struct json *j = NULL;
	enum err e = json_parse(unit_arena(), line, &j);

	ck_assert_msg(e == ERR_OK, "not JSON: %.*s", STR_FMT(line));
	return j;
}

static struct str
member(const struct json *j, const char *key)
{
	struct str s = STR_NULL;

	json_str(json_get(j, key), &s);
	return s;
}

START_TEST(a_line_is_one_object)
{
	int64_t ms = 0;
	bool ok = false;
	struct json *j;

	clock_set(INT64_C(1795308312345), 0);
	log_init("moot-test", LVL_INFO, true);
	log_request_id(STR("0123456789abcdef"));
	capture();
	log_info("request", lf_str("route", "GET /me"), lf_int("ms", -3), lf_bool("ok", true),
	    lf_str("absent", NULL));
	j = line_as_json(captured());
	ck_str_is(member(j, "t"), "2026-11-22T00:45:12.345Z");
	ck_str_is(member(j, "lvl"), "info");
	ck_str_is(member(j, "svc"), "moot-test");
	ck_str_is(member(j, "msg"), "request");
	ck_str_is(member(j, "rid"), "0123456789abcdef");
	ck_str_is(member(j, "route"), "GET /me");
	ck_assert(json_int(json_get(j, "ms"), &ms) && ms == -3);
	ck_assert(json_int(json_get(j, "pid"), &ms) && ms == getpid());
	ck_assert(json_bool(json_get(j, "ok"), &ok) && ok);
	ck_assert_int_eq(json_type(json_get(j, "absent")), JSON_NULL);
	ck_assert_uint_eq(json_len(j), 10);
}
END_TEST

#define HOSTILE "a\r\n\"b\\\x1b[31m\x7f\xc2\x9b\xff\xe2\x82\xc0\x80\xc3\xa9\0z"

START_TEST(hostile_values_are_escaped)
{
	struct str line;

	for (int as_json = 0; as_json < 2; as_json++) {
		log_init("moot-test", LVL_INFO, as_json == 1);
		log_request_id(guard_copy(STR("r\n\"\x1b")));
		capture();
		log_warn("m\n\x1b", lf_strn("ua", guard_copy(STR(HOSTILE))));
		line = captured();
		for (size_t i = 0; i < line.len; i++)
			ck_assert_msg(
			    (unsigned char)line.p[i] >= 0x20 && line.p[i] != 0x7f, "byte %zu", i);
		ck_assert_ptr_nonnull(strstr(line.p,
		    "a\\u000d\\u000a\\\"b\\\\\\u001b[31m\\u007f\\u009b"
		    "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\xc3\xa9"));
		if (as_json == 0)
			continue;
		/* the strict reader refuses the NUL's escape and nothing else */
		*strstr(output, "\\u0000") = 'x';
		*strstr(output, "xu0000") = ' ';
		line_as_json(line);
	}
}
END_TEST

START_TEST(long_lines_are_cut)
{
	char *big = arena_alloc(unit_arena(), 100001);
	struct str line;

	memset(big, '\x01', 100000);
	for (int as_json = 0; as_json < 2; as_json++) {
		log_init("moot-test", LVL_INFO, as_json == 1);
		log_request_id(STR_NULL);
		capture();
		log_error(big, lf_str("a", big), lf_str("b", big), lf_str("c", big),
		    lf_str("d", big), lf_str("e", big), lf_int("last", 1));
		line = captured();
		ck_assert_uint_lt(line.len, 4096);
		ck_assert_uint_gt(line.len, 3000);
		if (as_json == 1)
			line_as_json(line);
	}
	memset(big, 'x', 100000);
	for (size_t n = 900; n < 1100; n++) {	/* every place the end of a line can fall on */
		capture();
		log_error("m", lf_strn("a", (struct str){ big, 1000 }),
		    lf_strn("b", (struct str){ big, 1000 }), lf_strn("c", (struct str){ big, n }),
		    lf_strn("d", (struct str){ big, n }),
		    lf_str("e", "\xc3\xa9\xc3\xa9\xc3\xa9\"\"\""), lf_int("i", INT64_MIN));
		line = captured();
		ck_assert_uint_lt(line.len, 4096);
		line_as_json(line);
	}
}
END_TEST

START_TEST(levels)
{
	enum log_level lvl = LVL_WARN;

	ck_assert(log_level_parse(STR("debug"), &lvl) && lvl == LVL_DEBUG);
	ck_assert(log_level_parse(STR("error"), &lvl) && lvl == LVL_ERROR);
	ck_assert(!log_level_parse(STR("Error"), &lvl));
	ck_assert(!log_level_parse(STR(""), &lvl) && lvl == LVL_ERROR);
	log_init("moot-test", LVL_WARN, false);
	capture();
	log_info("quiet");
	log_debug("quiet");
	log_warn("loud");
	ck_assert_ptr_null(strstr(captured().p, "quiet"));
	ck_assert_ptr_nonnull(strstr(output, " warn moot-test["));
}
END_TEST

START_TEST(fatal_exits)
{
	int status = 0;
	pid_t pid;

	log_init("moot-test", LVL_INFO, true);
	capture();
	pid = fork();
	if (pid == 0)
		log_fatal(70, "no key", "token.key: No such file");
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 70);
	ck_str_is(member(line_as_json(captured()), "detail"), "token.key: No such file");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_line_is_one_object, hostile_values_are_escaped,
		long_lines_are_cut, levels, fatal_exits, NULL };

	return unit_run("log", tests);
}
