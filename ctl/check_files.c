/* Files and folders: the configuration, the token key, what the processes write to. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "ctl/check.h"
#include "link/child.h"
#include "wire/picture.h"

#define FREE_PERCENT 5
#define IMAGE_MS 10000

static void
check_config_file(struct ctl *c, struct report *r)
{
	struct stat st;

	if (c->config_path == NULL || stat(c->config_path, &st) != 0)
		return;
	if ((st.st_mode & 022) != 0)
		check_add(r, CHECK_PROBLEM, "config_mode",
		    arena_printf(r->arena, "chmod go-w %s", c->config_path),
		    "others may change %s (mode %04o)", c->config_path, st.st_mode & 07777);
	else if ((st.st_mode & 04) != 0 && (strstr(c->config.database, "password") != NULL ||
	    strstr(c->config.database_owner, "password") != NULL))
		check_add(r, CHECK_PROBLEM, "config_mode",
		    arena_printf(r->arena, "chmod o-r %s", c->config_path),
		    "%s holds a password and everybody may read it", c->config_path);
}

static void
check_key_mode(const char *path, struct report *r)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return;
	if ((st.st_mode & 027) != 0)
		check_add(r, CHECK_PROBLEM, "token_key_mode",
		    arena_printf(r->arena, "chmod 0600 %s", path),
		    "others may %s the token key %s (mode %04o): who has it can sign in as anybody",
		    (st.st_mode & 04) != 0 ? "read" : "change", path, st.st_mode & 07777);
	else if (st.st_uid != 0 && geteuid() != 0 && st.st_uid != geteuid())
		check_add(r, CHECK_NOTE, "token_key_mode", NULL,
		    "%s belongs to another user (uid %ld)", path, (long)st.st_uid);
}

static void
check_key(struct ctl *c, struct report *r)
{
	uint8_t key[4096];
	char why[1024];
	size_t len = 0;
	bool usable = config_token_key(&c->config, key, &len, why, sizeof(why));

	crypt_wipe(key, sizeof(key));
	if (!usable)
		check_add(r, CHECK_PROBLEM, "token_key",
		    "moot init makes one where token_key_file says, if none is there", "%s", why);
	else
		check_add(r, CHECK_OK, "token_key", NULL, "%s has %zu bytes",
		    c->config.token_key_file, len);
	if (c->config.token_key_file[0] != '\0')
		check_key_mode(c->config.token_key_file, r);
}

/* Really makes a file: access(2) does not know of full disks, quotas and read-only mounts. */
static bool
can_write(struct arena *a, const char *dir)
{
	const char *path = arena_printf(a, "%s/.doctor.%ld", dir, (long)getpid());
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, "moot\n", 5) == 5;
	int saved = errno;

	if (fd >= 0) {
		close(fd);
		unlink(path);
	}
	errno = saved;
	return ok;
}

static void
check_space(const char *check, const char *dir, struct report *r)
{
	struct statvfs v;

	if (statvfs(dir, &v) != 0 || v.f_blocks == 0)
		return;
	unsigned long long percent = (unsigned long long)v.f_bavail * 100 / v.f_blocks;
	if (percent < FREE_PERCENT)
		check_add(r, CHECK_PROBLEM, check, "make room, or move the folder",
		    "only %llu %% of the disk below %s is free", percent, dir);
}

static void
check_dir(const char *check, const char *key, const char *dir, bool needed, struct report *r)
{
	struct stat st;

	if (dir[0] == '\0') {
		check_add(r, needed ? CHECK_PROBLEM : CHECK_NOTE, check,
		    arena_printf(r->arena, "set %s in the configuration", key), "%s is not set",
		    key);
		return;
	}
	if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)) {
		check_add(r, CHECK_PROBLEM, check, "moot init makes it", "%s: %s", dir,
		    errno != 0 ? strerror(errno) : "not a folder");
		return;
	}
	if ((st.st_mode & 02) != 0)
		check_add(r, CHECK_PROBLEM, check, arena_printf(r->arena, "chmod o-w %s", dir),
		    "everybody may write to %s", dir);
	else if (!can_write(r->arena, dir))
		check_add(r, CHECK_PROBLEM, check,
		    "run doctor as the user of the servers; if it is that one, chown the folder to "
		    "it",
		    "cannot write to %s: %s", dir, strerror(errno));
	else
		check_add(r, CHECK_OK, check, NULL, "%s can be written to", dir);
	check_space(check, dir, r);
}

/* Really has it decode a picture: it refuses where the kernel has no seccomp. */
static void
check_image(struct ctl *c, struct report *r)
{
	static const char gif[] = "GIF89a\1\0\1\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0"
				  "\1\0\1\0\0\2\2\x44\1\0;";
	const char *argv[] = { c->config.image_program, "64", NULL };
	struct child_end end = { .status = -1 };

	if (c->config.image_program[0] == '\0') {
		check_add(r, CHECK_NOTE, "image_program", "set image_program in the configuration",
		    "image_program is empty: people and servers have no pictures");
		return;
	}
	if (child_run(r->arena, argv, (struct str){ gif, sizeof(gif) - 1 }, 4096,
		clock_mono_ms() + IMAGE_MS, &end) == ERR_OK && end.status == PICTURE_OK)
		check_add(r, CHECK_OK, "image_program", NULL, "%s decodes pictures", argv[0]);
	else if (end.status == PICTURE_NO_SANDBOX)
		check_add(r, CHECK_PROBLEM, "image_program",
		    "allow seccomp, or empty image_program",
		    "%s is not let into its sandbox by the kernel", argv[0]);
	else
		check_add(r, CHECK_PROBLEM, "image_program",
		    "install it, or say in image_program where it is", "%s does not work", argv[0]);
}

void
check_files(struct ctl *c, struct report *r)
{
	check_config_file(c, r);
	check_key(c, r);
	errno = 0;
	check_dir("files_dir", "files_dir", c->config.files_dir, false, r);
	errno = 0;
	check_dir("run_dir", "run_dir", c->config.run_dir, false, r);
	check_image(c, r);
}

/* The real file names of the libraries this program runs with, from its memory map. */
void
check_libraries(struct report *r)
{
	static const char *const wanted[] = { "libpq.", "libhiredis.", "libjwt.", "libjson-c.",
		"libsodium.", "libcrypto.", "libssl." };
	const size_t n = sizeof(wanted) / sizeof(wanted[0]);
	bool seen[sizeof(wanted) / sizeof(wanted[0])] = { false };
	const char *all = "moot " PACKAGE_VERSION;
	char line[4096];
	FILE *f = fopen("/proc/self/maps", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		char *name = strrchr(line, '/');
		if (name == NULL)
			continue;
		name[strcspn(name, "\n")] = '\0';
		for (size_t i = 0; i < n; i++) {
			if (seen[i] || strncmp(name + 1, wanted[i], strlen(wanted[i])) != 0)
				continue;
			seen[i] = true;
			all = arena_printf(r->arena, "%s, %s", all, name + 1);
		}
	}
	if (f != NULL)
		fclose(f);
	check_add(r, CHECK_OK, "versions", NULL, "%s", all);
}
