/* moot-push: streams to browsers and scripts what the bus and the database bring. */
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/heap.h"
#include "base/log.h"
#include "base/metric.h"
#include "link/notify.h"
#include "push/access.h"
#include "push/account.h"
#include "push/apply.h"
#include "push/conn.h"
#include "push/deliver.h"
#include "push/ends.h"
#include "push/handover.h"
#include "push/handshake.h"
#include "push/health.h"
#include "push/input.h"
#include "push/marks.h"
#include "push/presence.h"
#include "push/relay.h"
#include "push/resume.h"
#include "push/server.h"
#include "push/service.h"
#include "push/stream.h"
#include "push/typing.h"
#include "push/watch.h"
#include "push/wheel.h"

#define TRIM_CONNECTIONS 500
#define DRAIN_TICK_MS 50
#define DRAIN_MIN_MS 500
#define DRAIN_MAX_MS 10000
#define DRAIN_RATE 2	/* connections a millisecond */

/* The process: the daemon, and what calls it. */
static struct {
	struct push push;
	struct loop_signal on_term, on_int;
	struct loop_timer second, drain;
	int64_t drain_until_ms;
	uint32_t drain_at;	/* connections below this number have been taken leave of */
	char **started_as;
	uint32_t trimmed_at, looked_at;	/* push.serial, at the last trim and in the last second */
	bool owes_trim;
} process;

/* Handshakes and what ended leave holes behind: after many of them, and once all have been
 * answered, the pages in these go back to the kernel. */
static void
trim(struct push *p)
{
	bool quiet = p->serial == process.looked_at && !accounts_are_asked(p);

	process.owes_trim = process.owes_trim || !quiet;
	process.looked_at = p->serial;
	if (quiet ? !process.owes_trim : p->serial - process.trimmed_at < TRIM_CONNECTIONS)
		return;
	process.trimmed_at = p->serial;
	process.owes_trim = !quiet;
	for (uint32_t i = 0; i < p->n_trimmed; i++)
		list_trim(p->trimmed[i]);
	heap_trim();
}

/* In a sanitized build the invariants are looked at once a second. */
static void
check_sanity(const struct push *p)
{
#ifdef MOOT_ASAN
	assert(idmap_is_sane(&p->stream_ids) && idmap_is_sane(&p->account_ids));
	assert(wheel_is_sane(p));
	for (uint32_t i = SLAB_NONE; slab_next(&p->streams, &i);)
		assert(stream_is_sane(p, i));
	for (uint32_t i = SLAB_NONE; slab_next(&p->conns, &i);)
		assert(conn_is_sane(p, conn_at(p, i)));
#else
	(void)p;
#endif
}

static void
on_second(void *ctx)
{
	struct push *p = ctx;

	wheel_tick(p, (uint32_t)(clock_mono_ms() / 1000));
	presence_tick(p);
	resume_tick(p);
	streams_tick(p);
	relay_tick(p);
	if (!p->taking)
		health_tick(p);
	trim(p);
	check_sanity(p);
}

static void
on_turn_end(void *ctx)
{
	struct push *p = ctx;

	/* Whoever is answered can count on being subscribed. */
	if (p->bus != NULL)
		redis_sub_flush(p->bus);
	deliver_flush(p);
	conns_bury(p);
	if (p->rings.bytes > p->rings.max)
		resume_trim(p);
	if (p->bus != NULL)
		redis_sub_flush(p->bus);
}

/* A part of the connections in each step, so that they do not come back all at once. */
static void
on_drain(void *ctx)
{
	struct push *p = ctx;
	int64_t left = process.drain_until_ms - clock_mono_ms();
	uint32_t todo = p->conns.top > process.drain_at ? p->conns.top - process.drain_at : 0;
	uint32_t step =
	    left <= DRAIN_TICK_MS ? todo : (uint32_t)(todo / (left / DRAIN_TICK_MS)) + 1;

	for (; step > 0 && process.drain_at < p->conns.top; step--, process.drain_at++) {
		struct conn *c = conn_at(p, process.drain_at);

		if (c->state >= CONN_NEW && c->state <= CONN_LIVE)
			conn_bye(p, c, ERR_DRAINING);
	}
	if (p->conns.live == 0 || left < -(int64_t)(DRAIN_S + 1) * 1000)
		loop_stop();
}

static void
take_leave(void *ctx)
{
	struct push *p = ctx;
	int64_t ms = p->conns.live / DRAIN_RATE;

	if (p->draining || p->taking) {
		loop_stop();
		return;
	}
	log_info("draining", lf_int("connections", p->conns.live));
	p->draining = true;
	/* Else somebody has taken its place, and the service goes on. */
	if (server_has_name(p))
		notify_stopping();
	presence_stop(p);
	service_stop();
	handover_stop(p);
	server_stop(p);
	ms = ms < DRAIN_MIN_MS ? DRAIN_MIN_MS : ms > DRAIN_MAX_MS ? DRAIN_MAX_MS : ms;
	process.drain_until_ms = clock_mono_ms() + ms;
	process.drain.fire = on_drain;
	process.drain.ctx = p;
	loop_timer_every(&process.drain, DRAIN_TICK_MS);
}

