/*
 * rule_link - where the links of a text lead, as browsers read them: http and https, any number of
 * slashes either way, a user name in front of the host, a port behind it.
 */
#ifndef MOOT_DOMAIN_RULE_LINK_H
#define MOOT_DOMAIN_RULE_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct host {
	const uint32_t *text;	/* folded, without a dot at its end */
	size_t n;
};

struct host_list {
	struct host *hosts;
	size_t n;
};

/* A host of a list, in the arena. scratch: for what is not kept. */
struct host host_make(struct arena *a, struct arena *scratch, struct str s);
/* In folded text: a link to a host of deny or below one; or, when something is allowed, to none of
 * that; or any when both lists are empty. What is no plain name (escapes) is refused by both. The
 * text is read twice: as it is, and as Markdown reads the target of a link, without backslashes in
 * front of punctuation and with entities as what they stand for. a: scratch. */
bool link_is_refused(struct arena *a, const uint32_t *text, size_t n,
    const struct host_list *allow, const struct host_list *deny);

#endif
