/* Addresses, and new passwords by a link. */
#include "cgi/cookie.h"
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/account.h"
#include "domain/email.h"
#include "domain/password.h"

#define SECRET \
	{ \
		"token", FIELD_TEXT, FIELD_REQUIRED | FIELD_SECRET, 1, 1024, NULL, NULL \
	}

FIELD_LIST(fields_email,
    { "email", FIELD_TEXT, FIELD_REQUIRED | FIELD_LINE | FIELD_REMOVES, 3, EMAIL_MAX,
	email_is_valid, NULL },
    { "password", FIELD_TEXT, FIELD_REQUIRED | FIELD_SECRET, 1, 1024, NULL, NULL });
FIELD_LIST(fields_verify, SECRET);
FIELD_LIST(
    fields_reset, { "login", FIELD_TEXT, FIELD_REQUIRED | FIELD_LINE, 1, EMAIL_MAX, NULL, NULL });
FIELD_LIST(fields_reset_confirm, SECRET,
	{ "password", FIELD_TEXT, FIELD_REQUIRED | FIELD_SECRET, PASSWORD_MIN, PASSWORD_MAX, NULL,
	    NULL },
	{ "totp", FIELD_TEXT, FIELD_LINE | FIELD_SECRET, 1, 16, NULL, NULL },
	{ "recovery_code", FIELD_TEXT, FIELD_LINE | FIELD_SECRET, 1, 64, NULL, NULL });

enum err
h_email_set(struct request *r)
{
	struct answer a;

	TRY(email_set(&r->call, field_text(r, "email"), field_text(r, "password"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_email_resend(struct request *r)
{
	struct answer a;

	TRY(email_resend(&r->call, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_email_verify(struct request *r)
{
	struct answer a;

	TRY(email_verify(&r->call, field_text(r, "token"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_reset_ask(struct request *r)
{
	struct answer a = { .kind = ANSWER_ACCEPTED, .body = STR("{\"status\":\"accepted\"}") };

	TRY(reset_ask(&r->call, field_text(r, "login")));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_reset_set(struct request *r)
{
	const struct factor_try shown = { .totp = field_text(r, "totp"),
		.recovery_code = field_text(r, "recovery_code") };
	struct str known;
	struct answer a;

	r->call.known = cookie_known(r->cookies, r->site);
	if (shown.totp.p != NULL && shown.recovery_code.p != NULL)
		return call_flaw(&r->call, "totp", "required", "one of totp and recovery_code");
	TRY(reset_set(
	    &r->call, field_text(r, "token"), field_text(r, "password"), &shown, &a, &known));
	reply_known(r, known);
	reply_answer(r, &a);
	return ERR_OK;
}
