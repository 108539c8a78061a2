#include "link/redis_ask.h"

#include <hiredis/hiredis.h>

#include "base/buf.h"
#include "link/redis_target.h"

#define ANSWER_MAX (1u << 20)

static void
add_reply(struct buf *b, const redisReply *r)
{
	if (r->type == REDIS_REPLY_ARRAY) {
		for (size_t i = 0; i < r->elements; i++) {
			if (i > 0)
				buf_add_char(b, '\n');
			add_reply(b, r->element[i]);
		}
	} else if (r->type == REDIS_REPLY_INTEGER) {
		buf_printf(b, "%lld", r->integer);
	} else if (r->str != NULL) {
		buf_add(b, r->str, (size_t)r->len);
	}
}

enum err
redis_ask(struct arena *a, const char *target, const char *const argv[], struct str *out)
{
	redisContext *ctx = redis_target_dial(target, REDIS_ASK_MS, REDIS_ASK_MS);
	redisReply *reply = NULL;
	enum err e = ERR_UNAVAILABLE;
	struct buf b;
	int argc = 0;

	while (argv[argc] != NULL)
		argc++;
	if (ctx != NULL && ctx->err == 0)
		reply = redisCommandArgv(ctx, argc, (const char **)(uintptr_t)argv, NULL);
	buf_init(&b, ANSWER_MAX);
	if (reply != NULL) {
		add_reply(&b, reply);
		e = reply->type == REDIS_REPLY_ERROR ? ERR_UNAVAILABLE : ERR_OK;
		freeReplyObject(reply);
	} else {
		buf_add_cstr(&b,
		    ctx == NULL ? "not an address of the form unix:/path or host:port"
				: ctx->errstr);
	}
	*out = (struct str){ arena_strndup(a, b.len > 0 ? b.p : "", b.len), b.len };
	buf_release(&b);
	if (ctx != NULL)
		redisFree(ctx);
	return e;
}
