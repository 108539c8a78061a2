#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "link/gate.h"
#include "tests/unit/support/unit.h"

static struct gate gate;

/* A directory of the test's own, the same for its children. */
static const char *
dir(void)
{
	static char *path;

	if (path == NULL) {
		path = arena_strdup(unit_arena(), unit_path("x"));
		*strrchr(path, '/') = '\0';
	}
	return path;
}

/* A child that enters and then sleeps; *pipe_fd says 'i' when it is in. */
static pid_t
holder(int *pipe_fd)
{
	int fds[2];
	char c = 'i';

	ck_assert_int_eq(pipe(fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct gate own;
		gate_init(&own, dir(), "hash", 2);
		if (gate_enter(&own, clock_mono_ms() + 5000) != ERR_OK || write(fds[1], &c, 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	*pipe_fd = fds[0];
	return pid;
}

START_TEST(holds_no_more_than_its_slots_and_forgets_the_killed)
{
	const char *shared = dir();
	pid_t children[2];
	char c;

	for (int i = 0; i < 2; i++) {
		int fd;
		children[i] = holder(&fd);
		ck_assert_int_eq(read(fd, &c, 1), 1);
	}
	gate_init(&gate, shared, "hash", 2);
	ck_err(gate_enter(&gate, clock_mono_ms()), ERR_OVERLOAD);
	kill(children[0], SIGKILL);
	waitpid(children[0], NULL, 0);
	ck_err(gate_enter(&gate, clock_mono_ms() + 5000), ERR_OK);
	gate_leave(&gate);
	kill(children[1], SIGKILL);
	waitpid(children[1], NULL, 0);
	gate_release(&gate);
}
END_TEST

START_TEST(without_a_directory_nothing_waits)
{
	gate_init(&gate, "", "hash", 1);
	ck_err(gate_enter(&gate, clock_mono_ms()), ERR_OK);
	gate_leave(&gate);
	gate_release(&gate);
}
END_TEST

START_TEST(slots_default_to_the_cores)
{
	gate_init(&gate, dir(), "hash", 0);
	ck_assert_int_ge(gate.slots, 1);
	gate_release(&gate);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { holds_no_more_than_its_slots_and_forgets_the_killed,
		without_a_directory_nothing_waits, slots_default_to_the_cores, NULL };

	return unit_run("gate", tests);
}
