/*
 * handover_step - the two ends of a hand-over as tables: in which state which message is heard, and
 * what may follow it. handover.c and takeover.c act by it; ctl.h says what the messages are.
 *
 * Whatever a table does not name ends the hand-over: the giver goes on alone, the taker's process
 * ends.
 */
#ifndef MOOT_PUSH_HANDOVER_STEP_H
#define MOOT_PUSH_HANDOVER_STEP_H

#include <stdbool.h>

#include "push/ctl.h"

/* The end that has the clients. One peer at a time: in any state but ALONE others are sent away. */
enum giver {
	GIVER_ALONE,		/* clients are served */
	GIVER_CONNECTED,	/* somebody has connected: until HELLO */
	GIVER_REFUSED,		/* NO was said: until it ends, and listens for itself or not */
	GIVER_GREETED,		/* STREAMS was said: until GO */
	GIVER_QUIET,		/* neither clients nor the peer are heard; events still go out */
	GIVER_SENDING,		/* blocks: STATE and FDS, until READY */
	GIVER_GONE,		/* COMMIT was said: the peer has the clients, this process ends */
	GIVER__MAX
};

/* The end that takes over: one after the other. */
enum taker {
	TAKER_LINKS,		/* until database and bus are there */
	TAKER_HELLO,		/* HELLO was said: until STREAMS; with NO it begins alone */
	TAKER_STREAMS,		/* until all of them are on the bus */
	TAKER_STATE,		/* GO was said, blocks: until STATE and all FDS have come */
	TAKER_COMMIT,		/* READY was said, blocks: until COMMIT */
	TAKER_DONE,		/* serves */
	TAKER__MAX
};

/* "alone", "links": for the log. */
const char *giver_word(enum giver state);
const char *taker_word(enum taker step);
/* kind: enum ctl_kind, or whatever a peer sent. */
bool giver_hears(enum giver state, uint32_t kind);
bool taker_hears(enum taker step, uint32_t kind);
bool giver_may_follow(enum giver from, enum giver to);
bool taker_may_follow(enum taker from, enum taker to);

#endif
