/* Pictures of people and servers. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/picture.h"

enum err
h_avatar_put(struct request *r)
{
	struct answer a;

	TRY(avatar_set(&r->call, r->body, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_avatar_delete(struct request *r)
{
	struct answer a;

	TRY(avatar_remove(&r->call, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_icon_put(struct request *r)
{
	struct answer a;

	TRY(icon_set(&r->call, r->segment_id[0], r->body, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_icon_delete(struct request *r)
{
	struct answer a;

	TRY(icon_remove(&r->call, r->segment_id[0], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

/* Where the web server does not do it. */
enum err
h_picture_file(struct request *r)
{
	const char *path;

	TRY(picture_path(r->arena, r->config, r->segment[0], &path));
	return reply_picture(r, path);
}