static void
make_name(struct push *p)
{
	uint8_t node[4];

	crypt_random(node, sizeof(node));
	crypt_hex(node, sizeof(node), p->node);
}

static void
start_push(struct push *p)
{
	char msg[512];

	heap_init();
	site_init(&p->site, p->config.base_url);
	if (!config_token_key(&p->config, p->key_bytes, &p->key_len, msg, sizeof(msg)))
		log_fatal(1, "token key", msg);
	if (jwt_key_init(&p->key, p->key_bytes, p->key_len) != ERR_OK)
		log_fatal(1, "token key", "too short: at least 32 bytes are needed");
	if (!loop_init())
		log_fatal(1, "event loop", "cannot be made");
	make_name(p);
	p->now_s = (uint32_t)(clock_mono_ms() / 1000);
	streams_init(p);
	accounts_init(p);
	ends_init(p);
	access_init(p);
	slab_init(&p->conns, sizeof(struct conn));
	server_init(p);
	wheel_init(p);
	deliver_init(p);
	apply_init(p);
	resume_init(p);
	handshake_init(p);
	watch_init(p);
	typing_init(p);
	presence_init(p);
	relay_init(p);
	p->crowd.ready = input_ready;
	p->crowd.ctx = p;
	if (!crowd_init(&p->crowd))
		log_fatal(1, "epoll", strerror(errno));
	loop_at_turn_end(on_turn_end, p);
	process.second.fire = on_second;
	process.second.ctx = p;
	loop_timer_every(&process.second, 1000);
	process.on_term.fire = process.on_int.fire = take_leave;
	process.on_term.ctx = process.on_int.ctx = p;
	loop_signal_start(&process.on_term, SIGTERM);
	loop_signal_start(&process.on_int, SIGINT);
}

static void
stop_push(struct push *p)
{
	loop_timer_stop(&process.drain);
	loop_timer_stop(&process.second);
	service_stop();
	takeover_stop(p);
	handover_stop(p);
	loop_signal_stop(&process.on_term);
	loop_signal_stop(&process.on_int);
	server_stop(p);
	conns_release(p);
	server_release(p);
	wheel_release(p);
	crowd_release(&p->crowd);
	relay_release(p);
	marks_release(p);
	presence_release(p);
	typing_release(p);
	watch_release(p);
	resume_release(p);
	apply_release(p);
	deliver_release(p);
	access_release(p);
	accounts_release(p);
	ends_release(p);
	streams_release(p);
	handshake_release(p);
	loop_release();
	crypt_wipe(p->key_bytes, sizeof(p->key_bytes));
}

/* The path of the configuration, NULL for none; the rest is set. */
static const char *
arguments(int argc, char **argv, bool *take_over)
{
	static const struct option options[] = { { "take-over", no_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 } };
	const char *path = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (opt == 't') {
			*take_over = true;
		} else if (opt == 'c') {
			path = optarg;
		} else {
			fprintf(stderr, "usage: moot-push [-c FILE] [--take-over]\n");
			exit(2);
		}
	}
	return path;
}

/* Clients are served, and may be handed over in their turn. */
static void
serve(struct push *p)
{
	char msg[512];

	if (!handover_start(p, take_leave, msg, sizeof(msg)))
		log_warn("this daemon cannot hand over", lf_str("why", msg));
	service_start(process.started_as);
	log_info("ready", lf_str("node", p->node), lf_str("socket", p->config.push_socket));
}

int
main(int argc, char **argv)
{
	struct push *p = &process.push;
	char msg[512];
	bool take_over = false;
	const char *path;

	signal(SIGPIPE, SIG_IGN);
	service_init();
	process.started_as = argv;
	path = arguments(argc, argv, &take_over);
	log_init("moot-push", LVL_INFO, true);
	crypt_init();
	if (!config_load(&p->config, config_find(path), msg, sizeof(msg)))
		log_fatal(1, "configuration", msg);
	config_log(&p->config, "moot-push");
	metric_init(p->config.run_dir[0] == '\0' ? NULL : p->config.run_dir);
	start_push(p);
	if (!take_over || !takeover_begin(p, serve)) {
		if (!server_start(p, msg, sizeof(msg)))
			log_fatal(1, "cannot listen", msg);
		serve(p);
	}
	loop_run();
	stop_push(p);
	log_info("stopped");
	return 0;
}
