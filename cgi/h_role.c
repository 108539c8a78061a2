/* Roles of a server, and who owns it. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/password.h"
#include "domain/role.h"

#define NAME(flags) \
	{ \
		"name", FIELD_TEXT, (flags) | FIELD_LINE | FIELD_VISIBLE, 1, ROLE_NAME_MAX, NULL, \
		    NULL \
	}
#define THE_REST \
	{ "permissions", FIELD_MASK, 0, 0, 0, NULL, NULL }, \
	{ "color", FIELD_INT, FIELD_REMOVES, 0, 0xffffff, NULL, NULL }, \
	{ "mentionable", FIELD_BOOL, 0, 0, 0, NULL, NULL }

FIELD_LIST(fields_role, NAME(FIELD_REQUIRED), THE_REST);
FIELD_LIST(fields_role_update, NAME(0), THE_REST);
FIELD_LIST(fields_role_order, { "role_ids", FIELD_IDS, FIELD_REQUIRED, 0, ROLES, NULL, NULL });
FIELD_LIST(fields_hand_on,
	{ "user_id", FIELD_ID, FIELD_REQUIRED, 0, 0, NULL, NULL },
	{ "password", FIELD_TEXT, FIELD_REQUIRED | FIELD_SECRET, 1, PASSWORD_MAX, NULL, NULL });

static struct role_form
role_of(struct request *r)
{
	const struct value *mask = field_value(r, "permissions"), *color = field_value(r, "color"),
		*mentionable = field_value(r, "mentionable");
	bool none = color->given && color->text.p != NULL;	/* null */

	return (struct role_form){
		.name = field_text(r, "name"),
		.permissions = mask->given ? pg_int(r->arena, mask->number) : NULL,
		.color =
		    color->given ? pg_int(r->arena, none ? ROLE_NO_COLOR : color->number) : NULL,
		.mentionable = mentionable->given ? pg_bool(mentionable->truth) : NULL,
	};
}

enum err
h_role_list(struct request *r)
{
	struct answer a;

	TRY(role_list(&r->call, r->segment_id[0], &a));
	reply_list(r, &a, false);
	return ERR_OK;
}

enum err
h_role_create(struct request *r)
{
	struct role_form f = role_of(r);
	struct answer a;

	TRY(role_create(&r->call, r->segment_id[0], &f, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_role_update(struct request *r)
{
	struct role_form f = role_of(r);
	struct answer a;

	TRY(role_update(&r->call, r->segment_id[0], r->segment_id[1], &f, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_role_order(struct request *r)
{
	const struct value *ids = field_value(r, "role_ids");
	struct answer a;

	TRY(role_order(&r->call, r->segment_id[0], ids->ids, ids->n, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_role_delete(struct request *r)
{
	struct answer a;

	TRY(role_delete(&r->call, r->segment_id[0], r->segment_id[1], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_server_hand_on(struct request *r)
{
	struct answer a;

	TRY(server_hand_on(
	    &r->call, r->segment_id[0], field_int(r, "user_id"), field_text(r, "password"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}
