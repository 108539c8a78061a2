/*
 * nodes - the daemons of this installation, as Redis knows them: each renews a lease, and who finds
 * one without a lease buries it. Small numbers stand for them, NODES at most.
 */
#ifndef MOOT_PUSH_NODES_H
#define MOOT_PUSH_NODES_H

#include "domain/presence_word.h"
#include "push/push.h"

#define NODES PRESENCE_NODES_MAX
#define NODE_NAME_MAX 16

void nodes_init(struct push *p);
void nodes_release(struct push *p);
/* Redis takes commands: renews the lease and learns who else is there. */
void nodes_refresh(struct push *p);
void nodes_stop(struct push *p);
/* Everybody reads our hash anew. */
void nodes_say_sync(struct push *p);
/* The topic said something. */
void nodes_message(struct push *p, struct str payload);
/* Redis has refused something since all was said. */
bool nodes_refused(const struct push *p);
/* Small letters and digits, NODE_NAME_MAX at most: what is made into keys. */
bool nodes_is_name(struct str s);
/* There is a node of that name. */
void nodes_known(struct push *p, struct str name);
/* The name of a node, NULL when no node that lives has that number. */
const char *nodes_name(const struct push *p, uint32_t node);
/* It has a lease. */
void nodes_lives(struct push *p, const char *name);
/* It has none: nobody is there any more. False: that was known. */
bool nodes_died(struct push *p, const char *name);

#endif
