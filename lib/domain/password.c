#include "domain/password.h"

#include <stdio.h>

#include "base/clock.h"

static enum err
hash_now(const struct world *w, struct str password, char out[CRYPT_PWHASH_MAX])
{
	return crypt_pwhash(password, (uint32_t)w->config->argon2_memory_kib,
	    (uint32_t)w->config->argon2_passes, out);
}

enum err
password_hash(struct world *w, struct str password, char out[CRYPT_PWHASH_MAX])
{
	TRY(gate_enter(&w->gate, clock_mono_ms() + PASSWORD_WAIT_MS));
	enum err e = hash_now(w, password, out);
	gate_leave(&w->gate);
	return e;
}

/* A hash of no password at the configured cost: to verify against it takes as long as against a
 * real one, and making it takes nothing. */
static void
dummy(const struct world *w, char out[CRYPT_PWHASH_MAX])
{
	snprintf(out, CRYPT_PWHASH_MAX, "$argon2id$v=19$m=%u,t=%u,p=1$bW9vdG1vb3Rtb290bW9vdA$"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", (unsigned)w->config->argon2_memory_kib,
	    (unsigned)w->config->argon2_passes);
}

enum err
password_check(struct world *w, const char *hash, struct str password, bool *right)
{
	char none[CRYPT_PWHASH_MAX];
	bool match;

	dummy(w, none);
	TRY(gate_enter(&w->gate, clock_mono_ms() + PASSWORD_WAIT_MS));
	match = crypt_pwhash_verify(hash != NULL ? hash : none, password);
	gate_leave(&w->gate);
	*right = hash != NULL && match;
	return ERR_OK;
}

bool
password_is_stale(const struct world *w, const char *hash)
{
	return crypt_pwhash_is_stale(hash, (uint32_t)w->config->argon2_memory_kib,
	    (uint32_t)w->config->argon2_passes);
}
