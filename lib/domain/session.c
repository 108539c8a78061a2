#include "domain/session.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metric.h"
#include "domain/email.h"
#include "domain/limit.h"
#include "domain/mail.h"
#include "domain/password.h"
#include "domain/publish.h"
#include "domain/ticket.h"
#include "domain/token.h"
#include "wire/json.h"
#include "wire/json_raw.h"
#include "wire/text.h"

static enum err
grant_make(struct call *c, struct str me, int64_t session, const uint8_t seed[TOKEN_SEED],
    uint32_t gen, struct grant *out)
{
	const struct config *config = c->world->config;
	int64_t now = clock_wall_ms() / 1000;
	struct json *user, *id;
	struct str text = STR_NULL;
	struct grant g = { .me = me, .access_life_s = config->access_token_life,
		.refresh_life_s = config->refresh_idle };

	TRY(json_parse(c->arena, me, &user));
	id = json_get(user, "id");
	if (!json_str(id, &text) || !id_parse(text, &g.account))
		return ERR_INTERNAL;
	struct jwt_claims claims = { .account = g.account, .session = session, .iat = now,
		.exp = now + config->access_token_life };
	TRY(jwt_make(c->arena, &c->world->key, str_of(config->base_url), &claims, &g.access));
	g.refresh = token_refresh_make(c->arena, &c->world->key, seed, session, gen);
	*out = g;
	return ERR_OK;
}

enum err
session_grant(struct call *c, struct str body, struct grant *out)
{
	struct json *j;
	struct str me, session_text = STR_NULL, seed_text = STR_NULL;
	uint8_t seed[TOKEN_SEED];
	int64_t session, gen = 0;

	TRY(json_parse(c->arena, body, &j));
	if (!json_raw_member(body, STR("user"), &me) ||
	    !json_str(json_get(j, "session_id"), &session_text) ||
	    !id_parse(session_text, &session) ||
	    !json_str(json_get(j, "refresh_seed"), &seed_text) ||
	    !token_seed_parse(seed_text, seed) || !json_int(json_get(j, "refresh_gen"), &gen))
		return ERR_INTERNAL;
	return grant_make(c, me, session, seed, (uint32_t)gen, out);
}

struct str
session_known(struct call *c, int64_t account)
{
	struct known_token known;

	if (token_known_read(c->known, &c->world->key, &known) && known.account == account)
		return STR_NULL;
	return token_known_make(c->arena, &c->world->key, account);
}

/* The account behind a login. */
struct candidate {
	int64_t id;		/* 0: there is none */
	const char *hash;	/* NULL then, and when there is no password */
	bool disabled;
	bool second_factor;
	struct str waits_for;	/* of a new one that waits; absent: nothing */
};

static enum err
look_up(struct call *c, struct str login, struct candidate *out)
{
	struct candidate who = { 0 };
	struct pg_rows rows;
	enum err e = pg_run(c->world->pg, c->arena, STMT_ACCOUNT_LOGIN_LOOKUP,
	    PG_ARGS(pg_text(c->arena, login), pg_bool(mail_is_used(c->world->config))), &rows);

	if (e != ERR_OK)
		return call_failed(c, e);
	if (rows.n > 0 && pg_get_int(&rows, 0, 0, &who.id)) {
		who.hash = pg_text(c->arena, pg_get(&rows, 0, 1));
		who.disabled = pg_get_bool(&rows, 0, 2);
		who.second_factor = pg_get_bool(&rows, 0, 3);
		who.waits_for = pg_get(&rows, 0, 4);
	}
	*out = who;
	return ERR_OK;
}

/* Only who knows the password learns that the account waits; the link to verify goes out again. */
static enum err
tell_waiting(struct call *c, const struct candidate *who)
{
	struct email_link link;

	if (str_eq(who->waits_for, STR("approve")))
		return ERR_APPROVAL;
	email_link_make(c, &link);
	pg_run(c->world->pg, c->arena, STMT_EMAIL_RESEND,
	    PG_ARGS(pg_int(c->arena, who->id), link.hash, link.secret, link.scale), NULL);
	return ERR_UNVERIFIED;
}

