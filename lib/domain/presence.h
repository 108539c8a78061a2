/*
 * presence - who is there, as those may see it who account_sees() in SQL lets: what the daemons
 * say in Redis, under what people have chosen for themselves. Without Redis nobody knows, and
 * nobody is named.
 */
#ifndef MOOT_DOMAIN_PRESENCE_H
#define MOOT_DOMAIN_PRESENCE_H

#include "domain/call.h"
#include "domain/presence_word.h"

/* status: online (as the connections say), dnd, invisible; or idle, which is about the connections
 * of this session and kept nowhere. Body {"status"}. */
enum err presence_set(struct call *c, struct str status, struct answer *out);
/* The open connections of this session watch these people from now on. Nothing is kept. */
enum err presence_watch(struct call *c, const int64_t *ids, size_t n, struct answer *out);
/* {"items":[{user_id,status,last_seen_at}]}: those of n <= PRESENCE_WATCHED that the actor may know
 * of; none where no Redis is configured. ERR_UNAVAILABLE: Redis is away or slow. */
enum err presence_list(struct call *c, const int64_t *ids, size_t n, struct answer *out);
/* Appends {"<id>":{status,last_seen_at},…}; people: of people_text() in SQL. {} while Redis
 * is away. */
void presence_add_map(struct call *c, struct str people, struct buf *out);
/* Stores what waits in Redis. ERR_UNAVAILABLE: Redis is away; what waits stays there. */
enum err presence_flush(struct world *w, struct arena *a);

/* Whether the actor has chosen on a stream to be invisible, and it waits to be stored. */
bool presence_hides(struct call *c);

#endif
