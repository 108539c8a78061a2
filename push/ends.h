/*
 * ends - memberships that end by themselves: the time of a guest is over at that moment, whether or
 * not anybody, or the database, says so.
 *
 * A picture says how long each stream may be read yet, counted from when it was asked for; so what
 * is kept is early by the way of the question and never late. At the end the streams of that server
 * are revoked at their heads, and the account is read anew. Who has lost them so gains them again
 * only with ENDS_LEAST_MS to go: what is early is not taken back for the last moment.
 *
 * Of each account at most one entry for a server that its picture shows, so FEED_STREAMS at most.
 */
#ifndef MOOT_PUSH_ENDS_H
#define MOOT_PUSH_ENDS_H

#include "base/clock.h"
#include "push/push.h"

struct snap_end;
struct snap_list;

#define ENDS_LEAST_MS 1000

void ends_init(struct push *p);
void ends_release(struct push *p);
/* When that stream may not be read any more, of a picture that was asked for at that millisecond of
 * the monotonic clock; INT64_MAX: never. */
int64_t ends_at(const struct feed_access *row, int64_t asked_ms);
/* The account's picture has been put into effect: it says what ends, and all that does. */
void ends_take(struct push *p, uint32_t account, const struct feed_access *rows, size_t n,
    int64_t asked_ms);
/* The account's number is given up. */
void ends_forget(struct push *p, uint32_t account);
/* For another daemon: those of an account, to `out`, which has room for FEED_STREAMS; how many. */
uint32_t ends_save(const struct push *p, uint32_t account, struct snap_end *out);
/* Of an account that has none yet. */
void ends_restore(struct push *p, uint32_t account, const struct snap_list *ends);

/* Ends what is over. */
void ends_now(struct push *p);

/* The same, asked before each event: none that was said after an end is put behind it. */
static inline void
ends_look(struct push *p)
{
	if (p->ends_ms != INT64_MAX && p->ends_ms <= clock_mono_ms())
		ends_now(p);
}

#endif
