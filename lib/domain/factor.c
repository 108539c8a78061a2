#include "domain/factor.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "domain/account.h"
#include "domain/limit.h"
#include "domain/params.h"
#include "domain/publish.h"
#include "domain/ticket.h"
#include "wire/base32.h"
#include "wire/totp.h"

#define SEALED (TOTP_SECRET + CRYPT_SEAL_MORE)

/* What it is sealed for: the account's number. */
static struct str
about(struct call *c, int64_t account)
{
	return str_of(pg_int(c->arena, account));
}

static const char *
seal(struct call *c, int64_t account, const uint8_t secret[TOTP_SECRET])
{
	const struct jwt_key *key = &c->world->key;
	uint8_t sealed[SEALED];

	crypt_seal(key->bytes, key->len, STR("moot totp"), about(c, account), secret, TOTP_SECRET,
	    sealed);
	return pg_bytea(c->arena, sealed, sizeof(sealed));
}

/* sealed: base64url. ERR_BAD_CREDENTIALS for what does not open: another token key sealed it. */
static enum err
unseal(struct call *c, int64_t account, struct str sealed, uint8_t secret[TOTP_SECRET])
{
	const struct jwt_key *key = &c->world->key;
	uint8_t bytes[SEALED];
	size_t n = 0;

	if (crypt_unb64(sealed, bytes, sizeof(bytes), &n) &&
	    crypt_open(key->bytes, key->len, STR("moot totp"), about(c, account),
		(struct str){ (const char *)bytes, n }, secret, TOTP_SECRET))
		return ERR_OK;
	log_error("an authenticator's secret cannot be read with this token key",
	    lf_str("evt", "auth.totp.sealed"), lf_int("uid", account));
	return ERR_BAD_CREDENTIALS;
}

static struct str
recovery_hash(struct call *c, const uint8_t code[RECOVERY_BYTES])
{
	uint8_t digest[CRYPT_SHA256_LEN];

	crypt_sha256((struct str){ (const char *)code, RECOVERY_BYTES }, digest);
	return str_of(pg_bytea(c->arena, digest, sizeof(digest)));
}

static enum err
refused(int64_t account, const char *what)
{
	metric_add(METRIC_auth_failures, 1);
	log_info("second factor refused", lf_str("evt", "auth.factor.fail"), lf_str("what", what),
	    lf_int("uid", account));
	return ERR_BAD_CREDENTIALS;
}

static enum err
prove_totp(struct call *c, int64_t account, struct str code, struct factor_proof *out)
{
	uint8_t secret[TOTP_SECRET];
	struct pg_rows rows;
	int64_t used, step;

	TRY(call_rows(c, STMT_FACTOR_READ, PG_ARGS(ID(c, account)), &rows));
	if (rows.n == 0 || pg_get(&rows, 0, 0).p == NULL || !pg_get_int(&rows, 0, 1, &used))
		return refused(account, "totp");
	TRY(unseal(c, account, pg_get(&rows, 0, 0), secret));
	bool right = totp_match(secret, clock_wall_ms() / 1000, used, code, &step);
	crypt_wipe(secret, sizeof(secret));
	if (!right)
		return refused(account, "totp");
	*out = (struct factor_proof){ .step = ID(c, step) };
	return ERR_OK;
}

enum err
factor_prove(struct call *c, int64_t account, const struct factor_try *t, struct factor_proof *out)
{
	uint8_t code[RECOVERY_BYTES];

	if (t->recovery_code.p == NULL)
		return prove_totp(c, account, t->totp, out);
	if (!base32_read(t->recovery_code, code, sizeof(code)))
		return refused(account, "recovery_code");
	*out = (struct factor_proof){ .code_hash = recovery_hash(c, code).p };
	return ERR_OK;
}

enum err
factor_ask(struct call *c, int64_t account, const char *hash)
{
	struct ticket_secret secret;
	struct pg_rows rows;

	ticket_secret_make(&secret);
	TRY(call_rows(c, STMT_FACTOR_ASK,
	    PG_ARGS(ID(c, account), hash, pg_bytea(c->arena, secret.hash, sizeof(secret.hash)),
		ID(c, ticket_life_s(TICKET_SECOND_FACTOR))), &rows));
	c->ticket = str_of(arena_strdup(c->arena, secret.text));
	c->methods = pg_get(&rows, 0, 0);
	return ERR_SECOND_FACTOR;
}

enum err
security_read(struct call *c, struct answer *out)
{
	return call_read(
	    c, STMT_SECURITY_READ, PG_ARGS(ACTOR(c), ID(c, c->actor.session)), out);
}

