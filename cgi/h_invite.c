/* Invites: made and listed in a server, previewed and accepted by code. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/invite.h"

FIELD_LIST(fields_invite,
	{ "max_uses", FIELD_INT, 0, 0, 1000, NULL, NULL },
	{ "expires_in", FIELD_INT, 0, 0, 31536000, NULL, NULL },
	{ "channel_id", FIELD_ID, 0, 0, 0, NULL, NULL },
	{ "role_id", FIELD_ID, 0, 0, 0, NULL, NULL });

#define EXPIRES_S 604800	/* when nothing is said */

enum err
h_invite_create(struct request *r)
{
	struct invite_form f = {
		.max_uses = field_int(r, "max_uses"),
		.expires_s = field_value(r, "expires_in")->given ? field_int(r, "expires_in") : EXPIRES_S,
		.channel = field_int(r, "channel_id"),
		.role = field_int(r, "role_id"),
	};
	struct answer a;

	TRY(invite_create(&r->call, r->segment_id[0], &f, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_invite_list(struct request *r)
{
	struct answer a;

	TRY(invite_list(&r->call, r->segment_id[0], &a));
	reply_list(r, &a, true);
	return ERR_OK;
}

enum err
h_invite_read(struct request *r)
{
	struct answer a;

	TRY(invite_read(&r->call, r->segment[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_invite_accept(struct request *r)
{
	struct answer a;

	TRY(invite_accept(&r->call, r->segment[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_invite_regenerate(struct request *r)
{
	struct answer a;

	TRY(invite_regenerate(&r->call, r->segment[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_invite_delete(struct request *r)
{
	struct answer a;

	TRY(invite_delete(&r->call, r->segment[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}
