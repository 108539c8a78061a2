#include "load.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#define OPENING_MAX 128		/* handshakes under way while opening */
#define TICK_NS 5000000

struct load load = { .retry_ns = 20000000 };
static uint32_t wanted;
static bool opening;

static void
open_some(void)
{
	while (opening && load.opened < wanted && load.in_flight < OPENING_MAX)
		conn_open(&load.conns[load.opened++]);
	if (!opening || load.opened < wanted || load.in_flight > 0 || load.waiting > 0)
		return;
	opening = false;
	stats_report();
}

/* cut RETRY_MS TARGET: all at once, and back in their own time; everything below TARGET is to come. */
static void
cut_all(uint64_t retry_ms, uint32_t target)
{
	load.again = true;
	load.retry_ns = (int64_t)retry_ms * 1000000;
	load.target = target;
	load.cut_ns = now_ns();
	for (uint32_t i = 0; i < load.opened; i++) {
		load.conns[i].caught_ns = 0;
		conn_lost(&load.conns[i], true);
	}
	stats_report();
}

static void
stall(uint64_t n, bool stalled)
{
	for (uint32_t i = 0; i < n && i < load.opened; i++)
		conn_stall(&load.conns[i], stalled);
	stats_report();
}

static void
command(char *line)
{
	char *save = line, *word[4] = { NULL };

	for (size_t i = 0; i < 4; i++)
		do
			word[i] = strsep(&save, " ");
		while (word[i] != NULL && *word[i] == '\0');
	if (word[0] == NULL)
		return;
	if (strcmp(word[0], "open") == 0 && word[1] != NULL) {
		wanted = (uint32_t)number(word[1]);
		if (wanted > load.n)
			die("open: only %u", load.n);
		opening = true;
		open_some();
	} else if (strcmp(word[0], "mark") == 0 && word[1] != NULL) {
		load.base = (uint32_t)number(word[1]);
		load.target = UINT32_MAX;
		load.cut_ns = now_ns();
		stats_reset();
		stats_report();
	} else if (strcmp(word[0], "again") == 0 && word[1] != NULL) {
		load.again = true;
		load.retry_ns = (int64_t)number(word[1]) * 1000000;
		stats_report();
	} else if (strcmp(word[0], "cut") == 0 && word[1] != NULL && word[2] != NULL) {
		cut_all(number(word[1]), (uint32_t)number(word[2]));
	} else if (strcmp(word[0], "stall") == 0 && word[1] != NULL) {
		stall(number(word[1]), true);
	} else if (strcmp(word[0], "unstall") == 0) {
		stall(load.opened, false);
	} else if (strcmp(word[0], "dump") == 0 && word[1] != NULL) {
		stats_dump(word[1]);
	} else if (strcmp(word[0], "nap") == 0 && word[1] != NULL) {
		load.nap_us = (uint32_t)number(word[1]);
		stats_report();
	} else if (strcmp(word[0], "arrivals") == 0) {
		conns_arrivals();
		stats_report();
	} else if (strcmp(word[0], "report") == 0) {
		stats_report();
	} else {
		die("%s: no such command", word[0]);
	}
}

/* False: no more commands, the end. */
static bool
commands(void)
{
	static char in[4096];
	static size_t len;
	ssize_t n = read(0, in + len, sizeof(in) - 1 - len);
	char *nl;

	if (n <= 0)
		return false;
	len += (size_t)n;
	in[len] = '\0';
	while ((nl = strchr(in, '\n')) != NULL) {
		*nl = '\0';
		command(in);
		len -= (size_t)(nl + 1 - in);
		memmove(in, nl + 1, len + 1);
	}
	return true;
}

static void
run(void)
{
	struct epoll_event events[512], own = { .events = EPOLLIN };
	int64_t ticked = 0;

	epoll_ctl(load.epoll, EPOLL_CTL_ADD, 0, &own);
	for (;;) {
		int n = epoll_wait(load.epoll, events, 512, load.waiting > 0 ? 5 : 1000);

		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr == NULL) {
				if (!commands())
					return;
				continue;
			}
			conn_event(events[i].data.ptr, events[i].events);
		}
		__atomic_store_n(&load.shared->delivered, load.delivered, __ATOMIC_RELAXED);
		if (load.waiting > 0 && now_ns() - ticked > TICK_NS) {
			ticked = now_ns();
			conns_tick();
		}
		open_some();
		if (load.nap_us > 0)
			usleep(load.nap_us);
	}
}

/* One line for each connection; views into text, which stays. */
static void
split_lines(char *text)
{
	uint32_t i = 0;

	load.lines = calloc(load.n, sizeof(*load.lines));
	while (load.lines != NULL && i < load.n && text != NULL && *text != '\0')
		load.lines[i++] = strsep(&text, "\n");
	if (i < load.n)
		die("%u lines for %u connections", i, load.n);
}

static void
options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "shared", 1, NULL, 's' }, { "connect", 1, NULL, 'c' }, { "connections", 1, NULL, 'n' },
		{ "head", 1, NULL, 'h' }, { "lines", 1, NULL, 'l' }, { "hello", 1, NULL, 'o' },
		{ "ready", 1, NULL, 'r' }, { "controls", 0, NULL, 'x' },
		{ "prelude", 0, NULL, 'p' }, { 0 } };
	char *lines = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "", known, NULL)) != -1)
		switch (opt) {
		case 's': load.shared = shared_open(optarg); break;
		case 'c': load.address = optarg; break;
		case 'n': load.n = (uint32_t)number(optarg); break;
		case 'h': load.head = read_file(optarg); break;
		case 'l': lines = read_file(optarg); break;
		case 'o': load.hello = optarg; break;
		case 'r': load.ready_text = optarg; break;
		case 'x': load.controls = true; break;
		case 'p': load.prelude = true; break;
		default: die("usage: load --shared FILE --connect ADDRESS --connections N --head FILE …");
		}
	if (load.shared == NULL || load.address == NULL || load.n == 0 || load.head == NULL)
		die("load: options missing");
	if (lines != NULL)
		split_lines(lines);
}

int
main(int argc, char **argv)
{
	struct rlimit files;

	signal(SIGPIPE, SIG_IGN);
	options(argc, argv);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	load.target = UINT32_MAX;
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	load.conns = calloc(load.n, sizeof(*load.conns));
	if (load.epoll < 0 || load.conns == NULL)
		die("no memory");
	for (uint32_t i = 0; i < load.n; i++)
		load.conns[i].fd = -1;
	run();
	conns_end();
	return 0;
}
