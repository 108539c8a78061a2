/* What an account is entered with beside its password, and confirming that it is one's own. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/factor.h"

FIELD_LIST(fields_confirm,
	{ "password", FIELD_TEXT, FIELD_SECRET, 1, 1024, NULL, NULL },
	{ "totp", FIELD_TEXT, FIELD_LINE | FIELD_SECRET, 1, 16, NULL, NULL },
	{ "recovery_code", FIELD_TEXT, FIELD_LINE | FIELD_SECRET, 1, 64, NULL, NULL });
FIELD_LIST(fields_totp,
	{ "code", FIELD_TEXT, FIELD_REQUIRED | FIELD_LINE | FIELD_SECRET, 1, 16, NULL, NULL });

enum err
h_security_read(struct request *r)
{
	struct answer a;

	TRY(security_read(&r->call, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_confirm(struct request *r)
{
	struct str password = field_text(r, "password");
	const struct factor_try shown = { .totp = field_text(r, "totp"),
		.recovery_code = field_text(r, "recovery_code") };
	struct answer a;

	if ((password.p != NULL) + (shown.totp.p != NULL) + (shown.recovery_code.p != NULL) != 1)
		return call_flaw(&r->call, "password", "required",
		    "one of password, totp and recovery_code");
	TRY(me_confirm(&r->call, password, &shown, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_totp_begin(struct request *r)
{
	struct str secret, uri;

	TRY(totp_begin(&r->call, &secret, &uri));
	struct buf *b = request_buf(r, 8192);
	buf_add_cstr(b, "{\"secret\":");
	buf_add_json(b, secret);
	buf_add_cstr(b, ",\"uri\":");
	buf_add_json(b, uri);
	buf_add_char(b, '}');
	reply_body(r, 200, "application/json", buf_str(b));
	return ERR_OK;
}

static void
reply_codes(struct request *r, const struct recovery_codes *codes)
{
	struct buf *b = request_buf(r, 4096);

	buf_add_cstr(b, "{\"recovery_codes\":[");
	for (size_t i = 0; i < codes->n; i++) {
		if (i > 0)
			buf_add_char(b, ',');
		buf_add_json(b, str_of(codes->text[i]));
	}
	buf_add_cstr(b, "]}");
	reply_body(r, 200, "application/json", buf_str(b));
}

enum err
h_totp_enable(struct request *r)
{
	struct recovery_codes codes;

	TRY(totp_enable(&r->call, field_text(r, "code"), &codes));
	reply_codes(r, &codes);
	return ERR_OK;
}

enum err
h_totp_disable(struct request *r)
{
	struct answer a;

	TRY(totp_disable(&r->call, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_recovery_codes(struct request *r)
{
	struct recovery_codes codes;

	TRY(recovery_codes_renew(&r->call, &codes));
	reply_codes(r, &codes);
	return ERR_OK;
}
