#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/metric.h"
#include "tests/unit/support/unit.h"

static const char *
run_dir(void)
{
	char *path = arena_strdup(unit_arena(), unit_path("x"));

	*strrchr(path, '/') = '\0';
	return path;
}

static off_t
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : -1;
}

START_TEST(private_without_a_directory)
{
	metric_init(NULL);
	metric_add(METRIC_messages_created, 2);
	metric_add(METRIC_messages_created, 3);
	metric_set(METRIC_push_lagging, 9);
	ck_assert_int_eq(metric_get(METRIC_messages_created), 5);
	ck_assert_int_eq(metric_get(METRIC_push_lagging), 9);
	log_init("moot-test", LVL_ERROR, true);
	metric_init("/nonexistent");
	ck_assert_int_eq(metric_get(METRIC_messages_created), 0);
	metric_add(METRIC_messages_created, 1);
	ck_assert_int_eq(metric_get(METRIC_messages_created), 1);
}
END_TEST

START_TEST(processes_share_one_file)
{
	const char *dir = run_dir();
	pid_t pids[4];
	int status;

	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] != 0)
			continue;
		metric_init(dir);
		for (int k = 0; k < 10000; k++)
			metric_add(METRIC_http_requests_2xx, 1);
		_exit(0);
	}
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	metric_init(run_dir());
	ck_assert_int_eq(metric_get(METRIC_http_requests_2xx), 40000);
	metric_init(run_dir());
	ck_assert_int_eq(metric_get(METRIC_http_requests_2xx), 40000);
}
END_TEST

/* Whatever stands in the file's place, counting works afterwards and nothing dies. */
static void
replaced(const char *what)
{
	off_t size;

	metric_init(run_dir());
	for (int i = 0; i < METRIC__MAX; i++)
		metric_add((enum metric)i, 1);
	for (int i = 0; i < METRIC_H__MAX; i++)
		metric_observe((enum metric_histogram)i, INT64_MAX / 2);
	ck_assert_msg(metric_get(METRIC_jobs_done) == 1, "%s", what);
	size = size_of(unit_path("metrics"));
	ck_assert_msg(size > 100, "%s: %ld bytes", what, (long)size);
	metric_init(NULL);
}

START_TEST(foreign_files_are_replaced)
{
	char *big = arena_alloc(unit_arena(), 1 << 20);
	off_t size;

	replaced("none");
	size = size_of(unit_path("metrics"));
	unit_file("metrics", "", 0);
	replaced("empty");
	unit_file("metrics", "short", 5);
	replaced("short");
	ck_assert_int_eq(truncate(unit_path("metrics"), size - 1), 0);
	replaced("cut by one byte");
	unit_file("metrics", big, (size_t)size);
	replaced("right size, foreign content");
	unit_file("metrics", big, 1 << 20);
	replaced("too long");
	unlink(unit_path("metrics"));
	ck_assert_int_eq(mkfifo(unit_path("metrics"), 0600), 0);
	replaced("fifo");
	unlink(unit_path("metrics"));
	ck_assert_int_eq(symlink("/dev/null", unit_path("metrics")), 0);
	replaced("link");
	unit_file("metrics.new", "left over", 9);
	unlink(unit_path("metrics"));
	replaced("left over");
}
END_TEST

START_TEST(who_has_the_old_file_goes_on)
{
	metric_init(run_dir());
	metric_add(METRIC_jobs_done, 1);
	unlink(unit_path("metrics"));
	unit_file("metrics", "other", 5);
	metric_add(METRIC_jobs_done, 1);
	ck_assert_int_eq(metric_get(METRIC_jobs_done), 2);
}
END_TEST

START_TEST(renders_prometheus)
{
	struct buf b;

	metric_init(NULL);
	metric_add(METRIC_jobs_done, 12);
	metric_observe(METRIC_H_http_request_us, 500);
	metric_observe(METRIC_H_http_request_us, 501);
	metric_observe(METRIC_H_http_request_us, 99999999);
	metric_observe(METRIC_H_http_request_us, -1);
	buf_init(&b, 65536);
	metric_render(&b);
	ck_assert(buf_ok(&b));
	ck_assert_ptr_nonnull(strstr(b.p, "# TYPE moot_jobs_done counter\nmoot_jobs_done 12\n"));
	ck_assert_ptr_nonnull(strstr(b.p, "# TYPE moot_push_lagging gauge\n"));
	ck_assert_ptr_nonnull(strstr(b.p, "moot_http_request_us_bucket{le=\"500\"} 2\n"));
	ck_assert_ptr_nonnull(strstr(b.p, "moot_http_request_us_bucket{le=\"1000\"} 3\n"));
	ck_assert_ptr_nonnull(strstr(b.p, "moot_http_request_us_bucket{le=\"+Inf\"} 4\n"));
	ck_assert_ptr_nonnull(strstr(b.p, "moot_http_request_us_sum 100001000\n"));
	ck_assert_ptr_nonnull(strstr(b.p, "moot_http_request_us_count 4\n"));
	ck_assert_int_eq(b.p[b.len - 1], '\n');
	buf_release(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { private_without_a_directory, processes_share_one_file,
		foreign_files_are_replaced, who_has_the_old_file_goes_on, renders_prometheus,
		NULL };

	return unit_run("metric", tests);
}
