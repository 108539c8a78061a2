#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypt.h"
#include "ctl/cmd.h"
#include "ctl/migrate.h"
#include "ctl/out.h"
#include "ctl/setup.h"

#define KEY_BYTES 32

/* As mkdir -p. An existing folder keeps its mode. */
static bool
make_dir(struct arena *a, const char *path, mode_t mode)
{
	char *p = arena_strdup(a, path);
	struct stat st;

	for (char *slash = strchr(p + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(p, 0755) != 0 && errno != EEXIST && stat(p, &st) != 0)
			break;
		*slash = '/';
	}
	if (mkdir(path, mode) == 0) {
		say("made %s", path);
		return true;
	}
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	complain("cannot make the folder %s: %s", path, strerror(errno));
	return false;
}

static bool
write_key(int fd)
{
	uint8_t key[KEY_BYTES];
	ssize_t n;

	crypt_random(key, sizeof(key));
	n = write(fd, key, sizeof(key));
	crypt_wipe(key, sizeof(key));
	return n == KEY_BYTES && fsync(fd) == 0;
}

/* Under another name first, then linked: the key's file never exists half written, and of two
 * makers one wins. */
static bool
make_key(struct arena *a, const char *path)
{
	const char *draft = arena_printf(a, "%s.%ld", path, (long)getpid());
	int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool made = false;

	if (fd < 0 || !write_key(fd)) {
		complain("cannot write %s: %s", draft, strerror(errno));
	} else if (link(draft, path) == 0) {
		say("made the token key %s; keep a copy: without it everybody must sign in again",
		    path);
		made = true;
	} else if (errno == EEXIST) {
		made = true;
	} else {
		complain("cannot make %s: %s", path, strerror(errno));
	}
	if (fd >= 0) {
		close(fd);
		unlink(draft);
	}
	return made;
}

static bool
ensure_key(struct ctl *c)
{
	const char *path = c->config.token_key_file, *slash = strrchr(path, '/');
	uint8_t key[4096];
	char why[1024];
	size_t len;
	struct stat st;

	if (path[0] != '\0' && lstat(path, &st) != 0 && errno == ENOENT) {
		if (slash != NULL && slash != path &&
		    !make_dir(
			&c->arena, arena_strndup(&c->arena, path, (size_t)(slash - path)), 0700))
			return false;
		if (!make_key(&c->arena, path))
			return false;
	}
	bool usable = config_token_key(&c->config, key, &len, why, sizeof(why));
	crypt_wipe(key, sizeof(key));
	if (!usable)
		complain("%s", why);
	return usable;
}

static bool
ensure_dirs(struct ctl *c)
{
	const char *dirs[] = { c->config.files_dir, c->config.run_dir };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		if (dirs[i][0] != '\0' && !make_dir(&c->arena, dirs[i], 0750))
			return false;
	}
	return true;
}

int
cmd_init(struct ctl *c, int argc, char **argv)
{
	char why[1024];
	int done = 0;

	(void)argv;
	if (argc != 0)
		return cmd_usage("init");
	if (!ensure_key(c) || !ensure_dirs(c))
		return STATUS_FAILED;
	if (!migrate_run(c->world.pg, &c->arena, &done, why, sizeof(why))) {
		complain("%s", why);
		return STATUS_FAILED;
	}
	if (done > 0)
		say("the schema is version %d", SCHEMA_VERSION);
	if (setup_link_print(c) != ERR_OK)
		return cmd_pg_failed(c, "setup-link");
	return STATUS_OK;
}
