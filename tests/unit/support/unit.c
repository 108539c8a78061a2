#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypt.h"
#include "tests/unit/support/unit.h"

static struct arena arena;
static char directory[64];

struct arena *
unit_arena(void)
{
	return &arena;
}

struct str
guard_copy(struct str s)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = (s.len + page - 1) / page * page;
	char *p =
	    mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *start;

	ck_assert_ptr_ne(p, MAP_FAILED);
	ck_assert_int_eq(mprotect(p + size, page, PROT_NONE), 0);
	start = p + size - s.len;
	if (s.len > 0)
		memcpy(start, s.p, s.len);
	return (struct str){ start, s.len };
}

const char *
unit_path(const char *name)
{
	if (directory[0] == '\0') {
		snprintf(directory, sizeof(directory), "/tmp/moot-unit-XXXXXX");
		ck_assert_ptr_nonnull(mkdtemp(directory));
	}
	return arena_printf(&arena, "%s/%s", directory, name);
}

const char *
unit_file(const char *name, const void *bytes, size_t n)
{
	const char *path = unit_path(name);
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
	return path;
}

bool
all_bytes_are(const void *p, size_t n, unsigned char c)
{
	const unsigned char *bytes = p;

	for (size_t i = 0; i < n; i++) {
		if (bytes[i] != c)
			return false;
	}
	return true;
}

static void
remove_directory(void)
{
	struct dirent *entry;
	DIR *dir;

	if (directory[0] == '\0' || (dir = opendir(directory)) == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	rmdir(directory);
}

static void
setup(void)
{
	crypt_init();
	arena_init(&arena, 64 << 20);
}

static void
teardown(void)
{
	remove_directory();
	arena_release(&arena);
}

int
unit_run(const char *name, const TTest *const tests[])
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	for (size_t i = 0; tests[i] != NULL; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	srunner_free(runner);
	return 0;	/* the TAP stream carries the verdict */
}
