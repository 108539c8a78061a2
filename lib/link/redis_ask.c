#include "link/redis_ask.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <sys/time.h>

#include "base/buf.h"

#define ANSWER_MAX (1u << 20)

static redisContext *
connect_to(const char *target)
{
	struct timeval limit = { REDIS_ASK_MS / 1000, (REDIS_ASK_MS % 1000) * 1000 };
	const char *colon = strrchr(target, ':');
	redisContext *ctx;
	char host[256];
	uint64_t port;

	if (strncmp(target, "unix:", 5) == 0) {
		ctx = redisConnectUnixWithTimeout(target + 5, limit);
	} else {
		if (colon == NULL || (size_t)(colon - target) >= sizeof(host) ||
		    !str_to_u64(str_of(colon + 1), 65535, &port))
			return NULL;
		memcpy(host, target, (size_t)(colon - target));
		host[colon - target] = '\0';
		ctx = redisConnectWithTimeout(host, (int)port, limit);
	}
	if (ctx != NULL && ctx->err == 0)
		redisSetTimeout(ctx, limit);
	return ctx;
}

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
	redisContext *ctx = connect_to(target);
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
		buf_add_cstr(&b, ctx == NULL ? "not an address of the form unix:/path or host:port" : ctx->errstr);
	}
	*out = (struct str){ arena_strndup(a, b.len > 0 ? b.p : "", b.len), b.len };
	buf_release(&b);
	if (ctx != NULL)
		redisFree(ctx);
	return e;
}
