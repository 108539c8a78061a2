/* Registering, signing in, staying signed in, signing out. */
#include "cgi/cookie.h"
#include "cgi/guard.h"
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/account.h"
#include "domain/invite.h"
#include "domain/password.h"
#include "domain/registration.h"

#define USERNAME \
	{ \
		"username", FIELD_TEXT, FIELD_REQUIRED | FIELD_LINE, USERNAME_MIN, USERNAME_MAX, \
		    username_is_valid, NULL \
	}
#define NEW_PASSWORD \
	{ \
		"password", FIELD_TEXT, FIELD_REQUIRED | FIELD_SECRET, PASSWORD_MIN, PASSWORD_MAX, \
		    NULL, NULL \
	}
#define EMAIL { "email", FIELD_TEXT, FIELD_LINE, 3, EMAIL_MAX, email_is_valid, NULL }
#define DISPLAY_NAME \
	{ \
		"display_name", FIELD_TEXT, FIELD_LINE | FIELD_VISIBLE, 1, DISPLAY_NAME_MAX, NULL, \
		    NULL \
	}

FIELD_LIST(fields_register, USERNAME, NEW_PASSWORD, EMAIL, DISPLAY_NAME,
	{ "note", FIELD_TEXT, FIELD_VISIBLE, 1, REGISTRATION_NOTE_MAX, text_is_prose, NULL },
	{ "invite", FIELD_TEXT, 0, INVITE_CODE_MIN, INVITE_CODE_MAX, invite_code_is_valid, NULL });
FIELD_LIST(fields_setup, USERNAME, NEW_PASSWORD, EMAIL, DISPLAY_NAME,
	{ "token", FIELD_TEXT, FIELD_REQUIRED | FIELD_SECRET, 1, 256, NULL, NULL });
FIELD_LIST(fields_login,
	{ "login", FIELD_TEXT, FIELD_REQUIRED | FIELD_LINE, 1, EMAIL_MAX, NULL, NULL },
	{ "password", FIELD_TEXT, FIELD_REQUIRED | FIELD_SECRET, 1, 1024, NULL, NULL },
	{ "totp", FIELD_TEXT, FIELD_LINE | FIELD_SECRET, 1, 16, NULL, NULL });
FIELD_LIST(fields_login_second,
	{ "ticket", FIELD_TEXT, FIELD_REQUIRED | FIELD_SECRET, 1, 64, NULL, NULL },
	{ "totp", FIELD_TEXT, FIELD_LINE | FIELD_SECRET, 1, 16, NULL, NULL },
	{ "recovery_code", FIELD_TEXT, FIELD_LINE | FIELD_SECRET, 1, 64, NULL, NULL });
FIELD_LIST(fields_refresh, { "refresh_token", FIELD_TEXT, 0, 1, 4096, NULL, NULL });

static enum err
register_with(struct request *r, struct str invite, struct str setup_token)
{
	struct registration_form form = {
		.username = field_text(r, "username"),
		.password = field_text(r, "password"),
		.email = field_text(r, "email"),
		.display_name = field_text(r, "display_name"),
		.note = setup_token.p != NULL ? STR_NULL : field_text(r, "note"),
		.invite = invite,
		.setup_token = setup_token,
	};
	struct newcomer n;

	TRY(registration_make(&r->call, &form, &n));
	if (n.waits.p != NULL)
		reply_body(r, 202, "application/json", n.waits);
	else
		reply_grant(r, 201, &n.grant, n.ref);
	return ERR_OK;
}

enum err
h_register(struct request *r)
{
	return register_with(r, field_text(r, "invite"), STR_NULL);
}

enum err
h_setup(struct request *r)
{
	return register_with(r, STR_NULL, field_text(r, "token"));
}

enum err
h_login(struct request *r)
{
	struct grant g;

	r->call.known = cookie_known(r->cookies, r->site);
	TRY(session_login(&r->call, field_text(r, "login"), field_text(r, "password"),
	    field_text(r, "totp"), &g));
	reply_grant(r, 200, &g, STR_NULL);
	return ERR_OK;
}

enum err
h_login_second(struct request *r)
{
	const struct factor_try shown = { .totp = field_text(r, "totp"),
		.recovery_code = field_text(r, "recovery_code") };
	struct grant g;

	r->call.known = cookie_known(r->cookies, r->site);
	if ((shown.totp.p != NULL) + (shown.recovery_code.p != NULL) != 1)
		return call_flaw(&r->call, "totp", "required", "one of totp and recovery_code");
	TRY(session_second(&r->call, field_text(r, "ticket"), &shown, &g));
	reply_grant(r, 200, &g, STR_NULL);
	return ERR_OK;
}

/* A refused cookie is taken back, so that the browser stops sending it. */
enum err
h_refresh(struct request *r)
{
	struct str token = field_text(r, "refresh_token");
	struct grant g;
	enum err e;

	if (token.p == NULL) {
		token = cookie_refresh(r->cookies, r->site);
		if (token.len == 0)
			return ERR_UNAUTHORIZED;
		TRY(guard_origin(r, true));
	}
	r->offered = true;
	e = session_refresh(&r->call, token, &g);
	if (e == ERR_UNAUTHORIZED || e == ERR_SESSION_ENDED)
		reply_clear_cookies(r);
	if (e == ERR_OK)
		reply_grant(r, 200, &g, STR_NULL);
	return e;
}

/* By the access token, or by the refresh cookie when that has expired. */
static enum err
end_current(struct request *r)
{
	struct str refresh = cookie_refresh(r->cookies, r->site);
	struct answer done;

	if (r->call.actor.kind == ACTOR_SESSION)
		return session_end(&r->call, r->call.actor.session, &done);
	if (refresh.len == 0)
		return ERR_UNAUTHORIZED;
	TRY(guard_origin(r, true));
	r->offered = true;
	return session_end_by_refresh(&r->call, refresh);
}

enum err
h_logout(struct request *r)
{
	enum err e = end_current(r);

	if (e == ERR_OK || err_info(e)->http == 401)
		reply_clear_cookies(r);
	if (e == ERR_OK)
		reply_empty(r);
	return e;
}