/* Told before the password is looked at, so that nobody learns here whether it is right. */
static enum err
prove_by_password(struct call *c, struct str password)
{
	struct pg_rows rows;

	TRY(call_rows(c, STMT_ACCOUNT_PASSWORD_HASH, PG_ARGS(ACTOR(c)), &rows));
	if (rows.n > 0 && pg_get_bool(&rows, 0, 1))
		return call_flaw(c, "password", "second_factor",
		    "it takes a code of the authenticator, or a recovery code");
	return me_prove(c, password, NULL);
}

enum err
me_confirm(struct call *c, struct str password, const struct factor_try *shown, struct answer *out)
{
	struct factor_proof proof = { 0 };

	if (password.p != NULL) {
		TRY(prove_by_password(c, password));
	} else {
		TRY(limit_confirm(c));
		TRY(factor_prove(c, c->actor.account, shown, &proof));
	}
	TRY(call_mutate(c, 0, STMT_SESSION_CONFIRM, PG_ARGS(ACTOR(c), ID(c, c->actor.session),
	    pg_bool(password.p != NULL), proof.step, proof.code_hash), out));
	if (password.p == NULL)
		limit_refund(c);
	return ERR_OK;
}

enum err
totp_begin(struct call *c, struct str *secret, struct str *uri)
{
	struct str host = c->world->site.origin;
	uint8_t bytes[TOTP_SECRET];
	char text[BASE32_LEN(TOTP_SECRET) + 1];
	struct answer whose;
	struct buf *b = buf_new(c->arena, 4096);

	crypt_random(bytes, sizeof(bytes));
	TRY(call_mutate(c, 0, STMT_TOTP_BEGIN,
	    PG_ARGS(ACTOR(c), seal(c, c->actor.account, bytes)), &whose));
	str_cut(&host, '/');	/* https: */
	str_cut(&host, '/');
	totp_add_uri(b, host, whose.body, bytes);
	if (!buf_ok(b))
		return ERR_NO_MEMORY;
	base32(bytes, sizeof(bytes), text);
	*secret = str_of(arena_strdup(c->arena, text));
	*uri = buf_str(b);
	crypt_wipe(bytes, sizeof(bytes));
	return ERR_OK;
}

/* "ABCD-EFGH-…" */
static void
write_code(const uint8_t code[RECOVERY_BYTES], char out[RECOVERY_TEXT + 1])
{
	char plain[BASE32_LEN(RECOVERY_BYTES) + 1];
	size_t n = 0;

	base32(code, RECOVERY_BYTES, plain);
	for (size_t i = 0; plain[i] != '\0'; i++) {
		if (i > 0 && i % 4 == 0)
			out[n++] = '-';
		out[n++] = plain[i];
	}
	out[n] = '\0';
	crypt_wipe(plain, sizeof(plain));
}

/* Fresh codes, and their hashes as a parameter. */
static const char *
make_codes(struct call *c, struct recovery_codes *codes)
{
	uint8_t code[RECOVERY_BYTES];
	struct str hashes[RECOVERY_CODES];

	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		crypt_random(code, sizeof(code));
		write_code(code, codes->text[i]);
		hashes[i] = recovery_hash(c, code);
	}
	codes->n = RECOVERY_CODES;
	crypt_wipe(code, sizeof(code));
	return pg_text_array(c->arena, hashes, RECOVERY_CODES);
}

enum err
totp_enable(struct call *c, struct str code, struct recovery_codes *codes)
{
	uint8_t secret[TOTP_SECRET], sealed[SEALED];
	struct answer first;
	struct pg_rows rows;
	int64_t step;
	size_t n;

	TRY(call_rows(c, STMT_TOTP_PENDING, PG_ARGS(ACTOR(c)), &rows));
	if (rows.n == 0)
		return ERR_GONE;
	TRY(unseal(c, c->actor.account, pg_get(&rows, 0, 0), secret));
	bool right = totp_match(secret, clock_wall_ms() / 1000, 0, code, &step);
	crypt_wipe(secret, sizeof(secret));
	if (!right)
		return call_flaw(c, "code", "wrong", "not what the authenticator shows now");
	crypt_unb64(pg_get(&rows, 0, 0), sealed, sizeof(sealed), &n);
	TRY(call_mutate(c, 0, STMT_TOTP_ENABLE,
	    PG_ARGS(ACTOR(c), pg_bytea(c->arena, sealed, n), ID(c, step), make_codes(c, codes)),
	    &first));
	if (!str_eq(first.body, STR("true")))
		codes->n = 0;
	return ERR_OK;
}

enum err
totp_disable(struct call *c, struct answer *out)
{
	return call_mutate(c, 0, STMT_TOTP_DISABLE, PG_ARGS(ACTOR(c)), out);
}

enum err
recovery_codes_renew(struct call *c, struct recovery_codes *codes)
{
	struct answer done;

	return call_mutate(
	    c, 0, STMT_RECOVERY_CODES_RENEW, PG_ARGS(ACTOR(c), make_codes(c, codes)), &done);
}
