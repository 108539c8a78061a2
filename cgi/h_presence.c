/* Who is there: what I say of myself, whom my streams watch, and the plain question. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/presence.h"

FIELD_LIST(fields_presence,
	{ "status", FIELD_TEXT, FIELD_REQUIRED, 1, 16, NULL, "online idle dnd invisible" });
FIELD_LIST(fields_watch,
	{ "user_ids", FIELD_IDS, FIELD_REQUIRED, 0, PRESENCE_WATCHED, NULL, NULL });

enum err
h_presence_set(struct request *r)
{
	struct answer a;

	TRY(presence_set(&r->call, field_text(r, "status"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_presence_watch(struct request *r)
{
	const struct value *ids = field_value(r, "user_ids");
	struct answer a;

	TRY(presence_watch(&r->call, ids->ids, ids->n, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_presence_list(struct request *r)
{
	int64_t ids[PRESENCE_WATCHED];
	struct answer a;
	size_t n;

	TRY(query_ids(r, "user_ids", ids, PRESENCE_WATCHED, &n));
	TRY(presence_list(&r->call, ids, n, &a));
	reply_answer(r, &a);
	return ERR_OK;
}
