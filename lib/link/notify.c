#include "link/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

static int64_t alive_ms;

/* A name that begins with @ is an abstract one. */
static void
say(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t len = path == NULL ? 0 : strlen(path);
	int fd;

	if (len < 2 || len >= sizeof(addr.sun_path))
		return;
	memcpy(addr.sun_path, path, len);
	if (path[0] == '@')
		addr.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&addr,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}

/* Half of it, so that one that comes late is no harm. */
void
notify_init(void)
{
	uint64_t us, pid = (uint64_t)getpid();

	alive_ms = 0;
	if (str_to_u64(str_of(getenv("WATCHDOG_USEC")), INT64_MAX, &us))
		alive_ms = (int64_t)(us / 2000);
	if (getenv("WATCHDOG_PID") != NULL &&
	    (!str_to_u64(str_of(getenv("WATCHDOG_PID")), INT64_MAX, &pid) ||
		pid != (uint64_t)getpid()))
		alive_ms = 0;
	unsetenv("WATCHDOG_PID");
}

void
notify_ready(void)
{
	char text[64];

	snprintf(text, sizeof(text), "MAINPID=%ld\nREADY=1", (long)getpid());
	say(text);
}

void
notify_reloading(void)
{
	char text[64];

	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_mono_us());
	say(text);
}

void
notify_stopping(void)
{
	say("STOPPING=1");
}

int64_t
notify_alive_ms(void)
{
	return alive_ms;
}

void
notify_alive(void)
{
	say("WATCHDOG=1");
}
