/*
 * moot-api - answers REST requests: FastCGI when descriptor 0 is a listening socket, else plain
 * CGI, one request.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/crypt.h"
#include "base/log.h"
#include "base/metric.h"
#include "cgi/engine.h"
#include "cgi/route.h"
#include "domain/world.h"
#include "link/fcgi.h"

#define SERVICE "moot-api"
#define ARENA_MAX (8 << 20)
#define WATCHDOG_MARGIN 5

static const char *
usage(void)
{
	return "usage: moot-api [-c FILE]     serve the FastCGI socket on descriptor 0, or one CGI "
	       "request\n"
	       "       moot-api --routes      print the route table as JSON\n"
	       "       moot-api --version\n";
}

/* suexec empties the environment, so plain CGI also looks beside the program. */
static const char *
config_beside(char path[PATH_MAX])
{
	static const char *places[] = { "../moot-private/moot.conf", "../../moot-private/moot.conf",
		"../moot.conf" };
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (slash == NULL)
		return NULL;
	*slash = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int len = snprintf(path, PATH_MAX, "%s/%s", self, places[i]);
		if (len > 0 && len < PATH_MAX && access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

static const char *
find_config(const char *arg)
{
	static char path[PATH_MAX];
	const char *found = arg == NULL && getenv("MOOT_CONFIG") == NULL && fcgi_is_cgi()
	    ? config_beside(path)
	    : NULL;

	return found != NULL ? found : config_find(arg);
}

static int
print_routes(void)
{
	struct buf b;
	const char *flaw = route_table_flaw();

	if (*flaw != '\0') {
		fprintf(stderr, "%s\n", flaw);
		return 1;
	}
	buf_init(&b, 1 << 20);
	route_render(&b);
	fwrite(b.p, 1, b.len, stdout);
	buf_release(&b);
	return 0;
}

/* -c FILE, --routes, --version. Negative: go on; else the exit status. */
static int
read_arguments(int argc, char **argv, const char **config)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
			*config = argv[++i];
		} else if (strcmp(argv[i], "--routes") == 0) {
			return print_routes();
		} else if (strcmp(argv[i], "--version") == 0) {
			printf("moot-api %s\n", PACKAGE_VERSION);
			return 0;
		} else {
			fputs(usage(), stderr);
			return 2;
		}
	}
	return -1;
}

static void
serve(struct world *w, const struct config *c)
{
	struct arena arena;
	int64_t served = 0;

	arena_init(&arena, ARENA_MAX);
	while (fcgi_accept(c->request_timeout + WATCHDOG_MARGIN)) {
		engine_serve(w, &arena);
		fcgi_finish();
		served++;
		if (c->max_requests > 0 && served >= c->max_requests)
			break;
	}
	arena_release(&arena);
}

int
main(int argc, char **argv)
{
	static struct config config;
	static struct world world;
	const char *file = NULL;
	char msg[512] = "";
	int status;

	log_init(SERVICE, LVL_INFO, true);
	status = read_arguments(argc, argv, &file);
	if (status >= 0)
		return status;
	if (!fcgi_init())
		log_fatal(1, "cannot serve", "FastCGI cannot be initialised");
	if (!config_load(&config, find_config(file), msg, sizeof(msg)))
		log_fatal(1, "configuration", msg);
	config_log(&config, SERVICE);
	crypt_init();
	metric_init(config.run_dir);
	struct pg_options pg = pg_options_handler(config.database, SERVICE);
	if (!world_init(&world, &config, &pg, true, msg, sizeof(msg)))
		log_fatal(1, "cannot start", msg);
	serve(&world, &config);
	world_release(&world);
	fcgi_release();
	return 0;
}
