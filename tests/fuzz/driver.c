/*
 * The ordinary main() of a fuzz target: check_NAME runs tests/fuzz/corpus/NAME, each input as it
 * is, cut at every length, and with bytes changed, always against a guard page behind its end.
 * Speaks TAP. Takes the folder of the tree from $top_srcdir, or files as arguments.
 */
#include <dirent.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

#define INPUT_MAX 65536
#define PREFIXES 2048
#define MUTATIONS 64

static uint8_t *guard;	/* INPUT_MAX bytes, then a page that must not be touched */

static void
make_guard(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *p = mmap(
	    NULL, INPUT_MAX + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED);
	guard = p;
	must(mprotect(guard + INPUT_MAX, page, PROT_NONE) == 0);
}

static void
run(const uint8_t *data, size_t n)
{
	uint8_t *at = guard + INPUT_MAX - n;

	memcpy(at, data, n);
	LLVMFuzzerTestOneInput(at, n);
}

static void
run_changed(const uint8_t *data, size_t n)
{
	static uint8_t copy[INPUT_MAX];
	uint32_t state = (uint32_t)n * 2654435761u + 1;

	for (int i = 0; i < MUTATIONS && n > 0; i++) {
		memcpy(copy, data, n);
		for (int k = 0; k <= i % 4; k++) {
			state = state * 1664525u + 1013904223u;
			copy[(state >> 8) % n] = (uint8_t)(state >> 24);
		}
		run(copy, n);
	}
}

static void
run_file(const char *path)
{
	static uint8_t data[INPUT_MAX];
	FILE *f = fopen(path, "rb");
	size_t n;

	must(f != NULL);
	n = fread(data, 1, sizeof(data), f);
	fclose(f);
	printf("# %s\n", path);	/* the last line names the culprit of a crash */
	fflush(stdout);
	run(data, n);
	for (size_t i = 0; i < n && i < PREFIXES; i++)
		run(data, i);
	run_changed(data, n);
}

static int
run_folder(const char *name)
{
	const char *root = getenv("top_srcdir");
	char path[4096];
	struct dirent *entry;
	int n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", root == NULL ? "." : root, name);
	dir = opendir(path);
	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s/%s",
		    root == NULL ? "." : root, name, entry->d_name);
		run_file(path);
		n++;
	}
	closedir(dir);
	return n;
}

int
main(int argc, char **argv)
{
	const char *name = strstr(argv[0], "check_");
	int n = 0;

	make_guard();
	for (int i = 1; i < argc; i++, n++)
		run_file(argv[i]);
	if (argc == 1 && name != NULL)
		n = run_folder(name + strlen("check_"));
	printf("%s 1 - %d inputs, cut and changed\n1..1\n", n > 0 ? "ok" : "not ok", n);
	return 0;
}
