/* Blocking, copies of one's own data, and the end of an account. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/export.h"
#include "domain/people.h"

#define OWN_PASSWORD \
	{ "password", FIELD_TEXT, FIELD_REQUIRED | FIELD_SECRET, 1, 1024, NULL, NULL }

FIELD_LIST(fields_deactivate, OWN_PASSWORD);
FIELD_LIST(fields_me_delete, OWN_PASSWORD, { "purge", FIELD_BOOL, 0, 0, 0, NULL, NULL });

enum err
h_block_list(struct request *r)
{
	struct answer a;

	TRY(block_list(&r->call, &a));
	reply_list(r, &a, false);
	return ERR_OK;
}

enum err
h_block_put(struct request *r)
{
	struct answer a;

	TRY(block_put(&r->call, r->segment_id[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_block_delete(struct request *r)
{
	struct answer a;

	TRY(block_delete(&r->call, r->segment_id[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_me_deactivate(struct request *r)
{
	struct answer a;

	TRY(me_deactivate(&r->call, field_text(r, "password"), &a));
	reply_clear_cookies(r);
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_me_delete(struct request *r)
{
	struct answer a;

	TRY(me_delete(
	    &r->call, field_text(r, "password"), field_value(r, "purge")->truth, &a));
	reply_clear_cookies(r);
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_export_start(struct request *r)
{
	struct answer a;

	TRY(export_start(&r->call, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_export_read(struct request *r)
{
	struct answer a;

	TRY(export_read(&r->call, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_export_file(struct request *r)
{
	const char *path;

	TRY(export_path(&r->call, &path));
	return reply_file(r, path, "application/zip", "moot-export.zip");
}
