/*
 * presence_word - the words, keys and topic that the daemons, the handlers and the jobs share about
 * who is there.
 *
 * clang-format off: a key a line
 *   p:nodes           set of node names
 *   p:node:<node>     exists while the node lives
 *   p:left:<node>     exists for a day when it has ended as it should
 *   p:on:<node>       hash: account -> "<state> <Unix s>", those that are connected there
 *   p:status          hash: account -> status, chosen on a stream and not yet in Postgres
 *   p:status:flush    … those that are being stored
 *   p:seen            sorted set: account by the Unix second when its last connection ended,
 *                     not yet in Postgres
 *   p:seen:flush      … those that are being stored
 *   p:flush           a text of its own, while somebody stores them
 *   topic presence    lines "<node> <account> <state> <Unix s>"; "<node> sync": read its hash anew
 *
 * States stand in the order of their strength: of several nodes, or of a node and what was chosen
 * by hand, the strongest counts.
 */
#ifndef MOOT_DOMAIN_PRESENCE_WORD_H
#define MOOT_DOMAIN_PRESENCE_WORD_H

#include "base/buf.h"
#include "base/str.h"

#define PRESENCE_NODES "p:nodes"
#define PRESENCE_LEASE "p:node:"
#define PRESENCE_LEFT "p:left:"
#define PRESENCE_ON "p:on:"
#define PRESENCE_STATUS "p:status"
#define PRESENCE_STATUS_FLUSH "p:status:flush"
#define PRESENCE_SEEN "p:seen"
#define PRESENCE_SEEN_FLUSH "p:seen:flush"
#define PRESENCE_FLUSH_LOCK "p:flush"
#define PRESENCE_TOPIC "presence"

#define PRESENCE_SEEN_STEP 300	/* seconds that a shown last_seen_at is rounded down to */
#define PRESENCE_NODES_MAX 64	/* others are not seen */
#define PRESENCE_WATCHED 200	/* people that one connection may watch, or one question may name */

/* On the topic of an account, for the daemons only; subject: the session or token that asks. */
#define PRESENCE_CONTROL "control."
#define PRESENCE_CONTROL_STATUS "control.status"	/* {"status":…} stored, or idle */
#define PRESENCE_CONTROL_CHOSEN "control.chosen" /* {"status":…} chosen, and not stored yet */
#define PRESENCE_CONTROL_WATCH "control.watch"		/* {"user_ids":[…]} */
#define PRESENCE_CONTROL_ASK "control.ask"	/* whom it may see has changed; from SQL */

enum presence {
	PRESENCE_OFFLINE,
	PRESENCE_IDLE,
	PRESENCE_ONLINE,
	PRESENCE_DND,
	PRESENCE_INVISIBLE,
	PRESENCE__MAX
};

const char *presence_word(enum presence p);
bool presence_parse(struct str word, enum presence *out);	/* false leaves *out */
/* The first word of "<state> <s>"; PRESENCE_OFFLINE for anything else. */
enum presence presence_value(struct str value);
/* What others see of somebody who is `on` and has chosen `status`: never PRESENCE_INVISIBLE. */
enum presence presence_shown(enum presence on, enum presence status);
/* `"status":…,"last_seen_at":…`; seen_s at most 0: not known or not shown. */
void presence_render(struct buf *out, enum presence shown, int64_t seen_s);

#endif
