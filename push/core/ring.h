/*
 * ring - the recent events of a stream, once in memory for all readers.
 *
 * Invariants: a ring holds consecutive revs first … first + n - 1 and its last one is the stream's
 * head. Frames are shared: the ring holds one reference, a connection that is in the middle of
 * writing a frame another. All frames in rings stand in one list by age, across streams, so that
 * the oldest go first when they are too old or the memory for all rings is used up.
 */
#ifndef MOOT_PUSH_CORE_RING_H
#define MOOT_PUSH_CORE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "wire/bus.h"
#include "wire/frame.h"
#include "wire/ws_frame.h"

#define RING_FRAMES 256
#define RING_BYTES (256 * 1024)
#define RING_AGE_S 600
/* While readers catch up on what was fetched for them, for RING_WIDE_S seconds. */
#define RING_WIDE_FRAMES 1024
#define RING_WIDE_BYTES (4 * 1024 * 1024)
#define RING_WIDE_S 30

/* The types of events that the daemon itself looks at; the rest it only passes on. */
enum event_kind {
	EVENT_OTHER,
	EVENT_MESSAGE_CREATED,
	EVENT_MESSAGE_UPDATED,
	EVENT_MESSAGE_DELETED,
	EVENT_MESSAGES_DELETED,
	EVENT_MESSAGES_EXPIRED,
	EVENT_CHANNEL_UPDATED,
	EVENT_USER_UPDATED,
	EVENT_TYPING,
	EVENT_RECEIPT,		/* not for who hides his own */
	EVENT_KIND__MAX
};

struct frame {
	struct frame *older, *newer;	/* by age; of frames in rings */
	int64_t rev;
	int64_t event_id;
	int64_t subject;
	int64_t parent_rev;
	char *text;			/* line of the text format; see ring_set_text() */
	struct frame *withheld;		/* frame_withheld(), likewise; not counted in the rings */
	uint32_t text_len;
	uint32_t stream;		/* slab number */
	uint32_t refs;
	uint32_t born_s;
	uint32_t len;			/* of the JSON */
	uint16_t hidden_len;
	uint8_t access;			/* enum bus_access */
	uint8_t kind;			/* enum event_kind */
	uint8_t type_len;
	uint8_t ws_len;
	bool swept;			/* by the tail sweep; waits for the bus to be first */
	uint8_t ws[WS_HEADER_MAX];	/* header of its WebSocket frame */
	char bytes[];	/* "data: ", JSON, "\n\n", the type, from whom it is hidden */
};

enum event_kind event_kind(struct str type);
/* One reference, the caller's. Line breaks and tabs of the body become blanks. len 0 (e.body
 * absent): an event that cannot be sent, which only takes its place in the order. */
struct frame *frame_new(const struct bus_event *e, uint32_t stream);
void frame_drop(struct frame *f);	/* gives one reference up; NULL is fine */

/* Bytes before and behind the JSON. */
#define RING_PREFIX (sizeof(FRAME_SSE_PREFIX) - 1)
#define RING_SUFFIX (sizeof(FRAME_SSE_SUFFIX) - 1)

/* Views into f: the envelope, without a line break. */
static inline struct str
frame_json(const struct frame *f)
{
	return (struct str){ f->bytes + RING_PREFIX, f->len };
}

/* The same as `data: …` and an empty line. */
static inline struct str
frame_sse(const struct frame *f)
{
	return (struct str){ f->bytes, RING_PREFIX + f->len + RING_SUFFIX };
}

/* Its type, message.created or another. */
static inline struct str
frame_type(const struct frame *f)
{
	return (struct str){ f->bytes + RING_PREFIX + f->len + RING_SUFFIX, f->type_len };
}
/*
 * What stands in the place of a message.updated for who may not read that message: message.withheld
 * of the same rev, which says nothing of it. Shared, and borrowed as long as f is there.
 */
struct frame *frame_withheld(struct frame *f);
/* The account is not to be handed it (bus.h). */
bool frame_is_hidden(const struct frame *f, int64_t account);

struct ring {
	struct frame **slots;
	uint32_t cap;		/* power of two */
	uint32_t start;
	uint32_t n;
	uint32_t wide_until_s;
	int64_t first;		/* rev of the oldest; of the next one while empty */
	size_t bytes;
};

struct ring_store {
	struct frame *oldest, *newest;
	size_t bytes;
	size_t max;
};

/* Takes f, whose rev follows the newest one's (any rev in an empty ring). */
void ring_append(struct ring_store *st, struct ring *r, struct frame *f, uint32_t now_s);
/* Takes f, whose rev precedes the oldest one's. */
void ring_prepend(struct ring_store *st, struct ring *r, struct frame *f, uint32_t now_s);
/* For RING_WIDE_S seconds it holds RING_WIDE_FRAMES, RING_WIDE_BYTES. */
void ring_widen(struct ring *r, uint32_t now_s);
/* The line that f is in the text format, copied; it has none yet. It counts where f is in the ring
 * (NULL: there is none); nothing is cut for it before the next event comes. */
void ring_set_text(struct ring_store *st, struct ring *r, struct frame *f, struct str line);
/* NULL when it is not there. Borrowed. */
struct frame *ring_get(const struct ring *r, int64_t rev);
/* The newest frame about that subject, NULL for none. Borrowed. */
struct frame *ring_newest_of(const struct ring *r, int64_t subject);
/* Drops all frames up to rev. */
void ring_cut(struct ring_store *st, struct ring *r, int64_t rev);
void ring_release(struct ring_store *st, struct ring *r);
/* The frame to cut next: too old, or too much memory in all; NULL when all is well. */
struct frame *ring_store_excess(const struct ring_store *st, uint32_t now_s);
bool ring_is_sane(const struct ring *r);

#endif
