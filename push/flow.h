/*
 * flow - how far a stream has come: its newest event, the recent ones, those that wait for an
 * earlier one, and what is known to be missing.
 *
 * stream.head, .flow and .fetching are written here and nowhere else. The flow is there while there
 * is something in it; flow_settle() gives it up. Always:
 *
 *   the ring is empty, or its last event is the head
 *   what is held is ascending and above the head, HOLD_MAX events at most
 *   floor <= the last rev before the ring, or the head where there is no ring
 *   with a head that is known, between two turns: due_ms != 0 if and only if seen > head
 *
 * Nothing here is asked, delivered or timed: apply.h, resume.h and walk.h do that.
 */
#ifndef MOOT_PUSH_FLOW_H
#define MOOT_PUSH_FLOW_H

#include "push/push.h"

#define HOLD_MAX 64		/* events of a stream that wait for earlier ones */
#define EDITED_MAX 64
#define RESUME_MAX 500		/* events of a stream that are filled; more is a reset */

struct flow {
	struct ring ring;
	struct frame **hold;
	uint32_t n_hold;
	uint32_t cap_hold;
	int64_t seen;		/* highest rev known to exist */
	int64_t stored;		/* see flow_was_told() */
	int64_t due_ms;		/* when waiting for it ends; 0: nothing is missing */
	int64_t history;	/* readers want events above this; INT64_MAX: none */
	int64_t floor;		/* nothing at or below this can be had any more */
	int64_t *edited;	/* messages that changed during a fetch, at most EDITED_MAX */
	uint32_t n_edited;	/* above EDITED_MAX: too many to name */
};

/* ---- what is there */

/* NULL when it is not in memory. Borrowed. */
static inline struct frame *
flow_event(const struct stream *s, int64_t rev)
{
	return s->flow == NULL ? NULL : ring_get(&s->flow->ring, rev);
}

/* NULL for none. */
static inline const struct ring *
flow_ring(const struct stream *s)
{
	return s->flow == NULL || s->flow->ring.n == 0 ? NULL : &s->flow->ring;
}

static inline int64_t
flow_floor(const struct stream *s)
{
	return s->flow == NULL ? 0 : s->flow->floor;
}

/*
 * Where a reader who has got everything up to rev `sent` finds what follows, up to rev `upto`:
 * nothing follows; in the ring; to be fetched first; nowhere any more (or it is too much), which is
 * a reset.
 */
enum flow_reach { REACH_HEAD, REACH_RING, REACH_FETCH, REACH_LOST };
enum flow_reach flow_reach(const struct stream *s, int64_t sent, int64_t upto);

/* ---- events, in order */

/* A stream of which nothing is known, not even its head. */
void flow_init(struct stream *s);
/* An event of s with one reference, the caller's; a broken one without its body and type. */
struct frame *flow_frame(const struct stream *s, const struct feed_event *ev);
/* f is head + 1: it is the head now. Takes f. */
void flow_advance(struct push *p, struct stream *s, struct frame *f);
/* The head was not known yet. */
void flow_begin(struct stream *s, int64_t head);
/* Events up to rev, which is above the head, cannot be had. */
void flow_jump(struct push *p, struct stream *s, int64_t rev);
/* Nothing known is true any more, nor the head. */
void flow_forget(struct push *p, struct stream *s);
/* What another daemon had: before anything else. floor: 0 for none. */
void flow_restore(struct stream *s, int64_t head, int64_t floor);
/* Its events, one after the other, up to the head. Takes f. */
void flow_restore_event(struct push *p, struct stream *s, struct frame *f);
/* Many events come at once: the ring may hold more for a while. */
void flow_widen(struct push *p, struct stream *s);
/* The line that an event of s is in the text format; it has none yet. See ring.h. */
void flow_set_text(struct push *p, struct stream *s, struct frame *f, struct str line);
/* Drops the events up to rev. */
void flow_cut(struct push *p, struct stream *s, int64_t rev);

/* ---- events that wait for earlier ones */

/* Keeps it in order; takes f. Of one that waits twice the first stays; above HOLD_MAX the newest
 * go, which are the easiest to fetch again. */
void flow_hold(struct stream *s, struct frame *f);
/* The earliest that waits, NULL for none; those that the head has passed are dropped first.
 * Borrowed. */
struct frame *flow_first_held(struct stream *s);
/* The earliest waits no longer and is the caller's. There is one. */
struct frame *flow_unhold(struct stream *s);
/* Something waits: what was swept counts from now on as if the bus had brought it. */
void flow_trust(struct stream *s);

/* ---- what is missing */

/* There is an event of that rev; if it is above the head it is waited for, until due_ms unless that
 * has been said already. */
void flow_saw(struct stream *s, int64_t rev, int64_t due_ms);
bool flow_is_missing(const struct stream *s);
/* When waiting for what is missing ends; 0: nothing is. */
int64_t flow_due_ms(const struct stream *s);
/* Something is missing: that time is another one. */
void flow_wait_until(struct stream *s, int64_t due_ms);
/* Ends the waiting when the head has come up to what was seen. False: it goes on. */
bool flow_note_all(struct stream *s);
/* The database says that this is the head: what a fetch that is asked for from now on does not
 * bring up to there cannot be had. One under way may be older, so then it is not kept. */
void flow_was_told(struct stream *s, int64_t rev);
int64_t flow_stored(const struct stream *s);
/* Something is missing: it was never there. */
void flow_unsee(struct stream *s);

/* ---- fetching: one at a time for a stream */

/* A reader wants the events above rev that are no longer in the ring. */
void flow_want_history(struct stream *s, int64_t rev);
bool flow_wants_history(const struct stream *s);
/* The rev above which to fetch, -1: nothing. A gap comes before history: everybody waits for it. */
int64_t flow_wanted(const struct stream *s);
void flow_fetch_begins(struct stream *s);
/* Rows above `after`, ascending, which is below the head: those that lie before the ring are put in
 * front of it, as far as they join. */
void flow_fill(struct push *p, struct stream *s, int64_t after, const struct feed_event *rows,
    size_t n);
/* It has ended, or failed. */
void flow_fetch_ends(struct stream *s);

/*
 * What was said before about that subject must not be sent any more: such events are dropped, and
 * of what a fetch in flight brings about it nothing is taken. SUBJECT_ANY: about anything.
 */
#define SUBJECT_ANY 0
void flow_drop_text(struct push *p, struct stream *s, int64_t subject);

/* ---- the end */

/* Gives the flow up when nothing is in it. */
void flow_settle(struct push *p, struct stream *s);
/* Gives it up with what is in it. */
void flow_free(struct push *p, struct stream *s);
bool flow_is_sane(const struct stream *s);

#endif
