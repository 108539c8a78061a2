/*
 * mention - whom a text names: <@ID> and <@&ID>, but not in code, nor behind a backslash.
 *
 * What is code is decided in three places by the same reading of CommonMark's blocks, which are
 * those that the client shows: quotes, lists, fences and paragraphs. Here; said_outside_code() in
 * SQL, which says who is mentioned; lib/mentions.ts, for what is written. tests/mentions.json is
 * what they agree on, with each other and with the parser of the client.
 */
#ifndef MOOT_DOMAIN_MENTION_H
#define MOOT_DOMAIN_MENTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

/* Which bytes of a text are in code, or are a backslash and what it takes the meaning of: s.len of
 * them, in the arena. */
bool *code_mask(struct arena *a, struct str s);
/* Whether a text names more than so many, each counted once. a: scratch. */
bool mentions_exceed(struct arena *a, struct str s, size_t most);

#endif
