#include "push/handover_step.h"

#define BIT(n) (1u << (n))

struct step {
	const char *word;
	unsigned hears;		/* bits of enum ctl_kind */
	unsigned next;		/* bits of the states, or steps, that may follow */
};

/* ALONE follows every state: whatever goes wrong, and handover_stop(). */
static const struct step givers[GIVER__MAX] = {
	[GIVER_ALONE] = { "alone", 0, BIT(GIVER_CONNECTED) },
	[GIVER_CONNECTED] = { "connected", BIT(CTL_HELLO),
	    BIT(GIVER_ALONE) | BIT(GIVER_REFUSED) | BIT(GIVER_GREETED) },
	[GIVER_REFUSED] = { "refused", 0, BIT(GIVER_ALONE) },
	[GIVER_GREETED] = { "greeted", BIT(CTL_GO), BIT(GIVER_ALONE) | BIT(GIVER_QUIET) },
	[GIVER_QUIET] = { "quiet", 0, BIT(GIVER_ALONE) | BIT(GIVER_SENDING) },
	[GIVER_SENDING] = { "sending", BIT(CTL_READY), BIT(GIVER_ALONE) | BIT(GIVER_GONE) },
	[GIVER_GONE] = { "gone", 0, BIT(GIVER_ALONE) },
};

static const struct step takers[TAKER__MAX] = {
	[TAKER_LINKS] = { "links", 0, BIT(TAKER_HELLO) },
	[TAKER_HELLO] = { "hello", BIT(CTL_STREAMS) | BIT(CTL_NO),
	    BIT(TAKER_STREAMS) | BIT(TAKER_DONE) },
	[TAKER_STREAMS] = { "streams", 0, BIT(TAKER_STATE) },
	[TAKER_STATE] = { "state", BIT(CTL_STATE) | BIT(CTL_FDS), BIT(TAKER_COMMIT) },
	[TAKER_COMMIT] = { "commit", BIT(CTL_COMMIT), BIT(TAKER_DONE) },
	[TAKER_DONE] = { "done", 0, 0 },
};

const char *
giver_word(enum giver state)
{
	return givers[state].word;
}

const char *
taker_word(enum taker step)
{
	return takers[step].word;
}

/* A peer may say any number. */
static bool
hears(const struct step *s, uint32_t kind)
{
	return kind >= CTL_HELLO && kind <= CTL_ABORT && (s->hears & BIT(kind)) != 0;
}

bool
giver_hears(enum giver state, uint32_t kind)
{
	return hears(&givers[state], kind);
}

bool
taker_hears(enum taker step, uint32_t kind)
{
	return hears(&takers[step], kind);
}

bool
giver_may_follow(enum giver from, enum giver to)
{
	return (givers[from].next & BIT(to)) != 0;
}

bool
taker_may_follow(enum taker from, enum taker to)
{
	return (takers[from].next & BIT(to)) != 0;
}
