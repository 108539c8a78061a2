#include "link/fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define WAKE_US 20000		/* from a signal to the end of a process that waits */
#define SILENT_MS 2000		/* a connection that says nothing for so long is closed */
#define SHORT_OF_MS 20		/* until the next try when there are no descriptors or no memory */

static FCGX_Request request;
static bool plain;			/* CGI */
static bool served;			/* the one request of CGI was handed out */
static volatile sig_atomic_t ending;
static volatile sig_atomic_t busy;	/* between accept and finish */
static volatile sig_atomic_t
    give_up_s; /* clock_mono_ms() / 1000 at which the watchdog ends a request */

static void
start_timer(time_t sec, suseconds_t usec, suseconds_t again)
{
	struct itimerval t = { { 0, again }, { sec, usec } };

	setitimer(ITIMER_REAL, &t, NULL);
}

/* The second is rounded down, so one less: the timer is never taken for one that came early. */
static void
set_busy(int64_t watchdog_s)
{
	give_up_s = (sig_atomic_t)(clock_mono_ms() / 1000 + watchdog_s - 1);
	busy = 1;
	start_timer((time_t)watchdog_s, 0, 0);
}

static void
set_idle(void)
{
	start_timer(0, 0, 0);
	busy = 0;
}

/* Does not interrupt calls: libfcgi takes that for the end of the connection, in the middle of a
 * request too. What waits for the next one is interrupted by SIGALRM, again and again, as it may
 * have been entered just after the flag was looked at. */
static void
on_term(int signo)
{
	(void)signo;
	ending = 1;
	if (!busy)
		start_timer(0, WAKE_US, WAKE_US);
}

/* Of the watchdog, or one meant for a wait that is just over. */
static void
on_alarm(int signo)
{
	(void)signo;
	if (busy && clock_mono_ms() / 1000 >= give_up_s)
		_exit(75);
}

static void
on_signal(int signo, void (*f)(int), int flags)
{
	struct sigaction sa = { .sa_handler = f, .sa_flags = flags };

	sigemptyset(&sa.sa_mask);
	sigaction(signo, &sa, NULL);
}

bool
fcgi_init(void)
{
	plain = FCGX_IsCGI();
	if (!plain &&
	    (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, FCGI_FAIL_ACCEPT_ON_INTR) != 0))
		return false;
	if (!plain)
		request.listen_sock = -1;	/* connections are accepted here */
	on_signal(SIGPIPE, SIG_IGN, 0);
	on_signal(SIGTERM, on_term, SA_RESTART);
	on_signal(SIGINT, on_term, SA_RESTART);
	on_signal(SIGUSR1, on_term, SA_RESTART);
	on_signal(SIGALRM, on_alarm, 0);
	return true;
}

bool
fcgi_is_cgi(void)
{
	return plain;
}

/* Whether to try again after this errno of accept4(2). */
static bool
wait_again(int error)
{
	switch (error) {
	case EINTR:
	case ECONNABORTED:
	case EPROTO:
		return true;
	case EAGAIN:	/* a listening socket that does not block */
		poll(&(struct pollfd){ STDIN_FILENO, POLLIN, 0 }, 1, -1);
		return true;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		log_warn("no connection accepted", lf_str("said", strerror(error)));
		nanosleep(&(struct timespec){ 0, SHORT_OF_MS * 1000000L }, NULL);
		return true;
	default:
		log_error("no connection accepted", lf_str("said", strerror(error)));
		return false;
	}
}

static bool
says_something(int fd)
{
	struct pollfd pfd = { fd, POLLIN, 0 };
	int n;

	do
		n = poll(&pfd, 1, SILENT_MS);
	while (n < 0 && errno == EINTR);
	return n > 0;
}

/* The next connection; from here on the watchdog runs. Negative: none will come. */
static int
connection_next(int64_t watchdog_s)
{
	while (!ending) {
		int fd = accept4(STDIN_FILENO, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0) {
			if (!wait_again(errno))
				break;
			continue;
		}
		set_busy(watchdog_s);
		if (says_something(fd))
			return fd;
		close(fd);
		set_idle();
	}
	return -1;
}

/* libfcgi gives up a connection when a signal arrives between accepting and reading it, so it does
 * not accept, but is told that there is a connection that was kept. */
static bool
request_next(int64_t watchdog_s)
{
	while (!ending) {
		if (request.ipcFd < 0) {
			int fd = connection_next(watchdog_s);

			if (fd < 0)
				return false;
			request.ipcFd = fd;
			request.keepConnection = 1;
		}
		if (FCGX_Accept_r(&request) == 0)
			return true;
		set_idle();
	}
	return false;
}

bool
fcgi_accept(int64_t watchdog_s)
{
	if (ending || (plain && served) || (!plain && !request_next(watchdog_s)))
		return false;
	served = true;
	set_busy(watchdog_s);
	return true;
}

void
fcgi_finish(void)
{
	if (!plain)
		FCGX_Finish_r(&request);
	set_idle();
}

void
fcgi_release(void)
{
	if (!plain)
		FCGX_Free(&request, 1);
}

struct str
fcgi_param(const char *name)
{
	return str_of(plain ? getenv(name) : FCGX_GetParam(name, request.envp));
}

static size_t
read_plain(char *p, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = read(STDIN_FILENO, p + done, n - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

size_t
fcgi_read(void *p, size_t n)
{
	if (plain)
		return read_plain(p, n);
	int got = FCGX_GetStr(p, n > 1 << 20 ? 1 << 20 : (int)n, request.in);
	return got > 0 ? (size_t)got : 0;
}

static void
write_plain(const char *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(STDOUT_FILENO, p, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return;
		p += put;
		n -= (size_t)put;
	}
}

void
fcgi_write(const void *p, size_t n)
{
	const char *at = p;

	if (plain) {
		write_plain(at, n);
		return;
	}
	while (n > 0) {
		int part = n > 1 << 20 ? 1 << 20 : (int)n;
		if (FCGX_PutStr(at, part, request.out) < 0)
			return;
		at += part;
		n -= (size_t)part;
	}
}
