/*
 * bus - what travels from a committed change to the push daemon, by Redis or as a row of `event`.
 *
 * Payload of topic s:<stream id>: one line of space-separated ASCII, LF, then the envelope:
 *   1 <event_id> <rev> <parent> <parent_rev> <access> <subject> <type>[ <hidden>]\n<json>
 * Numbers are decimal, 0 … 2^63-1, without sign or leading zeros. rev 0 is an ephemeral event,
 * which has event_id 0 too. The type is a word of [a-z._], at most BUS_TYPE_MAX bytes.
 * hidden, of an ephemeral event only: the accounts that are not to be handed it, ids with commas
 * between, at most BUS_HIDDEN_MAX bytes. The JSON is one object; who frames it turns its line
 * breaks and tabs (which JSON allows between tokens) into blanks.
 */
#ifndef MOOT_WIRE_BUS_H
#define MOOT_WIRE_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define BUS_TYPE_MAX 48
#define BUS_BODY_MAX (960 * 1024)	/* with what else may stand in its chunk below 1 MiB */
#define BUS_HIDDEN_MAX 4096

enum bus_access {
	BUS_NONE = 0,
	BUS_GAINED = 1, /* subject gained this stream or one below it */
	BUS_LOST =
	    2, /* subject (0: everybody) lost this stream and, for a server, all its channels */
	BUS_REREAD = 3,	 /* everybody's access to this stream and below must be read anew */
	BUS_SESSION = 4, /* the session or token `subject` ended */
	BUS_ACCOUNT = 5, /* the account `subject` has no session any more */
	BUS_ACCESS__MAX
};

struct bus_event {
	int64_t event_id;
	int64_t rev;
	int64_t parent;		/* the server of a channel, else 0 */
	int64_t parent_rev;	/* the server's rev that this was committed under */
	enum bus_access access;
	int64_t subject;	/* account or session */
	struct str type;	/* view into the payload */
	struct str hidden;	/* view into the payload; absent: from nobody */
	struct str body;	/* the envelope; view into the payload */
};

/* The topic of a stream, NUL-terminated. */
#define BUS_TOPIC_MAX 32
void bus_topic(int64_t stream, char out[BUS_TOPIC_MAX]);
/* False: this is no stream's topic; *stream is untouched. */
bool bus_topic_parse(struct str topic, int64_t *stream);

/* ERR_BAD_REQUEST leaves *e. The body is not parsed as JSON, only held against the rules above. */
enum err bus_parse(struct str payload, struct bus_event *e);
/* May be framed: '{' … '}', not too long, no control bytes but CR, LF and tab. */
bool bus_body_is_valid(struct str body);
bool bus_type_is_valid(struct str type);
/* Whether that account is one of those in a list as `hidden` above. */
bool bus_is_hidden(struct str hidden, int64_t account);
void bus_render(struct buf *out, const struct bus_event *e);

#endif
