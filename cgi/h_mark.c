/* How far somebody has read, what has reached him, and how far the others are. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/mark.h"

FIELD_LIST(fields_position, { "seq", FIELD_INT, FIELD_REQUIRED, 0, MARK_SEQ_MAX, NULL, NULL });

enum err
h_read_put(struct request *r)
{
	struct answer a;

	TRY(read_put(&r->call, r->segment_id[0], field_int(r, "seq"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_delivered_put(struct request *r)
{
	struct answer a;

	TRY(delivered_put(&r->call, r->segment_id[0], field_int(r, "seq"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_receipts(struct request *r)
{
	struct answer a;

	TRY(receipts_list(&r->call, r->segment_id[0], &a));
	reply_list(r, &a, false);
	return ERR_OK;
}
