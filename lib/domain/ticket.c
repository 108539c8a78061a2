#include "domain/ticket.h"

#include "base/metric.h"

#define SECRET_BYTES 32

static const struct {
	const char *word;
	int64_t life_s;
} kinds[TICKET__MAX] = {
	[TICKET_RESET] = { "reset", 3600 },
	[TICKET_VERIFY] = { "verify", 86400 },
	[TICKET_SECOND_FACTOR] = { "second_factor", 300 },
};

const char *
ticket_word(enum ticket_kind kind)
{
	return kinds[kind].word;
}

int64_t
ticket_life_s(enum ticket_kind kind)
{
	return kinds[kind].life_s;
}

void
ticket_secret_make(struct ticket_secret *out)
{
	uint8_t random[SECRET_BYTES];

	crypt_random(random, sizeof(random));
	crypt_b64(random, sizeof(random), out->text);
	crypt_sha256(str_of(out->text), out->hash);
	crypt_wipe(random, sizeof(random));
}

bool
ticket_hash(struct str secret, uint8_t out[CRYPT_SHA256_LEN])
{
	uint8_t bytes[SECRET_BYTES];
	size_t n;

	if (secret.len != TICKET_TEXT || !crypt_unb64(secret, bytes, sizeof(bytes), &n) ||
	    n != sizeof(bytes))
		return false;
	crypt_wipe(bytes, sizeof(bytes));
	crypt_sha256(secret, out);
	return true;
}

enum err
ticket_make(struct call *c, enum ticket_kind kind, const struct ticket_secret *secret,
    int64_t account, struct str data)
{
	struct arena *a = c->arena;

	return call_failed(c, pg_run(c->world->pg, a, STMT_TICKET_MAKE,
	    PG_ARGS(pg_bytea(a, secret->hash, sizeof(secret->hash)), kinds[kind].word,
		account > 0 ? pg_int(a, account) : NULL, pg_text(a, data),
		pg_int(a, kinds[kind].life_s)), NULL));
}

static void
read_ticket(const struct pg_rows *rows, struct ticket *out)
{
	struct ticket t = { .data = pg_get(rows, 0, 1) };

	pg_get_int(rows, 0, 0, &t.account);
	pg_get_int(rows, 0, 2, &t.tries);
	*out = t;
}

enum err
ticket_try(struct call *c, enum ticket_kind kind, struct str secret, int64_t most,
    struct ticket *out)
{
	uint8_t hash[CRYPT_SHA256_LEN];
	struct ticket t;
	struct pg_rows rows;

	if (!ticket_hash(secret, hash))
		return ERR_TICKET;
	enum err e = pg_run(c->world->pg, c->arena, STMT_TICKET_TRY,
	    PG_ARGS(kinds[kind].word, pg_bytea(c->arena, hash, sizeof(hash)),
		pg_int(c->arena, most)), &rows);
	if (e != ERR_OK)
		return call_failed(c, e);
	if (rows.n == 0)
		return ERR_TICKET;
	read_ticket(&rows, &t);
	if (t.tries > most) {
		metric_add(METRIC_ratelimited, 1);
		return ERR_RATE_LIMITED;
	}
	*out = t;
	return ERR_OK;
}
