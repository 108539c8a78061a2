#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "link/redis.h"
#include "link/redis_target.h"
#include "tests/unit/support/unit.h"

START_TEST(takes_its_two_forms)
{
	struct redis_target t;

	ck_assert(redis_target_parse("unix:/run/redis/redis-server.sock", &t));
	ck_assert_str_eq(t.path, "/run/redis/redis-server.sock");
	ck_assert(redis_target_parse("localhost:6379", &t));
	ck_assert_str_eq(t.path, "");
	ck_assert_str_eq(t.host, "localhost");
	ck_assert_str_eq(t.port, "6379");
	ck_assert(redis_target_parse("[::1]:1", &t));
	ck_assert_str_eq(t.host, "::1");
	ck_assert(redis_target_parse("::1:00065535", &t));
	ck_assert_str_eq(t.host, "::1");
	ck_assert_str_eq(t.port, "65535");
}
END_TEST

START_TEST(refuses_everything_else)
{
	static const char *const bad[] = { "", ":", "unix:", "host", "host:", ":6379", "host:0",
		"host:65536", "host:-1", "host:redis", "host:6379 ", "redis://host", NULL };
	struct redis_target t = { .path = "untouched" };
	char *path = arena_printf(unit_arena(), "unix:/%0107d", 1),
	     *host = arena_printf(unit_arena(), "%0256d:1", 1);

	for (int i = 0; bad[i] != NULL; i++)
		ck_assert_msg(!redis_target_parse(bad[i], &t), "%s", bad[i]);
	ck_assert(!redis_target_parse(path, &t));
	ck_assert(!redis_target_parse(host, &t));
	ck_assert_str_eq(t.path, "untouched");
	ck_assert(redis_target_parse(path + 1, &t) == false);
	path[strlen(path) - 1] = '\0';
	ck_assert(redis_target_parse(path, &t));
	ck_assert(redis_target_parse(host + 1, &t));
}
END_TEST

START_TEST(opens_a_socket_without_waiting)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct redis_target t;
	int listening, fd;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", unit_path("redis"));
	ck_assert(redis_target_parse(arena_printf(unit_arena(), "unix:%s", addr.sun_path), &t));
	ck_assert_int_eq(redis_target_open(&t, 0), -1);
	ck_assert_int_eq(errno, ENOENT);
	listening = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listening, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(redis_target_open(&t, 0), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_int_eq(listen(listening, 1), 0);
	fd = redis_target_open(&t, 0);
	ck_assert_int_ge(fd, 0);
	close(fd);
	close(listening);
}
END_TEST

/* The second of a name's addresses is tried although the first one refused. */
START_TEST(takes_addresses_in_turn)
{
	struct redis_target t;
	int fd;

	ck_assert(redis_target_parse("localhost:1", &t));
	for (unsigned attempt = 0; attempt < 4; attempt++) {
		fd = redis_target_open(&t, attempt);
		if (fd >= 0)
			close(fd);
		else
			ck_assert(errno == ECONNREFUSED || errno == EADDRNOTAVAIL ||
			    errno == EAFNOSUPPORT);
	}
}
END_TEST

/* A Redis that is busy for a while: says PONG to each connection when that is over. */
static pid_t
busy_redis(int listening)
{
	pid_t child = fork();

	while (child == 0) {
		char ask[64];
		int fd = accept(listening, NULL, NULL);

		if (read(fd, ask, sizeof(ask)) > 0) {
			usleep(8 * REDIS_REPLY_MS * 1000);
			if (write(fd, "+PONG\r\n", 7) != 7)
				_exit(1);
		}
		close(fd);
	}
	return child;
}

START_TEST(is_away_for_who_is_waited_for)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *target = arena_printf(unit_arena(), "unix:%s", unit_path("redis"));
	struct redis *hasty = redis_new(target), *patient = redis_new(target);
	int listening = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t child;

	signal(SIGPIPE, SIG_IGN);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", target + 5);
	ck_assert_int_eq(bind(listening, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(listening, 2), 0);
	child = busy_redis(listening);
	ck_assert_int_eq(redis_ping(hasty), ERR_UNAVAILABLE);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	child = busy_redis(listening);
	redis_be_patient(patient);
	ck_assert_int_eq(redis_ping(patient), ERR_OK);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	redis_free(hasty);
	redis_free(patient);
	close(listening);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { takes_its_two_forms, refuses_everything_else,
		opens_a_socket_without_waiting, takes_addresses_in_turn,
		is_away_for_who_is_waited_for, NULL };

	return unit_run("redis_target", tests);
}
