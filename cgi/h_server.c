/* Servers and their members. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/server.h"
#include "wire/text.h"

#define NAME(flags) { "name", FIELD_TEXT, (flags) | FIELD_LINE | FIELD_VISIBLE, SERVER_NAME_MIN, SERVER_NAME_MAX, \
	NULL, NULL }

FIELD_LIST(fields_server, NAME(FIELD_REQUIRED));
FIELD_LIST(fields_server_update, NAME(0),
	{ "lockdown", FIELD_BOOL, 0, 0, 0, NULL, NULL },
	{ "audit_days", FIELD_INT, 0, AUDIT_DAYS_MIN, AUDIT_DAYS_MAX, NULL, NULL },
	{ "web_robots", FIELD_BOOL, 0, 0, 0, NULL, NULL },
	{ "retention_days", FIELD_INT, FIELD_REMOVES, 1, RETENTION_DAYS_MAX, NULL, NULL });
FIELD_LIST(fields_member,
	{ "roles", FIELD_WORDS, 0, 0, MEMBER_ROLES, NULL, NULL },
	{ "nickname", FIELD_TEXT, FIELD_LINE | FIELD_VISIBLE | FIELD_REMOVES, 1, NICKNAME_MAX, NULL, NULL },
	{ "expires_at", FIELD_TEXT, FIELD_REMOVES, 20, 35, text_is_time, NULL });

enum err
h_server_create(struct request *r)
{
	struct answer a;

	TRY(server_create(&r->call, field_text(r, "name"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_server_read(struct request *r)
{
	struct answer a;

	TRY(server_read(&r->call, r->segment_id[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_server_update(struct request *r)
{
	struct server_form f = {
		.name = field_text(r, "name"),
		.lockdown = field_bool(r, "lockdown"),
		.audit_days = field_int_param(r, "audit_days"),
		.web_robots = field_bool(r, "web_robots"),
		.retention_days = field_int_param(r, "retention_days"),
	};
	struct answer a;

	TRY(server_update(&r->call, r->segment_id[0], &f, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_server_delete(struct request *r)
{
	struct answer a;

	TRY(server_delete(&r->call, r->segment_id[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_server_deleted_list(struct request *r)
{
	struct answer a;

	TRY(server_deleted_list(&r->call, &a));
	reply_list(r, &a, true);
	return ERR_OK;
}

enum err
h_server_restore(struct request *r)
{
	struct answer a;

	TRY(server_restore(&r->call, r->segment_id[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_member_list(struct request *r)
{
	struct answer a;
	int64_t users[MEMBERS_NAMED];
	struct member_filter f = { .users = users };
	int64_t limit, after;

	TRY(query_limit(r, &limit));
	TRY(query_id(r, "after", &after));
	TRY(query_id(r, "role_id", &f.role));
	TRY(query_line(r, "q", MEMBER_NAME_MAX, &f.name));
	TRY(query_any_ids(r, "user_ids", users, MEMBERS_NAMED, &f.nusers));
	TRY(member_list(&r->call, r->segment_id[0], limit, after, &f, &a));
	reply_list(r, &a, false);
	return ERR_OK;
}

enum err
h_member_read(struct request *r)
{
	struct answer a;

	TRY(member_read(&r->call, r->segment_id[0], segment_user(r), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_member_update(struct request *r)
{
	const struct value *roles = field_value(r, "roles");
	struct member_form f = {
		.roles = roles->given ? roles->words : NULL,
		.nroles = roles->n,
		.nickname = field_text(r, "nickname"),
		.expires_at = field_text(r, "expires_at"),
	};
	struct answer a;

	TRY(member_update(&r->call, r->segment_id[0], segment_user(r), &f, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_member_remove(struct request *r)
{
	struct answer a;

	TRY(member_remove(&r->call, r->segment_id[0], segment_user(r), &a));
	reply_answer(r, &a);
	return ERR_OK;
}
