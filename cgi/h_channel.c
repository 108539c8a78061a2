/* Channels, who sees them, conversations and typing. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/channel.h"
#include "domain/server.h"

#define NAME(flags) { "name", FIELD_TEXT, (flags) | FIELD_LINE | FIELD_VISIBLE, 1, CHANNEL_NAME_MAX, NULL, NULL }
#define CATEGORY(flags) { "category", FIELD_TEXT, (flags) | FIELD_LINE | FIELD_VISIBLE, 1, CHANNEL_CATEGORY_MAX, \
	NULL, NULL }
#define TOPIC(flags) { "topic", FIELD_TEXT, (flags) | FIELD_LINE, 0, CHANNEL_TOPIC_MAX, NULL, NULL }
#define PRIVATE { "private", FIELD_BOOL, 0, 0, 0, NULL, NULL }

FIELD_LIST(fields_channel, NAME(FIELD_REQUIRED),
	{ "kind", FIELD_TEXT, FIELD_REQUIRED, 1, 16, NULL, "text audio video" },
	CATEGORY(0), TOPIC(0), PRIVATE);
FIELD_LIST(fields_channel_update, NAME(0), CATEGORY(FIELD_REMOVES), TOPIC(FIELD_REMOVES),
	{ "position", FIELD_NUMBER, 0, 0, 0, NULL, NULL }, PRIVATE,
	{ "read_only", FIELD_BOOL, 0, 0, 0, NULL, NULL },
	{ "slow_mode", FIELD_INT, 0, 0, SLOW_MODE_MAX_S, NULL, NULL },
	{ "archived", FIELD_BOOL, 0, 0, 0, NULL, NULL },
	{ "web_public", FIELD_BOOL, 0, 0, 0, NULL, NULL },
	{ "retention_days", FIELD_INT, FIELD_REMOVES, 0, RETENTION_DAYS_MAX, NULL, NULL });
FIELD_LIST(fields_channel_order, { "channels", FIELD_PLACES, FIELD_REQUIRED, 0, CHANNELS, NULL, NULL });
FIELD_LIST(fields_override,
	{ "allow", FIELD_MASK, FIELD_REQUIRED, 0, 0, NULL, NULL },
	{ "deny", FIELD_MASK, FIELD_REQUIRED, 0, 0, NULL, NULL });
FIELD_LIST(fields_dm, { "user_ids", FIELD_IDS, FIELD_REQUIRED, 1, DM_PEOPLE, NULL, NULL });

/* Empty is no category, no topic. */
static struct str
or_absent(struct str s)
{
	return s.len == 0 ? STR_NULL : s;
}

enum err
h_channel_create(struct request *r)
{
	struct channel_form f = {
		.name = field_text(r, "name"),
		.kind = field_text(r, "kind"),
		.category = or_absent(field_text(r, "category")),
		.topic = or_absent(field_text(r, "topic")),
		.private = field_value(r, "private")->truth ? "t" : "f",
	};
	struct answer a;

	TRY(channel_create(&r->call, r->segment_id[0], &f, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_channel_read(struct request *r)
{
	struct answer a;

	TRY(channel_read(&r->call, r->segment_id[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_channel_update(struct request *r)
{
	const struct value *position = field_value(r, "position"),
			   *kept = field_value(r, "retention_days");
	bool as_server = kept->given && kept->text.p != NULL;	/* null */
	struct channel_form f = {
		.name = field_text(r, "name"),
		.category = field_text(r, "category"),
		.topic = field_text(r, "topic"),
		.position = position->given ? pg_double(r->arena, position->real) : NULL,
		.private = field_bool(r, "private"),
		.read_only = field_bool(r, "read_only"),
		.slow_mode_s = field_int_param(r, "slow_mode"),
		.archived = field_bool(r, "archived"),
		.web_public = field_bool(r, "web_public"),
		.retention_days = as_server ? CHANNEL_AS_SERVER : field_int_param(r, "retention_days"),
	};
	struct answer a;

	TRY(channel_update(&r->call, r->segment_id[0], &f, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_channel_delete(struct request *r)
{
	struct answer a;

	TRY(channel_delete(&r->call, r->segment_id[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_channel_order(struct request *r)
{
	const struct value *v = field_value(r, "channels");
	struct answer a;

	TRY(channel_order(&r->call, r->segment_id[0], v->ids, v->words, v->n, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_channel_deleted_list(struct request *r)
{
	struct answer a;

	TRY(channel_deleted_list(&r->call, r->segment_id[0], &a));
	reply_list(r, &a, true);
	return ERR_OK;
}

enum err
h_channel_restore(struct request *r)
{
	struct answer a;

	TRY(channel_restore(&r->call, r->segment_id[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_channel_members(struct request *r)
{
	struct answer a;
	int64_t limit, after;

	TRY(query_limit(r, &limit));
	TRY(query_id(r, "after", &after));
	TRY(channel_members(&r->call, r->segment_id[0], limit, after, &a));
	reply_list(r, &a, false);
	return ERR_OK;
}

enum err
h_channel_member_put(struct request *r)
{
	struct answer a;

	TRY(channel_member_put(&r->call, r->segment_id[0], segment_user(r), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_channel_member_delete(struct request *r)
{
	struct answer a;

	TRY(channel_member_delete(&r->call, r->segment_id[0], segment_user(r), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_override_list(struct request *r)
{
	struct answer a;

	TRY(override_list(&r->call, r->segment_id[0], &a));
	reply_list(r, &a, false);
	return ERR_OK;
}

enum err
h_override_put(struct request *r)
{
	int64_t allow = field_int(r, "allow"), deny = field_int(r, "deny");
	struct answer a;

	if ((allow & deny) != 0)
		return call_flaw(&r->call, "deny", "conflict", "no bit may be allowed and denied");
	TRY(override_put(&r->call, r->segment_id[0], r->segment_id[1], allow, deny, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_override_delete(struct request *r)
{
	struct answer a;

	TRY(override_delete(&r->call, r->segment_id[0], r->segment_id[1], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_dm_open(struct request *r)
{
	const struct value *users = field_value(r, "user_ids");
	struct answer a;

	TRY(dm_open(&r->call, users->ids, users->n, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_typing(struct request *r)
{
	struct answer a;

	TRY(typing_post(&r->call, r->segment_id[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}
