#include "domain/registration.h"

#include "domain/email.h"
#include "domain/invite.h"
#include "domain/mail.h"
#include "domain/params.h"
#include "domain/password.h"
#include "domain/publish.h"

/* The next of registration_domains; false after the last. */
static bool
next_domain(struct str *list, struct str *out)
{
	while (list->p != NULL && list->len > 0) {
		struct str one = str_trim(str_cut(list, ','));

		if (one.len > 0) {
			*out = one;
			return true;
		}
	}
	return false;
}

bool
registration_takes(const struct config *config, struct str address)
{
	struct str list = str_of(config->registration_domains), one;
	bool any = true;

	str_cut(&address, '@');
	while (next_domain(&list, &one)) {
		if (str_eq_nocase(one, address))
			return true;
		any = false;
	}
	return any;
}

void
registration_add_domains(struct buf *out, const struct config *config)
{
	struct str list = str_of(config->registration_domains), one;
	char before = '[';

	while (next_domain(&list, &one)) {
		buf_add_char(out, before);
		buf_add_json(out, one);
		before = ',';
	}
	buf_add_cstr(out, before == '[' ? "[]" : "]");
}

/* What keeps a new account from being signed in to, as account.waits_for; NULL: nothing. */
static const char *
waits_for(const struct config *config)
{
	bool verify = !registration_takes(config, STR(""));
	bool approve = registration_mode(config) == REGISTRATION_APPROVE;

	if (verify)
		return approve ? "verify_approve" : "verify";
	return approve ? "approve" : NULL;
}

/* The address is one that may register. Where no mail is sent it cannot be verified. */
static enum err
check_address(struct call *c, struct str email)
{
	const struct config *config = c->world->config;

	if (registration_takes(config, STR("")))
		return ERR_OK;
	if (!mail_is_used(config))
		return ERR_REGISTRATION;
	if (email.p == NULL)
		return call_flaw(c, "email", "required", "an address is needed here");
	if (!registration_takes(config, email))
		return call_flaw(
		    c, "email", "domain", "no address of the domains that may register");
	return ERR_OK;
}

/* Who may register now; with an invite, whether it can be used. */
static enum err
may_register(struct call *c, const struct registration_form *form)
{
	struct answer preview;
	enum err e;

	switch (registration_mode(c->world->config)) {
	case REGISTRATION_OPEN:
	case REGISTRATION_APPROVE:
		return check_address(c, form->email);
	case REGISTRATION_INVITE:
		if (form->invite.p == NULL)
			return ERR_REGISTRATION;
		e = invite_read(c, form->invite, &preview);
		if (e == ERR_NOT_FOUND || e == ERR_GONE)
			return ERR_REGISTRATION;
		return e != ERR_OK ? e : check_address(c, form->email);
	case REGISTRATION_CLOSED:
	default:
		return ERR_REGISTRATION;
	}
}

#define REGISTER_ARGS 13

/* Parameters of account_register, in v. */
static struct pg_args
register_args(struct call *c, const struct registration_form *form, const char *hash,
    const char *v[REGISTER_ARGS])
{
	struct arena *a = c->arena;
	uint8_t digest[CRYPT_SHA256_LEN];
	struct email_link link;

	v[0] = pg_text(a, form->username);
	v[1] = pg_text(a, form->email);
	v[2] = hash;
	v[3] = pg_text(a, form->display_name);
	v[4] = pg_text(a, c->user_agent);
	v[5] = pg_text(a, c->ip);
	v[6] = NULL;
	v[7] = c->world->config->dms_from;
	if (form->setup_token.p != NULL) {
		crypt_sha256(form->setup_token, digest);
		v[6] = pg_bytea(a, digest, sizeof(digest));
	}
	email_link_make(c, &link);
	v[8] = link.hash;
	v[9] = link.secret;
	v[10] = link.scale;
	v[11] = form->setup_token.p != NULL ? NULL : waits_for(c->world->config);
	v[12] = v[11] == NULL ? NULL : pg_text(a, form->note);
	return (struct pg_args){ REGISTER_ARGS, v };
}

/* Somebody new, and what became of him. */
struct coming {
	const struct registration_form *form;
	struct pg_args args;		/* of account_register */
	struct answer made;
	struct grant grant;
	struct pg_rows joined;
};

/* The account and its membership, or neither. */
static enum err
register_invited(struct call *c, void *ctx)
{
	struct coming *n = ctx;
	struct pg *pg = c->world->pg;
	struct pg_step make = { .stmt = STMT_ACCOUNT_REGISTER, .args = n->args };

	TRY(pg_batch(pg, c->arena, PG_BEGIN, &make, 1));
	call_answer(&make.rows, &n->made);
	TRY(session_grant(c, n->made.body, &n->grant));
	struct pg_step accept = { .stmt = STMT_INVITE_ACCEPT,
		.args = PG_ARGS(ID(c, n->grant.account), pg_text(c->arena, n->form->invite),
		    pg_int(c->arena, c->world->config->servers_per_user)) };
	enum err e = pg_batch(pg, c->arena, PG_COMMIT, &accept, 1);
	if (e != ERR_OK)
		return e == ERR_GONE || e == ERR_NOT_FOUND ? ERR_REGISTRATION : e;
	n->joined = accept.rows;
	return ERR_OK;
}

static enum err
register_alone(struct call *c, struct coming *n)
{
	struct pg_rows rows;

	TRY(call_rows(c, STMT_ACCOUNT_REGISTER, n->args, &rows));
	call_answer(&rows, &n->made);
	return n->made.kind == ANSWER_ACCEPTED ? ERR_OK
					       : session_grant(c, n->made.body, &n->grant);
}

/* An invite is accepted by who is let in at once; who waits opens it again. */
static bool
is_invited(const struct call *c, const struct registration_form *form)
{
	const struct config *config = c->world->config;

	return form->setup_token.p == NULL && form->invite.p != NULL &&
	    registration_mode(config) == REGISTRATION_INVITE && waits_for(config) == NULL;
}

enum err
registration_make(struct call *c, const struct registration_form *form, struct newcomer *out)
{
	char hash[CRYPT_PWHASH_MAX];
	const char *v[REGISTER_ARGS];
	struct coming n = { .form = form };

	if (form->setup_token.p == NULL)
		TRY(may_register(c, form));
	TRY(password_hash(c->world, form->password, hash));
	n.args = register_args(c, form, hash, v);
	if (is_invited(c, form))
		TRY(call_in_transaction(c, register_invited, &n));
	else
		TRY(register_alone(c, &n));
	publish_rows(c->world, &n.joined);
	*out = (struct newcomer){ .grant = n.grant, .ref = n.made.ref };
	if (n.made.kind == ANSWER_ACCEPTED)
		out->waits = n.made.body;
	else
		out->grant.known = session_known(c, n.grant.account);
	return ERR_OK;
}

enum err
registration_list(struct call *c, int64_t most, int64_t after, struct answer *out)
{
	return call_list(
	    c, STMT_REGISTRATION_LIST, PG_ARGS(ACTOR(c), ID(c, most), ID(c, after)), out);
}

enum err
registration_decide(struct call *c, int64_t account, bool approve, struct answer *out)
{
	return call_mutate(c, 0, STMT_REGISTRATION_DECIDE,
	    PG_ARGS(ACTOR(c), ID(c, account), pg_bool(approve)), out);
}
