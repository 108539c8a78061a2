/* New accounts that wait for an administrator of the installation. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/registration.h"

enum err
h_registration_list(struct request *r)
{
	struct answer a;
	int64_t limit, after;

	TRY(query_limit(r, &limit));
	TRY(query_id(r, "after", &after));
	TRY(registration_list(&r->call, limit, after, &a));
	reply_list(r, &a, true);
	return ERR_OK;
}

static enum err
decide(struct request *r, bool approve)
{
	struct answer a;

	TRY(registration_decide(&r->call, r->segment_id[0], approve, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_registration_approve(struct request *r)
{
	return decide(r, true);
}

enum err
h_registration_refuse(struct request *r)
{
	return decide(r, false);
}
