/*
 * password - hashing under the installation's bound, and a check that takes as long for an unknown
 * account as for a known one.
 */
#ifndef MOOT_DOMAIN_PASSWORD_H
#define MOOT_DOMAIN_PASSWORD_H

#include <stdbool.h>

#include "base/crypt.h"
#include "domain/world.h"

#define PASSWORD_MIN 8		/* code points */
#define PASSWORD_MAX 256
#define PASSWORD_BYTES 1024
#define PASSWORD_WAIT_MS 8000	/* for a turn to hash */

/* Waits for a turn, then hashes with the configured cost. ERR_OVERLOAD, ERR_NO_MEMORY. */
enum err password_hash(struct world *w, struct str password, char out[CRYPT_PWHASH_MAX]);
/* hash NULL: false, after as much work. ERR_OVERLOAD. */
enum err password_check(struct world *w, const char *hash, struct str password, bool *right);
/* The hash was made with another cost than the one configured. */
bool password_is_stale(const struct world *w, const char *hash);

#endif
