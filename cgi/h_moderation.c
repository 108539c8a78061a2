/* Bans, time-outs and bulk deletion. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/moderation.h"
#include "domain/server.h"

#define REASON { "reason", FIELD_TEXT, FIELD_LINE, 0, REASON_MAX, NULL, NULL }

FIELD_LIST(fields_ban, REASON,
	{ "expires_in", FIELD_INT, 0, 0, BAN_MAX_S, NULL, NULL },
	{ "delete_messages", FIELD_INT, 0, 0, BAN_ERASE_MAX_S, NULL, NULL });
FIELD_LIST(fields_timeout, REASON,
	{ "expires_in", FIELD_INT, FIELD_REQUIRED, TIMEOUT_MIN_S, TIMEOUT_MAX_S, NULL, NULL });
FIELD_LIST(
    fields_bulk_delete, { "ids", FIELD_IDS, FIELD_REQUIRED, 1, BULK_DELETE_MAX, NULL, NULL });
FIELD_LIST(fields_purge, { "user_id", FIELD_ID, FIELD_REQUIRED, 0, 0, NULL, NULL },
    { "within_s", FIELD_INT, FIELD_REQUIRED, 1, BAN_ERASE_MAX_S, NULL, NULL });

enum err
h_ban_put(struct request *r)
{
	struct answer a;

	TRY(ban_put(&r->call, r->segment_id[0], r->segment_id[1], field_text(r, "reason"),
	    field_int(r, "expires_in"), field_int(r, "delete_messages"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_ban_delete(struct request *r)
{
	struct answer a;

	TRY(ban_delete(&r->call, r->segment_id[0], r->segment_id[1], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_ban_list(struct request *r)
{
	struct answer a;
	int64_t limit, after;

	TRY(query_limit(r, &limit));
	TRY(query_id(r, "after", &after));
	TRY(ban_list(&r->call, r->segment_id[0], limit, after, &a));
	reply_list(r, &a, false);
	return ERR_OK;
}

enum err
h_timeout_put(struct request *r)
{
	struct answer a;

	TRY(member_timeout(&r->call, r->segment_id[0], r->segment_id[1], field_int(r, "expires_in"),
	    field_text(r, "reason"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_timeout_delete(struct request *r)
{
	struct answer a;

	TRY(member_timeout(&r->call, r->segment_id[0], r->segment_id[1], 0, STR_NULL, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_bulk_delete(struct request *r)
{
	const struct value *ids = field_value(r, "ids");
	struct answer a;

	TRY(messages_bulk_delete(&r->call, r->segment_id[0], ids->ids, ids->n, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_purge(struct request *r)
{
	struct answer a;

	TRY(member_purge(&r->call, r->segment_id[0], field_int(r, "user_id"),
	    field_int(r, "within_s"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_purge_count(struct request *r)
{
	struct answer a;
	int64_t user;
	struct str text;
	uint64_t within_s = BAN_ERASE_MAX_S;

	TRY(query_required_id(r, "user_id", &user));
	TRY(query_line(r, "within_s", 8, &text));
	if (text.p != NULL && (!str_to_u64(text, BAN_ERASE_MAX_S, &within_s) || within_s == 0))
		return ERR_BAD_REQUEST;
	TRY(purge_count(&r->call, r->segment_id[0], user, (int64_t)within_s, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

static enum err
query_days(const struct request *r, int64_t *days)
{
	struct str text;
	uint64_t n;

	TRY(query_line(r, "days", 4, &text));
	if (text.p == NULL || !str_to_u64(text, RETENTION_DAYS_MAX, &n) || n == 0)
		return ERR_BAD_REQUEST;
	*days = (int64_t)n;
	return ERR_OK;
}

enum err
h_server_retention(struct request *r)
{
	struct answer a;
	int64_t days;

	TRY(query_days(r, &days));
	TRY(server_retention(&r->call, r->segment_id[0], days, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_channel_retention(struct request *r)
{
	struct answer a;
	int64_t days;

	TRY(query_days(r, &days));
	TRY(channel_retention(&r->call, r->segment_id[0], days, &a));
	reply_answer(r, &a);
	return ERR_OK;
}
