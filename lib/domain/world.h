/*
 * world - what one process has to work with: configuration, connections, keys. Made once at start.
 */
#ifndef MOOT_DOMAIN_WORLD_H
#define MOOT_DOMAIN_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "domain/rule_set.h"
#include "domain/site.h"
#include "link/gate.h"
#include "link/pg.h"
#include "link/redis.h"
#include "wire/jwt.h"

/* Handlers that one slot for pictures can hold up: one decodes, one waits, and the next are told to
 * come again. There are at least four. */
#define PICTURE_ROOM 2

struct world {
	const struct config *config;	/* borrowed */
	struct site site;		/* of its base_url */
	struct pg *pg;
	struct redis *redis;
	struct gate gate;		/* bound on simultaneous password hashes */
	struct gate pictures;		/* … on pictures that are decoded … */
	struct gate picture_room;	/* … and on those that wait, too: PICTURE_ROOM as many */
	struct rule_cache rules;	/* of servers that were posted in lately */
	uint8_t key_bytes[4096];
	struct jwt_key key;
};

/* Connects to nothing yet; strings of pg are borrowed as in pg.h. serves: signs and checks tokens,
 * so that it needs the token key, and hashes passwords within the bound that all such processes
 * share; else the key stays empty and the bound is of this process alone. False with one line in
 * msg: the token key is missing or short, or there is no memory; nothing is to be released then. */
bool world_init(struct world *w, const struct config *config, const struct pg_options *pg,
    bool serves, char *msg, size_t msg_len);
void world_release(struct world *w);

enum registration {
	REGISTRATION_CLOSED,
	REGISTRATION_INVITE,
	REGISTRATION_APPROVE,
	REGISTRATION_OPEN
};
enum registration registration_mode(const struct config *config);

/* Postgres answers, and its schema is the one these statements were written for. */
enum err world_check_db(struct world *w, struct arena *a, bool *schema_fits);
enum err world_check_redis(struct world *w);

#endif
