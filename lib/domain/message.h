/*
 * message - what people say.
 */
#ifndef MOOT_DOMAIN_MESSAGE_H
#define MOOT_DOMAIN_MESSAGE_H

#include "base/buf.h"
#include "domain/call.h"

#define NONCE_MAX 64
#define SYNC_CHANNELS 200
#define SYNC_ITEMS 200	/* changes of one channel; beyond that: reset */

/* ERR_BLOCKED_BY_RULE with the rule's name as detail, here and when it is changed.
 * nonce absent: none. reply_to 0: none. With a nonce of an earlier message of the actor: that
 * message again (out->replayed), or ERR_IDEMPOTENCY when it said something else. */
enum err message_create(struct call *c, int64_t channel, struct str content, struct str nonce,
    int64_t reply_to, struct answer *out);
enum err message_read(struct call *c, int64_t channel, int64_t message, struct answer *out);
/* At most one of before, after, around is not 0. */
enum err message_list(struct call *c, int64_t channel, int64_t before, int64_t after,
    int64_t around, int64_t most, struct answer *out);
/* if_rev 0: whatever is there; else ERR_PRECONDITION when the message has changed since. */
enum err message_update(struct call *c, int64_t channel, int64_t message, struct str content,
    int64_t if_rev, struct answer *out);
enum err message_delete(struct call *c, int64_t channel, int64_t message, struct answer *out);
enum err message_sync(
    struct call *c, const int64_t *channels, const int64_t *revs, size_t n, struct answer *out);

/* A list answer as one message a line: its JSON … */
void message_lines_json(struct buf *out, struct str list);
/* … or `time <name> text`, oldest first, line feeds in the text indented, control characters shown
 * as text_add_shown() does. */
enum err message_lines_text(struct arena *a, struct buf *out, struct str list);

#endif
