#include "domain/presence_word.h"

#include "base/clock.h"

static const char *const words[PRESENCE__MAX] = { "offline", "idle", "online", "dnd", "invisible" };

const char *
presence_word(enum presence p)
{
	return words[p];
}

bool
presence_parse(struct str word, enum presence *out)
{
	for (int i = 0; i < PRESENCE__MAX; i++)
		if (str_eq(word, str_of(words[i]))) {
			*out = (enum presence)i;
			return true;
		}
	return false;
}

enum presence
presence_value(struct str value)
{
	enum presence p = PRESENCE_OFFLINE;

	presence_parse(str_cut(&value, ' '), &p);
	return p;
}

enum presence
presence_shown(enum presence on, enum presence status)
{
	if (on == PRESENCE_OFFLINE)
		return on;
	/* "online" by hand is no choice: then the connections say it. */
	if (status > PRESENCE_ONLINE && status > on)
		on = status;
	return on == PRESENCE_INVISIBLE ? PRESENCE_OFFLINE : on;
}

void
presence_render(struct buf *out, enum presence shown, int64_t seen_s)
{
	char at[25];

	buf_printf(out, "\"status\":\"%s\",\"last_seen_at\":", words[shown]);
	if (shown != PRESENCE_OFFLINE || seen_s <= 0) {
		buf_add_cstr(out, "null");
		return;
	}
	clock_rfc3339(seen_s / PRESENCE_SEEN_STEP * PRESENCE_SEEN_STEP * 1000, at);
	buf_printf(out, "\"%s\"", at);
}