/* It is his password, and he may sign in. */
static enum err
recognize(struct call *c, const struct candidate *who, struct str password)
{
	bool right = false;

	TRY(password_check(c->world, who->hash, password, &right));
	if (right && who->waits_for.p != NULL)
		return tell_waiting(c, who);
	if (right && !who->disabled)
		return ERR_OK;
	metric_add(METRIC_auth_failures, 1);
	log_info(
	    "sign-in refused", lf_str("evt", "auth.login.fail"), lf_int("uid", who->id));
	return ERR_BAD_CREDENTIALS;
}

/* When costs have been raised since this hash was made: who->hash is then a new one, and stored.
 * False: it was not, as the stored one is another by now. */
static bool
rehash(struct call *c, struct candidate *who, struct str password)
{
	char fresh[CRYPT_PWHASH_MAX];
	struct pg_rows rows;

	if (!password_is_stale(c->world, who->hash) ||
	    password_hash(c->world, password, fresh) != ERR_OK)
		return true;
	enum err e = pg_run(c->world->pg, c->arena, STMT_ACCOUNT_REHASH,
	    PG_ARGS(pg_int(c->arena, who->id), who->hash, fresh), &rows);
	if (e == ERR_OK && rows.affected > 0)
		who->hash = arena_strdup(c->arena, fresh);
	return e != ERR_OK || rows.affected > 0;
}

#define TICKET_TRIES 5

/* Lets in who has proved who he is: with a password, whose hash this is, or else with the ticket of
 * the sign-in whose second step this is. */
static enum err
begin(struct call *c, int64_t account, const char *password_hash, struct str ticket,
    const struct factor_proof *proof, struct grant *out)
{
	struct arena *a = c->arena;
	uint8_t hash[CRYPT_SHA256_LEN];
	struct answer body;
	struct pg_rows rows;
	const char *of_ticket = ticket.p != NULL && ticket_hash(ticket, hash)
	    ? pg_bytea(a, hash, sizeof(hash))
	    : NULL;
	enum err e = pg_run(c->world->pg, a, STMT_SESSION_CREATE,
	    PG_ARGS(pg_int(a, account), pg_text(a, c->user_agent), pg_text(a, c->ip), of_ticket,
		proof->step, proof->code_hash, password_hash),
	    &rows);

	if (e != ERR_OK)
		return call_failed(c, e);
	call_answer(&rows, &body);
	publish_rows(c->world, &rows);
	limit_refund(c);
	TRY(session_grant(c, body.body, out));
	out->known = session_known(c, account);
	return ERR_OK;
}

enum err
session_login(struct call *c, struct str login, struct str password, struct str totp,
    struct grant *out)
{
	const struct factor_try shown = { .totp = totp };
	struct factor_proof proof = { 0 };
	struct candidate who;

	TRY(look_up(c, login, &who));
	TRY(limit_login(c, who.id, login));
	TRY(recognize(c, &who, password));
	if (!rehash(c, &who, password)) {
		TRY(look_up(c, login, &who));
		TRY(recognize(c, &who, password));
	}
	if (who.second_factor && totp.p == NULL)
		return factor_ask(c, who.id, who.hash);
	if (who.second_factor) {
		TRY(limit_factor(c, who.id));
		TRY(factor_prove(c, who.id, &shown, &proof));
	}
	return begin(c, who.id, who.hash, STR_NULL, &proof, out);
}

enum err
session_second(
    struct call *c, struct str ticket, const struct factor_try *shown, struct grant *out)
{
	struct factor_proof proof;
	struct ticket t;

	TRY(ticket_try(c, TICKET_SECOND_FACTOR, ticket, TICKET_TRIES, &t));
	TRY(limit_factor(c, t.account));
	TRY(factor_prove(c, t.account, shown, &proof));
	limit_first_step(c, t.account);
	return begin(c, t.account, NULL, ticket, &proof, out);
}

