/*
 * moot-jobs - what must happen later: rows of job, marks that wait in Redis, housekeeping every
 * hour.
 *
 * One loop, one job at a time, a slice of time of each; more workers are more processes. SIGTERM
 * and SIGINT end it after the step that it is at. While Postgres is away it tries again after
 * 100 ms, doubling to 5 s.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/crypt.h"
#include "base/log.h"
#include "base/metric.h"
#include "jobs/expiry.h"
#include "jobs/housekeeping.h"
#include "jobs/marks.h"
#include "jobs/presence.h"
#include "jobs/worker.h"
#include "link/notify.h"
#include "link/redis.h"

#define SERVICE "moot-jobs"
#define ARENA_MAX (64u << 20)
#define IDLE_MS 1000
#define AWAY_MIN_MS 100
#define AWAY_MAX_MS 5000
#define HOUR_MS 3600000
#define SILENT ((enum log_level)(LVL_ERROR + 1))

struct runner {
	struct config config;
	struct world world;
	struct arena arena;
	int64_t keep_at;	/* clock_mono_ms() of the next housekeeping */
	int64_t marks_at;	/* … of the next flush of marks */
	int64_t presence_at;	/* … of the next look at what waits in Redis */
	int64_t alive_at;	/* … of the next word to the service manager */
	int64_t expiry_at;	/* … of the next look at memberships that end */
	int64_t away_ms;	/* the last wait for Postgres; 0 while it is there */
};

static volatile sig_atomic_t stopping;

static void
on_signal(int sig)
{
	(void)sig;
	stopping = 1;
}

/* The signals are blocked but while waiting, so that none is lost between looking and waiting. */
static void
signals_init(sigset_t *waiting)
{
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigprocmask(SIG_BLOCK, &ours, waiting);
	sigdelset(waiting, SIGTERM);
	sigdelset(waiting, SIGINT);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static bool
is_stopping(void)
{
	sigset_t pending;

	sigpending(&pending);
	return stopping || sigismember(&pending, SIGTERM) == 1 ||
	    sigismember(&pending, SIGINT) == 1;
}

static void
wait_ms(int64_t ms, const sigset_t *waiting)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000 };

	ppoll(NULL, 0, &t, waiting);
}

/* Said once when it begins and once when it is over; in between the door's own lines, one for each
 * try, are left out. */
static void
note_away(struct runner *r)
{
	if (r->away_ms == 0) {
		log_warn("the database is away or refuses; trying again until it is back",
		    lf_str("said", pg_fault(r->world.pg)->message));
		log_init(SERVICE, SILENT, true);
		r->away_ms = AWAY_MIN_MS;
	} else if (r->away_ms < AWAY_MAX_MS) {
		r->away_ms = r->away_ms * 2 < AWAY_MAX_MS ? r->away_ms * 2 : AWAY_MAX_MS;
	}
}

static void
note_back(struct runner *r)
{
	if (r->away_ms == 0)
		return;
	r->away_ms = 0;
	config_log(&r->config, SERVICE);
	log_info("the database is back");
}

static enum err
keep_house(struct runner *r)
{
	bool more;
	enum err e;

	if (clock_mono_ms() < r->keep_at)
		return ERR_OK;
	e = housekeeping_step(&r->world, &r->arena, NULL, &more);
	if (e == ERR_UNAVAILABLE && !pg_is_up(r->world.pg))
		return e;
	if (e != ERR_OK)
		log_error("housekeeping failed", lf_str("error", err_info(e)->code),
		    lf_str("said", pg_fault(r->world.pg)->message));
	/* a failed one soon again: without partitions rows pile up in the default ones */
	r->keep_at = clock_mono_ms() + (e == ERR_OK ? HOUR_MS : 60000);
	return ERR_OK;
}

static void
say_alive(struct runner *r)
{
	if (notify_alive_ms() == 0 || clock_mono_ms() < r->alive_at)
		return;
	r->alive_at = clock_mono_ms() + notify_alive_ms();
	notify_alive();
}

/* Between two steps of a job. */
static bool
goes_on(void *ctx)
{
	say_alive(ctx);
	return !is_stopping();
}

/* One thing to do, when there is one; *did says so. */
static enum err
turn(struct runner *r, bool *did)
{
	arena_reset(&r->arena);
	TRY(keep_house(r));
	TRY(presence_keep(&r->world, &r->arena, &r->presence_at));
	TRY(worker_step(&r->world, &r->arena, goes_on, r, did));
	TRY(expiry_keep(&r->world, &r->arena, &r->expiry_at, did));
	return marks_keep(&r->world, &r->arena, &r->marks_at, did);
}

static void
run(struct runner *r, const sigset_t *waiting)
{
	notify_ready();
	while (!is_stopping()) {
		bool did = false;
		enum err e;

		say_alive(r);
		e = turn(r, &did);
		if (e == ERR_OK)
			note_back(r);
		else
			note_away(r);
		if (!did)
			wait_ms(r->away_ms > 0 ? r->away_ms : IDLE_MS, waiting);
	}
	notify_stopping();
}

/* Everything that is due now, for cron. Returns the exit status. */
static int
run_once(struct runner *r)
{
	bool did = true;

	while (did && !is_stopping()) {
		enum err e = turn(r, &did);

		if (e != ERR_OK) {
			log_error("stopped", lf_str("error", err_info(e)->code),
			    lf_str("said", pg_fault(r->world.pg)->message));
			return 1;
		}
	}
	return 0;
}

/* Statements may take as long as a lease lasts, less what it takes to write down the end. */
static void
init(struct runner *r, const char *file)
{
	struct pg_options o = { .application = SERVICE, .connect_ms = 2000,
		.statement_ms = (JOB_LEASE_S - 10) * 1000, .lock_ms = 5000, .idle_ms = 10000 };
	char why[1024];

	log_init(SERVICE, LVL_INFO, true);
	crypt_init();
	if (!config_load(&r->config, config_find(file), why, sizeof(why)))
		log_fatal(1, "configuration", why);
	config_log(&r->config, SERVICE);
	metric_init(r->config.run_dir);
	arena_init(&r->arena, ARENA_MAX);
	o.conninfo = r->config.database_jobs;
	if (!world_init(&r->world, &r->config, &o, false, why, sizeof(why)))
		log_fatal(1, "cannot start", why);
	redis_be_patient(r->world.redis);
}

int
main(int argc, char **argv)
{
	static struct runner r;
	const char *file = NULL;
	bool once = false;
	sigset_t waiting;
	int status = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--once") == 0) {
			once = true;
		} else if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
			file = argv[++i];
		} else {
			fprintf(stderr, "usage: moot-jobs [-c FILE] [--once]\n");
			return 2;
		}
	}
	notify_init();
	signals_init(&waiting);
	init(&r, file);
	log_info("started", lf_str("version", PACKAGE_VERSION));
	if (once)
		status = run_once(&r);
	else
		run(&r, &waiting);
	log_info("stopped");
	world_release(&r.world);
	arena_release(&r.arena);
	return status;
}
