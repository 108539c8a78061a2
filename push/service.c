#include "push/service.h"

#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/heap.h"
#include "base/log.h"
#include "link/loop.h"
#include "link/notify.h"

extern char **environ;

static struct {
	struct loop_signal hup;
	struct loop_timer alive;
	struct loop_io successor;	/* the end of the process that was started last */
	char **argv;
} service;

static char **
with_take_over(char **argv)
{
	static char word[] = "--take-over";
	size_t n = 0, kept = 0;
	char **out;

	while (argv[n] != NULL)
		n++;
	out = heap_alloc((n + 2) * sizeof(*out));
	for (size_t i = 0; i < n; i++)
		if (strcmp(argv[i], word) != 0)
			out[kept++] = argv[i];
	out[kept] = word;
	return out;
}

static void
forget_successor(void)
{
	if (!loop_io_is_active(&service.successor))
		return;
	loop_io_stop(&service.successor);
	close(loop_io_fd(&service.successor));
}

/* When it has taken over, this process ends before it. */
static void
on_successor_ended(void *ctx, int events)
{
	(void)ctx, (void)events;
	forget_successor();
	log_warn("nobody took over");
	notify_ready();
}

static void
watch_successor(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	forget_successor();
	/* Not even its end is there any more, or nobody can say: the manager is told nothing. */
	if (fd < 0)
		return;
	loop_io_start(&service.successor, fd, LOOP_READ, on_successor_ended, NULL);
	notify_reloading();
}

/* In a group of its own, so that who ends ours does not end it; it has none of our descriptors. */
static void
on_hup(void *ctx)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	char **argv = with_take_over(service.argv);
	pid_t pid;
	int e;

	(void)ctx;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
	e = posix_spawnp(&pid, argv[0], &actions, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	heap_free(argv);
	if (e != 0) {
		log_error("the program could not be started again", lf_str("said", strerror(e)));
		return;
	}
	log_info("the program was started again to take over", lf_int("pid_new", pid));
	watch_successor(pid);
}

static void
on_alive(void *ctx)
{
	(void)ctx;
	notify_alive();
}

static void
mask_hup(int how)
{
	sigset_t hup;

	sigemptyset(&hup);
	sigaddset(&hup, SIGHUP);
	sigprocmask(how, &hup, NULL);
}

void
service_init(void)
{
	mask_hup(SIG_BLOCK);
	notify_init();
}

void
service_start(char **argv)
{
	service.argv = argv;
	service.hup.fire = on_hup;
	service.alive.fire = on_alive;
	signal(SIGCHLD, SIG_IGN);	/* one that could not take over leaves nothing behind */
	loop_signal_start(&service.hup, SIGHUP);
	mask_hup(SIG_UNBLOCK);
	notify_ready();
	if (notify_alive_ms() == 0)
		return;
	/* What is left of the other one's time may be less than it takes until this one's first. */
	notify_alive();
	loop_timer_every(&service.alive, notify_alive_ms());
}

void
service_stop(void)
{
	if (service.argv != NULL)
		loop_signal_stop(&service.hup);
	service.argv = NULL;
	signal(SIGHUP, SIG_IGN);
	loop_timer_stop(&service.alive);
	forget_successor();
}
