#include "jobs/presence.h"

#include "base/clock.h"
#include "base/log.h"
#include "domain/presence.h"

enum err
presence_keep(struct world *w, struct arena *a, int64_t *due_ms)
{
	int64_t now = clock_mono_ms();
	enum err e;

	if (now < *due_ms)
		return ERR_OK;
	e = presence_flush(w, a);
	if (e == ERR_UNAVAILABLE && !pg_is_up(w->pg))
		return e;
	*due_ms = now + PRESENCE_EVERY_MS;
	if (e != ERR_OK)
		log_warn("presence waits", lf_str("error", err_info(e)->code),
		    lf_str("said", e == ERR_UNAVAILABLE ? "Redis is away"
		    : pg_fault(w->pg)->message));
	return ERR_OK;
}
