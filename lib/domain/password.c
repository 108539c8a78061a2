#include "domain/password.h"

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

/* Made outside the measured path the first time only; then as dear as a real one. */
static enum err
dummy(struct world *w)
{
	char noise[33];
	uint8_t random[16];

	if (w->dummy_hash[0] != '\0')
		return ERR_OK;
	crypt_random(random, sizeof(random));
	crypt_hex(random, sizeof(random), noise);
	return hash_now(w, str_of(noise), w->dummy_hash);
}

enum err
password_check(struct world *w, const char *hash, struct str password, bool *right)
{
	enum err e;
	bool match;

	TRY(gate_enter(&w->gate, clock_mono_ms() + PASSWORD_WAIT_MS));
	e = dummy(w);
	match = e == ERR_OK && crypt_pwhash_verify(hash != NULL ? hash : w->dummy_hash, password);
	gate_leave(&w->gate);
	if (e == ERR_OK)
		*right = hash != NULL && match;
	return e;
}

bool
password_is_stale(const struct world *w, const char *hash)
{
	return crypt_pwhash_is_stale(hash, (uint32_t)w->config->argon2_memory_kib,
	    (uint32_t)w->config->argon2_passes);
}
