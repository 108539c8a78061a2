/* The audit log. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/audit.h"

#define CSV_MAX (2 << 20)

/* A page of it as a file for a spreadsheet; the next one is in Link as always. */
static enum err
as_csv(struct request *r)
{
	struct buf *b = request_buf(r, CSV_MAX);

	TRY(audit_lines_csv(r->arena, b, r->reply.body));
	reply_body(r, 200, "text/csv; charset=utf-8; header=present", buf_str(b));
	return ERR_OK;
}

enum err
h_audit_list(struct request *r)
{
	struct audit_filter f;
	struct answer a;
	int64_t limit, before;

	TRY(query_limit(r, &limit));
	TRY(query_id(r, "before", &before));
	TRY(query_id(r, "actor_id", &f.actor));
	TRY(query_line(r, "action", AUDIT_ACTION_MAX, &f.action));
	TRY(query_id(r, "target_id", &f.target));
	TRY(audit_list(&r->call, r->segment_id[0], limit, before, &f, &a));
	reply_list(r, &a, true);
	return request_accepts(MEDIA_CSV) == MEDIA_CSV ? as_csv(r) : ERR_OK;
}
