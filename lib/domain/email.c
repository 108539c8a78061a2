#include "domain/email.h"

#include "base/log.h"
#include "domain/account.h"
#include "domain/limit.h"
#include "domain/mail.h"
#include "domain/params.h"
#include "domain/password.h"
#include "domain/session.h"

void
email_link_make(struct call *c, struct email_link *out)
{
	struct ticket_secret *secret = arena_alloc(c->arena, sizeof(*secret));

	ticket_secret_make(secret);
	bool used = mail_is_used(c->world->config);
	*out = (struct email_link){
		.hash = used ? pg_bytea(c->arena, secret->hash, sizeof(secret->hash)) : NULL,
		.secret = used ? secret->text : NULL,
		.scale = pg_int(c->arena, c->world->config->limits_scale),
	};
}

enum err
email_set(struct call *c, struct str address, struct str password, struct answer *out)
{
	struct email_link link;

	TRY(me_prove(c, password, NULL));
	email_link_make(c, &link);
	return call_mutate(c, 0, STMT_EMAIL_SET,
	    PG_ARGS(ACTOR(c), address.len > 0 ? pg_text(c->arena, address) : NULL, link.hash,
		link.secret, link.scale),
	    out);
}

enum err
email_resend(struct call *c, struct answer *out)
{
	struct email_link link;

	if (!mail_is_used(c->world->config))
		return ERR_MAIL_OFF;
	email_link_make(c, &link);
	return call_mutate(
	    c, 0, STMT_EMAIL_RESEND, PG_ARGS(ACTOR(c), link.hash, link.secret, link.scale), out);
}

/* The hash of a secret as a parameter; NULL when it is none of ours. */
static const char *
hash_of(struct call *c, struct str secret)
{
	uint8_t hash[CRYPT_SHA256_LEN];

	return ticket_hash(secret, hash) ? pg_bytea(c->arena, hash, sizeof(hash)) : NULL;
}

/* Who has a secret is nobody in particular: whoever asks is not asked who he is. */
enum err
email_verify(struct call *c, struct str secret, struct answer *out)
{
	const char *hash = hash_of(c, secret);

	if (hash == NULL)
		return ERR_TICKET;
	return call_mutate(c, 0, STMT_EMAIL_VERIFY, PG_ARGS(hash), out);
}

enum err
reset_ask(struct call *c, struct str login)
{
	struct email_link link;
	struct pg_rows rows;

	if (!mail_is_used(c->world->config))
		return ERR_MAIL_OFF;
	email_link_make(c, &link);
	return call_rows(c, STMT_RESET_ASK,
	    PG_ARGS(pg_text(c->arena, login), link.hash, link.secret, link.scale), &rows);
}

enum err
reset_set(struct call *c, struct str secret, struct str password, const struct factor_try *shown,
    struct answer *out, struct str *known)
{
	const char *hash = hash_of(c, secret);
	struct factor_proof proof = { 0 };
	char fresh[CRYPT_PWHASH_MAX];
	struct pg_rows rows;
	int64_t account;

	if (hash == NULL)
		return ERR_TICKET;
	/* nobody has a password hashed for a link that is none */
	TRY(call_rows(c, STMT_RESET_LOOK, PG_ARGS(hash), &rows));
	if (rows.n == 0 || !pg_get_int(&rows, 0, 0, &account))
		return ERR_TICKET;
	if (pg_get_bool(&rows, 0, 1)) {
		if (shown->totp.p == NULL && shown->recovery_code.p == NULL)
			return ERR_SECOND_FACTOR;
		TRY(factor_prove(c, account, shown, &proof));
	}
	TRY(password_hash(c->world, password, fresh));
	TRY(call_mutate(
	    c, 0, STMT_RESET_SET, PG_ARGS(hash, fresh, proof.step, proof.code_hash), out));
	limit_refund(c);
	*known = session_known(c, account);
	log_info("password reset", lf_str("evt", "auth.reset"), lf_int("uid", account));
	return ERR_OK;
}
