#include "link/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

struct child {
	pid_t pid;
	int to, from;		/* -1: closed */
	struct str in;		/* what is left of it */
	char *out;
	size_t len, max;
	int64_t until;
	bool lost;	/* how it ended was told to somebody else */
};

static void
shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int
spawn(pid_t *pid, const char *const *argv, int in, int out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	char *no_environment[] = { NULL };
	sigset_t set;
	int e = posix_spawn_file_actions_init(&files);

	if (e != 0)
		return e;
	e = posix_spawnattr_init(&attr);
	if (e != 0) {
		posix_spawn_file_actions_destroy(&files);
		return e;
	}
	sigfillset(&set);
	posix_spawnattr_setsigdefault(&attr, &set);
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&attr, &set);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	if ((e = posix_spawn_file_actions_adddup2(&files, in, 0)) == 0 &&
	    (e = posix_spawn_file_actions_adddup2(&files, out, 1)) == 0 &&
	    (e = posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0)) == 0 &&
	    (e = posix_spawn_file_actions_addclosefrom_np(&files, 3)) == 0)
		e = posix_spawn(pid, argv[0], &files, &attr, (char *const *)(uintptr_t)argv,
		    no_environment);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return e;
}

/* Above 2, so that they are not in the way of the child's own. */
static bool
make_pipe(int ends[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC) != 0)
		return false;
	ends[0] = fcntl(low[0], F_DUPFD_CLOEXEC, 3);
	ends[1] = fcntl(low[1], F_DUPFD_CLOEXEC, 3);
	close(low[0]);
	close(low[1]);
	if (ends[0] >= 0 && ends[1] >= 0)
		return true;
	shut(&ends[0]);
	shut(&ends[1]);
	return false;
}

static bool
start(struct child *c, const char *const *argv)
{
	int in[2], out[2], e;

	if (!make_pipe(in))
		return false;
	if (!make_pipe(out)) {
		shut(&in[0]);
		shut(&in[1]);
		return false;
	}
	e = spawn(&c->pid, argv, in[0], out[1]);
	shut(&in[0]);
	shut(&out[1]);
	c->to = in[1];
	c->from = out[0];
	if (e != 0) {
		shut(&c->to);
		shut(&c->from);
		errno = e;
		return false;
	}
	fcntl(c->to, F_SETFL, O_NONBLOCK);
	fcntl(c->from, F_SETFL, O_NONBLOCK);
	return true;
}

static void
feed(struct child *c)
{
	ssize_t did = write(c->to, c->in.p, c->in.len);

	if (did > 0)
		c->in = (struct str){ c->in.p + did, c->in.len - (size_t)did };
	/* one that has closed its end has made up its mind */
	if (c->in.len == 0 || (did < 0 && errno != EAGAIN && errno != EINTR))
		shut(&c->to);
}

/* False when it has written all it may. */
static bool
take(struct child *c)
{
	ssize_t got = read(c->from, c->out + c->len, c->max + 1 - c->len);

	if (got > 0)
		c->len += (size_t)got;
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		shut(&c->from);
	return c->len <= c->max;
}

/* False when its time was up, or it wrote too much. */
static bool
talk(struct child *c)
{
	while (c->from >= 0) {
		struct pollfd fds[] = { { .fd = c->from, .events = POLLIN },
			{ .fd = c->to, .events = POLLOUT } };
		int64_t left = c->until - clock_mono_ms();
		if (left <= 0)
			return false;
		if (poll(fds, 2, (int)left) < 0 && errno != EINTR)
			return false;
		if (c->to >= 0 && fds[1].revents != 0)
			feed(c);
		if (fds[0].revents != 0 && !take(c))
			return false;
	}
	return true;
}

/* It has closed its output, so it is about to end, or it is not going to. */
static bool
ends_in_time(struct child *c, int *status)
{
	for (;;) {
		pid_t got = waitpid(c->pid, status, WNOHANG);
		if (got == c->pid)
			return true;
		if (got < 0 && errno != EINTR) {
			c->lost = true;
			return true;
		}
		if (clock_mono_ms() >= c->until)
			return false;
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	}
}

static int
finish(struct child *c, bool late)
{
	int status = 0;

	shut(&c->to);
	if (late || !ends_in_time(c, &status)) {
		kill(c->pid, SIGKILL);
		while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	shut(&c->from);
	return status;
}

enum err
child_run(struct arena *a, const char *const *argv, struct str in, size_t out_max, int64_t until,
    struct child_end *end)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before, child_before;
	/* who ignores it, as some that start us do, is not told how a child ended */
	struct sigaction usual = { .sa_handler = SIG_DFL };
	struct child c = { .in = in, .out = arena_alloc(a, out_max + 1), .max = out_max,
		.until = until };

	sigaction(SIGCHLD, &usual, &child_before);
	if (!start(&c, argv)) {
		sigaction(SIGCHLD, &child_before, NULL);
		log_error("a program could not be started", lf_str("path", argv[0]),
		    lf_str("error", strerror(errno)));
		return ERR_UNAVAILABLE;
	}
	sigaction(SIGPIPE, &ignore, &before);
	bool late = !talk(&c);
	int status = finish(&c, late);
	sigaction(SIGPIPE, &before, NULL);
	sigaction(SIGCHLD, &child_before, NULL);
	if (c.lost) {
		log_error("how a program ended is not known", lf_str("path", argv[0]));
		return ERR_UNAVAILABLE;
	}
	*end = (struct child_end){ .status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0, .late = late,
		.out = { c.out, c.len } };
	return ERR_OK;
}
