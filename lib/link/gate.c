#include "link/gate.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define WAIT_MIN_MS 2
#define WAIT_MAX_MS 20

void
gate_init(struct gate *g, const char *run_dir, const char *name, int64_t slots)
{
	char path[4096];

	*g = (struct gate){ .fd = -1, .slots = 1, .held = -1 };
	if (slots <= 0)
		slots = sysconf(_SC_NPROCESSORS_ONLN);
	if (slots > GATE_SLOTS)
		slots = GATE_SLOTS;
	if (slots > 0)
		g->slots = (int)slots;
	if (run_dir == NULL || run_dir[0] == '\0')
		return;
	snprintf(path, sizeof(path), "%s/%s.lock", run_dir, name);
	g->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (g->fd < 0)
		log_warn("no lock file, simultaneous work is not bounded", lf_str("path", path));
}

void
gate_release(struct gate *g)
{
	gate_leave(g);
	if (g->fd >= 0)
		close(g->fd);
	g->fd = -1;
}

static bool
slot_lock(const struct gate *g, int slot, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = slot, .l_len = 1 };

	return fcntl(g->fd, F_OFD_SETLK, &lock) == 0;
}

static bool
try_all(struct gate *g)
{
	int first = (int)(getpid() % g->slots);

	for (int i = 0; i < g->slots; i++) {
		int slot = (first + i) % g->slots;
		if (slot_lock(g, slot, F_WRLCK)) {
			g->held = slot;
			return true;
		}
	}
	return false;
}

enum err
gate_enter(struct gate *g, int64_t until)
{
	long wait_ms = WAIT_MIN_MS;

	if (g->fd < 0)
		return ERR_OK;
	while (!try_all(g)) {
		if (clock_mono_ms() >= until)
			return ERR_OVERLOAD;
		nanosleep(&(struct timespec){ 0, wait_ms * 1000000 }, NULL);
		if (wait_ms < WAIT_MAX_MS)
			wait_ms++;
	}
	return ERR_OK;
}

void
gate_leave(struct gate *g)
{
	if (g->held >= 0)
		slot_lock(g, g->held, F_UNLCK);
	g->held = -1;
}