/* The token's parts and whose it is, when it is one of ours; nothing is changed. */
static enum err
genuine(struct call *c, struct str token, struct refresh_token *t, int64_t *account)
{
	struct limit_state used;
	struct refresh_token parts;
	struct pg_rows rows;
	uint8_t seed[TOKEN_SEED];
	int64_t whose;

	if (!token_refresh_parse(token, &parts))
		return ERR_UNAUTHORIZED;
	TRY(limit_look(c, LIMIT_REFUSED, &used)); /* anybody can write a token for any session */
	enum err e = pg_run(c->world->pg, c->arena, STMT_SESSION_SEED,
	    PG_ARGS(pg_int(c->arena, parts.session)), &rows);
	if (e != ERR_OK)
		return call_failed(c, e);
	if (rows.n == 0 || !token_seed_parse(pg_get(&rows, 0, 0), seed) ||
	    !pg_get_int(&rows, 0, 1, &whose) ||
	    !token_refresh_is_genuine(&c->world->key, seed, &parts))
		return ERR_UNAUTHORIZED;
	*t = parts;
	*account = whose;
	return ERR_OK;
}

/* Columns of session_rotate: outcome, account_id, seed, gen, me, ref, data. */
enum {
	ROTATE_OUTCOME,
	ROTATE_ACCOUNT,
	ROTATE_SEED,
	ROTATE_GEN,
	ROTATE_ME,
	ROTATE_REF,
	ROTATE_DATA
};

static enum err
reused(struct call *c, const struct pg_rows *rows, const struct refresh_token *t)
{
	for (int i = 0; i < rows->n; i++) {
		struct str ref = pg_get(rows, i, ROTATE_REF);
		if (ref.p != NULL)
			publish_one(c->world, ref, pg_get(rows, i, ROTATE_DATA));
	}
	metric_add(METRIC_token_reuse, 1);
	log_warn("refresh token used twice", lf_str("evt", "auth.refresh.reuse"),
	    lf_strn("uid", pg_get(rows, 0, ROTATE_ACCOUNT)), lf_int("gen", t->gen));
	return ERR_SESSION_ENDED;
}

enum err
session_refresh(struct call *c, struct str token, struct grant *out)
{
	const struct config *config = c->world->config;
	struct arena *a = c->arena;
	struct refresh_token t;
	struct pg_rows rows;
	uint8_t seed[TOKEN_SEED];
	int64_t account, gen;

	TRY(genuine(c, token, &t, &account));
	enum err e = pg_run(c->world->pg, a, STMT_SESSION_ROTATE, PG_ARGS(pg_int(a, t.session),
	    pg_int(a, t.gen), pg_int(a, config->refresh_grace), pg_int(a, config->refresh_idle),
	    pg_int(a, config->refresh_absolute)), &rows);
	if (e != ERR_OK)
		return call_failed(c, e);
	struct str outcome = pg_get(&rows, 0, ROTATE_OUTCOME);
	if (str_eq(outcome, STR("reused")))
		return reused(c, &rows, &t);
	if (!str_eq(outcome, STR("rotated")) && !str_eq(outcome, STR("grace")))
		return ERR_SESSION_ENDED;
	if (!token_seed_parse(pg_get(&rows, 0, ROTATE_SEED), seed) ||
	    !pg_get_int(&rows, 0, ROTATE_GEN, &gen))
		return ERR_INTERNAL;
	return grant_make(c, pg_get(&rows, 0, ROTATE_ME), t.session, seed, (uint32_t)gen, out);
}

enum err
session_end_by_refresh(struct call *c, struct str token)
{
	struct actor who = { .kind = ACTOR_SESSION };
	struct refresh_token t;
	struct answer done;

	TRY(genuine(c, token, &t, &who.account));
	who.session = t.session;
	c->actor = who;
	return session_end(c, t.session, &done);
}

enum err
session_end(struct call *c, int64_t session, struct answer *out)
{
	return call_mutate(c, 0, STMT_SESSION_END, PG_ARGS(pg_int(c->arena, c->actor.account),
	    pg_int(c->arena, session)), out);
}

enum err
session_list(struct call *c, struct answer *out)
{
	return call_list(c, STMT_SESSION_LIST, PG_ARGS(pg_int(c->arena, c->actor.account),
	    c->actor.kind == ACTOR_SESSION ? pg_int(c->arena, c->actor.session) : NULL), out);
}
