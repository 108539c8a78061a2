#include "push/service.h"

#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/heap.h"
#include "base/log.h"
#include "link/loop.h"

extern char **environ;

static struct {
	struct loop_signal hup;
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
	if (e != 0)
		log_error("the program could not be started again", lf_str("said", strerror(e)));
	else
		log_info("the program was started again to take over", lf_int("pid_new", pid));
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
}

void
service_start(char **argv)
{
	service.argv = argv;
	service.hup.fire = on_hup;
	signal(SIGCHLD, SIG_IGN);	/* one that could not take over leaves nothing behind */
	loop_signal_start(&service.hup, SIGHUP);
	mask_hup(SIG_UNBLOCK);
}

void
service_stop(void)
{
	if (service.argv != NULL)
		loop_signal_stop(&service.hup);
	service.argv = NULL;
	signal(SIGHUP, SIG_IGN);
}

/* One datagram; a name that begins with @ is an abstract one. */
void
service_ready(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t len = path == NULL ? 0 : strlen(path);
	char text[64];
	int fd, n;

	if (len < 2 || len >= sizeof(addr.sun_path))
		return;
	memcpy(addr.sun_path, path, len);
	if (path[0] == '@')
		addr.sun_path[0] = '\0';
	n = snprintf(text, sizeof(text), "MAINPID=%ld\nREADY=1", (long)getpid());
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&addr,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}
