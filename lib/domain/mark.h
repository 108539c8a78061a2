/*
 * mark - how far somebody has read a channel, how far messages have reached him, and who sees that.
 *
 * A mark is kept in Redis at once and stored by a flush within seconds (mark_keys.h). Without
 * Redis, or when nobody flushes, it is stored at once. Either way it is acknowledged when it is
 * safe, and all answers show it.
 */
#ifndef MOOT_DOMAIN_MARK_H
#define MOOT_DOMAIN_MARK_H

#include "domain/call.h"
#include "domain/mark_keys.h"

#define MARKS_BATCH 500		/* marks stored by one transaction */

/* The actor has read the channel up to that message; answers his read state there. */
enum err read_put(struct call *c, int64_t channel, int64_t seq, struct answer *out);
/* Messages up to that one have reached him; answers nothing. */
enum err delivered_put(struct call *c, int64_t channel, int64_t seq, struct answer *out);
/* How far the others are, where receipts are shown. */
enum err receipts_list(struct call *c, int64_t channel, struct answer *out);

/* Positions that wait, as array parameters: of the account's channels. Empty without Redis. */
struct mark_overlay {
	const char *ids, *seqs;
};

struct mark_overlay mark_overlay_read(struct call *c);

/* Stores at most MARKS_BATCH of the marks that wait, and says that somebody flushes; *n of them.
 * Events are published after commit. ERR_UNAVAILABLE with Postgres up: there is no Redis. */
enum err marks_flush(struct world *w, struct arena *a, size_t *n);

#endif
