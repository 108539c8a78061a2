#include "link/fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/log.h"

static FCGX_Request request;
static bool plain;			/* CGI */
static bool served;			/* the one request of CGI was handed out */
static volatile sig_atomic_t ending;
static volatile sig_atomic_t busy;	/* between accept and finish */

/* Repeated every 200 ms once ending, so that an accept entered just after the flag was looked at
 * is interrupted too. */
static void
start_timer(time_t sec, suseconds_t usec, suseconds_t again)
{
	struct itimerval t = { { 0, again }, { sec, usec } };

	setitimer(ITIMER_REAL, &t, NULL);
}

static void
on_term(int signo)
{
	(void)signo;
	ending = 1;
	FCGX_ShutdownPending();
	if (!busy)
		start_timer(0, 200000, 200000);
}

static void
on_alarm(int signo)
{
	(void)signo;
	if (busy)
		_exit(75);
}

static void
on_signal(int signo, void (*f)(int))
{
	struct sigaction sa = { .sa_handler = f };

	sigemptyset(&sa.sa_mask);
	sigaction(signo, &sa, NULL);
}

bool
fcgi_init(void)
{
	plain = FCGX_IsCGI();
	if (!plain && (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, FCGI_FAIL_ACCEPT_ON_INTR) != 0))
		return false;
	on_signal(SIGPIPE, SIG_IGN);
	on_signal(SIGTERM, on_term);
	on_signal(SIGINT, on_term);
	on_signal(SIGUSR1, on_term);
	on_signal(SIGALRM, on_alarm);
	return true;
}

bool
fcgi_is_cgi(void)
{
	return plain;
}

bool
fcgi_accept(int64_t watchdog_s)
{
	if (ending)
		return false;
	if (plain && served)
		return false;
	if (!plain && FCGX_Accept_r(&request) < 0)
		return false;
	served = true;
	busy = 1;
	start_timer((time_t)watchdog_s, 0, 0);
	return true;
}

void
fcgi_finish(void)
{
	if (!plain)
		FCGX_Finish_r(&request);
	start_timer(0, 0, 0);
	busy = 0;
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
