/*
 * migrate - brings a database to the schema this program was built with.
 *
 * Migrations are numbered, applied once and recorded with their SHA-256 in schema_migration; shapes
 * and functions are run every time. All of it is one transaction under an advisory lock: of several
 * migrators one works and the others find nothing to do, and one that dies leaves nothing.
 */
#ifndef MOOT_CTL_MIGRATE_H
#define MOOT_CTL_MIGRATE_H

#include "base/arena.h"
#include "link/pg.h"

struct migrate_state {
	int64_t version;	/* highest applied; 0 for an empty database */
	int pending;		/* migrations not applied yet */
	const char
	    *wrong; /* why this database cannot be migrated, in the arena; NULL when it can */
};

/* Reads and changes nothing. */
enum err migrate_read(struct pg *pg, struct arena *a, struct migrate_state *out);

/* *done is the number of migrations applied. On failure msg says why in one line. */
bool migrate_run(struct pg *pg, struct arena *a, int *done, char *msg, size_t msg_len);

#endif
