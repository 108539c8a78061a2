/*
 * rule_set - the rules of a server as a process keeps them, to look at what is posted without
 * asking for them each time.
 *
 * A set is known by the rev of the rules it was made of, which no other set has, and it is kept
 * which channel goes by which rev. Both may be out of date: Postgres compares the rev and answers
 * with the rules as they are. What is kept is bounded; the set used least lately makes room.
 */
#ifndef MOOT_DOMAIN_RULE_SET_H
#define MOOT_DOMAIN_RULE_SET_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define RULE_SET_RULES 20	/* of one server */
#define RULE_SETS 8
#define RULE_CHANNELS 256	/* slots of the table of channels */

struct rule_set;
struct words;

struct rule_cache {
	struct rule_set *sets[RULE_SETS];	/* the last used first */
	struct {
		int64_t channel;
		int64_t rev;
	} channels[RULE_CHANNELS];
};

struct rule_hits {
	int64_t rev;		/* of the set that was looked into; 0: there was none */
	int64_t ids[RULE_SET_RULES];	/* rules that apply, n of them */
	size_t n;
};

void rule_cache_release(struct rule_cache *k);
/* The rules of a channel, as Postgres gives them (an array of rules). a: scratch. Whoever's memory
 * runs out, a's hook is called. ERR_INTERNAL for what is no such array. */
enum err rule_cache_learn(
    struct rule_cache *k, struct arena *a, int64_t channel, int64_t rev, struct str rules);
/* Which of the rules known for the channel apply to a text. a: scratch. */
void rule_cache_match(struct rule_cache *k, struct arena *a, int64_t channel, struct str text,
    struct rule_hits *out);

#endif
