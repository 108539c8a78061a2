/* The account, its sessions and tokens, other users, and the first screen. */
#include "cgi/handlers.h"
#include "cgi/meta.h"
#include "cgi/reply.h"
#include "domain/account.h"
#include "domain/password.h"
#include "domain/session.h"

FIELD_LIST(fields_me,
	{ "display_name", FIELD_TEXT, FIELD_LINE | FIELD_VISIBLE, 1, DISPLAY_NAME_MAX, NULL, NULL },
	{ "username", FIELD_TEXT, FIELD_LINE, USERNAME_MIN, USERNAME_MAX, username_is_valid, NULL },
	{ "receipts", FIELD_BOOL, 0, 0, 0, NULL, NULL },
	{ "show_last_seen", FIELD_BOOL, 0, 0, 0, NULL, NULL },
	{ "bio", FIELD_TEXT, FIELD_REMOVES | FIELD_VISIBLE, 1, BIO_MAX, text_is_prose, NULL },
	{ "time_zone", FIELD_TEXT, FIELD_REMOVES, 1, 64, NULL, NULL },
	{ "dms_from", FIELD_TEXT, 0, 1, 16, NULL, "everyone shared nobody" },
	{ "custom_status", FIELD_OBJECT, FIELD_REMOVES, 0, 0, NULL, NULL },
	{ "custom_status.emoji", FIELD_TEXT, FIELD_REMOVES, 1, 32, text_is_emoji, NULL },
	{ "custom_status.text", FIELD_TEXT, FIELD_LINE | FIELD_VISIBLE | FIELD_REMOVES, 1,
	    CUSTOM_STATUS_MAX, NULL, NULL },
	{ "custom_status.expires_at", FIELD_TEXT, FIELD_REMOVES, 20, 35, text_is_time, NULL });
FIELD_LIST(fields_password,
    { "current_password", FIELD_TEXT, FIELD_REQUIRED | FIELD_SECRET, 1, 1024, NULL, NULL },
    { "new_password", FIELD_TEXT, FIELD_REQUIRED | FIELD_SECRET, PASSWORD_MIN, PASSWORD_MAX, NULL,
	NULL });
FIELD_LIST(fields_token,
	{ "name", FIELD_TEXT, FIELD_REQUIRED | FIELD_LINE | FIELD_VISIBLE, 1, 64, NULL, NULL },
	{ "scopes", FIELD_WORDS, 0, 0, 2, NULL, "read write" },
	{ "expires_in", FIELD_INT, 0, 60, 315360000, NULL, NULL });

enum err
h_me_read(struct request *r)
{
	struct answer a;

	TRY(me_read(&r->call, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_me_update(struct request *r)
{
	const struct value *receipts = field_value(r, "receipts"),
			   *seen = field_value(r, "show_last_seen");
	struct answer a;

	/* it signs in: what neither a leaked token nor a session left open must change */
	if (field_value(r, "username")->given) {
		if (r->call.actor.kind != ACTOR_SESSION)
			return ERR_FORBIDDEN;
		r->call.confirmed = true;
	}
	struct me_change m = {
		.display_name = field_text(r, "display_name"),
		.username = field_text(r, "username"),
		.receipts = receipts->given ? &receipts->truth : NULL,
		.show_last_seen = seen->given ? &seen->truth : NULL,
		.bio = field_text(r, "bio"),
		.time_zone = field_text(r, "time_zone"),
		.dms_from = field_text(r, "dms_from"),
		.says = field_value(r, "custom_status")->given,
		.emoji = field_text(r, "custom_status.emoji"),
		.text = field_text(r, "custom_status.text"),
		.until = field_text(r, "custom_status.expires_at"),
	};
	TRY(me_update(&r->call, &m, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_password(struct request *r)
{
	struct answer a;

	TRY(me_password(
	    &r->call, field_text(r, "current_password"), field_text(r, "new_password"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_session_list(struct request *r)
{
	struct answer a;

	TRY(session_list(&r->call, &a));
	reply_list(r, &a, true);
	return ERR_OK;
}

enum err
h_session_end(struct request *r)
{
	struct answer a;

	TRY(session_end(&r->call, r->segment_id[0], &a));
	if (r->segment_id[0] == r->call.actor.session)
		reply_clear_cookies(r);
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_token_list(struct request *r)
{
	struct answer a;

	TRY(personal_list(&r->call, &a));
	reply_list(r, &a, false);
	return ERR_OK;
}

/* "read write", or "" for everything. */
static struct str
join_words(struct request *r, const struct value *v)
{
	struct buf *b = request_buf(r, 1024);

	buf_add_cstr(b, "");
	for (size_t i = 0; v->given && i < v->n; i++) {
		if (i > 0)
			buf_add_char(b, ' ');
		buf_add_str(b, v->words[i]);
	}
	return b->p == NULL ? STR("") : buf_str(b);
}

enum err
h_token_create(struct request *r)
{
	struct answer a;
	struct str secret;

	TRY(personal_create(&r->call, field_text(r, "name"),
	    join_words(r, field_value(r, "scopes")), field_int(r, "expires_in"), &a, &secret));
	struct buf *b = request_buf(r, 8192);
	buf_add(b, a.body.p, a.body.len - 1);	/* without its closing brace */
	buf_add_cstr(b, ",\"token\":");
	buf_add_json(b, secret);
	buf_add_char(b, '}');
	a.body = buf_str(b);
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_token_delete(struct request *r)
{
	struct answer a;

	TRY(personal_delete(&r->call, r->segment_id[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_user_read(struct request *r)
{
	struct answer a;

	TRY(user_read(&r->call, r->segment_id[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_bootstrap(struct request *r)
{
	struct answer a;
	struct str cursor = STR("");

	TRY(bootstrap_read(&r->call, &a, &cursor));
	struct buf *b = request_buf(r, 64 << 20);
	buf_add(b, a.body.p, a.body.len - 1);
	buf_add_char(b, ',');
	meta_add_limits(b, r->config);
	buf_add_char(b, ',');
	meta_add_features(b, r->config);
	buf_add_cstr(b, ",\"stream\":{\"cursor\":");
	buf_add_json(b, cursor);
	buf_add_cstr(b, "}}");
	if (!buf_ok(b))
		return ERR_NO_MEMORY;
	a.body = buf_str(b);
	reply_answer(r, &a);
	return ERR_OK;
}
