/* The sandbox of moot-image: each thing that it must refuse is tried in a process of its own. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image/sandbox.h"
#include "tests/unit/support/unit.h"

#define DONE 7	/* exit status of who was let through */

/* How a process ends that does this inside: its exit status, or minus its signal. */
static int
inside(void (*act)(void))
{
	int status = 0;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (!sandbox_enter())
			_exit(1);
		act();
		_exit(DONE);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void
compute(void)
{
	volatile char *p = malloc(1 << 20);

	if (p == NULL)
		_exit(1);
	p[0] = 1;
	free((void *)(uintptr_t)p);
}

static void
open_a_file(void)
{
	syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0);
}

static void
make_a_file(void)
{
	syscall(SYS_openat, AT_FDCWD, "/tmp/x", O_WRONLY | O_CREAT, 0600);
}

static void
make_a_socket(void)
{
	syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static void
make_a_pipe(void)
{
	syscall(SYS_pipe2, NULL, 0);
}

static void
run_a_program(void)
{
	syscall(SYS_execve, "/bin/true", NULL, NULL);
}

static void
make_a_process(void)
{
	syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void
kill_its_parent(void)
{
	syscall(SYS_kill, getppid(), 0);
}

static void
trace_its_parent(void)
{
	syscall(SYS_ptrace, 16, 1, 0, 0);
}

static void
ask_for_more_time(void)
{
	syscall(SYS_setrlimit, RLIMIT_CPU, NULL);
}

static void
make_code(void)
{
	syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static void
make_memory_code(void)
{
	syscall(SYS_mprotect, 4096, 4096, PROT_READ | PROT_EXEC);
}

static void
map_a_file(void)
{
	syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0);
}

static void
read_from_elsewhere(void)
{
	char c;

	syscall(SYS_read, 3, &c, 1);
}

static void
write_elsewhere(void)
{
	syscall(SYS_write, 2, "x", 1);
}

static void
leave_the_sandbox(void)
{
	syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static void
look_at_files(void)
{
	syscall(SYS_faccessat, AT_FDCWD, "/", 0, 0);
}


START_TEST(it_may_compute_and_end)
{
	ck_assert_int_eq(inside(compute), DONE);
}
END_TEST

START_TEST(and_nothing_else)
{
	void (*const acts[])(void) = { open_a_file, make_a_file, make_a_socket, make_a_pipe,
		run_a_program, make_a_process, kill_its_parent, trace_its_parent,
		ask_for_more_time, make_code, make_memory_code, map_a_file, read_from_elsewhere,
		write_elsewhere, leave_the_sandbox, look_at_files };

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		ck_assert_msg(inside(acts[i]) == -SIGSYS, "act %zu went through", i);
}
END_TEST

START_TEST(it_reads_and_writes_what_it_was_given)
{
	int in[2], out[2], status;
	char c = 'x';

	ck_assert(pipe(in) == 0 && pipe(out) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		if (!sandbox_enter() || read(0, &c, 1) != 1 || write(1, &c, 1) != 1)
			_exit(1);
		_exit(DONE);
	}
	ck_assert_int_eq(write(in[1], "y", 1), 1);
	close(out[1]);
	ck_assert_int_eq(read(out[0], &c, 1), 1);
	ck_assert_int_eq(c, 'y');
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == DONE);
	close(in[0]);
	close(in[1]);
	close(out[0]);
}
END_TEST

/* A line of the limits of a process that waits inside. */
static void
ck_limit(pid_t pid, const char *line)
{
	char path[64], text[4096];

	snprintf(path, sizeof(path), "/proc/%d/limits", (int)pid);
	FILE *f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	ck_assert_msg(strstr(text, line) != NULL, "no '%s' in\n%s", line, text);
}

START_TEST(its_means_have_bounds)
{
	int in[2], out[2];
	char c;

	ck_assert(pipe(in) == 0 && pipe(out) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		if (!sandbox_enter() || write(1, "i", 1) != 1 || read(0, &c, 1) != 1)
			_exit(1);
		_exit(0);
	}
	ck_assert_int_eq(read(out[0], &c, 1), 1);
	ck_limit(pid, "Max cpu time              5                    6 ");
	ck_limit(pid, "Max open files            0                    0 ");
	ck_limit(pid, "Max processes             0                    0 ");
	ck_limit(pid, "Max file size             0                    0 ");
	ck_limit(pid, "Max core file size        0                    0 ");
#ifndef MOOT_ASAN
	ck_limit(pid, "Max address space         268435456            268435456 ");
#endif
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { it_may_compute_and_end, and_nothing_else,
		it_reads_and_writes_what_it_was_given, its_means_have_bounds, NULL };

	return unit_run("sandbox", tests);
}
