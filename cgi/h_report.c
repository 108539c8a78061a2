/* Reports: what members tell the moderators of a server. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/report.h"
#include "wire/text.h"

#define REASON { "reason", FIELD_TEXT, FIELD_REQUIRED, 1, 16, NULL, REPORT_REASONS }
#define NOTE { "note", FIELD_TEXT, 0, 0, REPORT_NOTE_MAX, text_is_prose, NULL }

FIELD_LIST(fields_message_report, REASON, NOTE);
FIELD_LIST(fields_user_report, { "server_id", FIELD_ID, FIELD_REQUIRED, 0, 0, NULL, NULL }, REASON,
    NOTE);
FIELD_LIST(fields_report_update,
    { "state", FIELD_TEXT, FIELD_REQUIRED, 1, 16, NULL, REPORT_STATES });

enum err
h_message_report(struct request *r)
{
	struct answer a;

	TRY(message_report(&r->call, r->segment_id[0], r->segment_id[1], field_text(r, "reason"),
	    field_text(r, "note"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_user_report(struct request *r)
{
	struct answer a;

	TRY(user_report(&r->call, r->segment_id[0], field_int(r, "server_id"),
	    field_text(r, "reason"), field_text(r, "note"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_report_list(struct request *r)
{
	struct answer a;
	int64_t limit, before;
	struct str state;

	TRY(query_limit(r, &limit));
	TRY(query_id(r, "before", &before));
	TRY(query_line(r, "state", 16, &state));
	if (state.p != NULL && !str_list_has(STR(REPORT_STATES), ' ', state))
		return ERR_BAD_REQUEST;
	TRY(report_list(&r->call, r->segment_id[0], limit, before, state, &a));
	reply_list(r, &a, true);
	return ERR_OK;
}

enum err
h_report_read(struct request *r)
{
	struct answer a;

	TRY(report_read(&r->call, r->segment_id[0], r->segment_id[1], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_report_update(struct request *r)
{
	struct answer a;

	TRY(report_update(
	    &r->call, r->segment_id[0], r->segment_id[1], field_text(r, "state"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}
