/* See redis.h. hiredis 0.14: blocking context with socket timeouts, replies read by count. */
#include "link/redis.h"

#include <assert.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "link/redis_target.h"

#define BACKOFF_MIN_MS 250
#define BACKOFF_MAX_MS 5000
#define QUEUE_ARGS 6

struct redis {
	redisContext *ctx;	/* NULL when away */
	const char *target;
	size_t pending;		/* replies still to come */
	int64_t retry_at;	/* clock_mono_ms() before which nobody connects */
	int64_t backoff_ms;
	int connect_ms;
	int reply_ms;
};

struct redis *
redis_new(const char *target)
{
	struct redis *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->target = target;
	r->connect_ms = REDIS_CONNECT_MS;
	r->reply_ms = REDIS_REPLY_MS;
	return r;
}

void
redis_be_patient(struct redis *r)
{
	r->connect_ms = r->reply_ms = REDIS_PATIENT_MS;
}

void
redis_free(struct redis *r)
{
	if (r == NULL)
		return;
	if (r->ctx != NULL)
		redisFree(r->ctx);
	free(r);
}

bool
redis_is_used(const struct redis *r)
{
	return r->target != NULL && r->target[0] != '\0';
}

static void
away(struct redis *r, const char *why)
{
	log_warn("redis away", lf_str("said", why), lf_int("lost", (int64_t)r->pending));
	metric_add(METRIC_redis_errors, 1);
	if (r->ctx != NULL)
		redisFree(r->ctx);
	r->ctx = NULL;
	r->pending = 0;
	r->backoff_ms = r->backoff_ms == 0 ? BACKOFF_MIN_MS : r->backoff_ms * 2;
	if (r->backoff_ms > BACKOFF_MAX_MS)
		r->backoff_ms = BACKOFF_MAX_MS;
	r->retry_at = clock_mono_ms() + r->backoff_ms;
}

/* Redis closed the connection since it was last used, as after a restart. */
static bool
has_gone(const struct redis *r)
{
	char c;

	return recv(r->ctx->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Unless backing off. */
static enum err
connect_now(struct redis *r)
{
	if (r->ctx != NULL && !has_gone(r))
		return ERR_OK;
	if (r->ctx != NULL)
		redisFree(r->ctx);
	else if (!redis_is_used(r) || clock_mono_ms() < r->retry_at)
		return ERR_UNAVAILABLE;
	r->pending = 0;
	r->ctx = redis_target_dial(r->target, r->connect_ms, r->reply_ms);
	if (r->ctx == NULL || r->ctx->err != 0) {
		away(r, r->ctx == NULL ? "bad target or no memory" : r->ctx->errstr);
		return ERR_UNAVAILABLE;
	}
	return ERR_OK;
}

static enum err
flush(struct redis *r)
{
	int done = 0;

	while (!done) {
		if (redisBufferWrite(r->ctx, &done) != REDIS_OK) {
			away(r, r->ctx->errstr);
			return ERR_UNAVAILABLE;
		}
	}
	return ERR_OK;
}

/* The next reply; caller frees. */
static enum err
next_reply(struct redis *r, redisReply **out)
{
	void *reply = NULL;

	if (redisGetReply(r->ctx, &reply) != REDIS_OK || reply == NULL) {
		away(r, r->ctx->errstr);
		return ERR_UNAVAILABLE;
	}
	r->pending--;
	*out = reply;
	return ERR_OK;
}

/* Reads the replies nobody waited for. */
static enum err
drain(struct redis *r)
{
	while (r->pending > 0) {
		redisReply *reply;
		TRY(next_reply(r, &reply));
		if (reply->type == REDIS_REPLY_ERROR)
			log_warn("redis refused", lf_str("said", reply->str));
		freeReplyObject(reply);
	}
	return ERR_OK;
}

static enum err
queue(struct redis *r, const struct str *args, size_t argc)
{
	const char *argv[QUEUE_ARGS];
	size_t lens[QUEUE_ARGS];

	assert(argc <= QUEUE_ARGS);
	for (size_t i = 0; i < argc; i++) {
		argv[i] = args[i].p;
		lens[i] = args[i].len;
	}
	if (redisAppendCommandArgv(r->ctx, (int)argc, argv, lens) != REDIS_OK) {
		away(r, r->ctx->errstr);
		return ERR_UNAVAILABLE;
	}
	r->pending++;
	return ERR_OK;
}

enum err
redis_ping(struct redis *r)
{
	TRY(connect_now(r));
	TRY(queue(r, REDIS_WORDS(STR("PING"))));
	return drain(r);
}

enum err
redis_publish(struct redis *r, struct str topic, struct str payload)
{
	TRY(connect_now(r));
	if (r->pending >= REDIS_PENDING)
		TRY(drain(r));
	return queue(r, REDIS_WORDS(STR("PUBLISH"), topic, payload));
}

enum err
redis_flush(struct redis *r)
{
	if (r->ctx == NULL)
		return ERR_UNAVAILABLE;
	return flush(r);
}

static enum err
queue_hit(struct redis *r, const struct redis_bucket *b)
{
	char window[24];

	snprintf(window, sizeof(window), "%lld", (long long)b->window_s);
	TRY(queue(r, REDIS_WORDS(STR("SET"), str_of(b->key), STR("0"), STR("EX"),
	    str_of(window), STR("NX"))));
	TRY(queue(r, REDIS_WORDS(STR("INCR"), str_of(b->key))));
	return queue(r, REDIS_WORDS(STR("TTL"), str_of(b->key)));
}

/* The integer of a reply; an error reply counts as Redis being away. */
static enum err
read_int(struct redis *r, int64_t *out)
{
	redisReply *reply;

	TRY(next_reply(r, &reply));
	bool ok = reply->type == REDIS_REPLY_INTEGER;
	if (ok)
		*out = reply->integer;
	freeReplyObject(reply);
	if (!ok) {
		away(r, "unexpected reply");
		return ERR_UNAVAILABLE;
	}
	return ERR_OK;
}

static enum err
read_hit(struct redis *r, struct redis_bucket *b)
{
	redisReply *reply;

	TRY(next_reply(r, &reply));
	freeReplyObject(reply);
	TRY(read_int(r, &b->count));
	TRY(read_int(r, &b->left_s));
	return ERR_OK;
}

/* A hit taken back after its window ended leaves a counter that would never start anew. */
static enum err
mend(struct redis *r, struct redis_bucket *b)
{
	char window[24];

	if (b->left_s < 0) {
		snprintf(window, sizeof(window), "%lld", (long long)b->window_s);
		b->left_s = b->window_s;
		return queue(r, REDIS_WORDS(STR("EXPIRE"), str_of(b->key), str_of(window)));
	}
	if (b->left_s == 0)
		b->left_s = 1;
	return ERR_OK;
}

enum err
redis_hit(struct redis *r, struct redis_bucket *buckets, size_t n)
{
	assert(n <= REDIS_BUCKETS);
	TRY(connect_now(r));
	TRY(drain(r));
	TRY(connect_now(r));	/* closed after its last reply */
	for (size_t i = 0; i < n; i++)
		TRY(queue_hit(r, &buckets[i]));
	for (size_t i = 0; i < n; i++)
		TRY(read_hit(r, &buckets[i]));
	for (size_t i = 0; i < n; i++)
		TRY(mend(r, &buckets[i]));
	r->backoff_ms = 0;
	return ERR_OK;
}

/* The count of a bucket's key, which is a string of digits or not there. */
static enum err
read_count(struct redis *r, int64_t *out)
{
	redisReply *reply;
	uint64_t n = 0;

	TRY(next_reply(r, &reply));
	if (reply->type == REDIS_REPLY_STRING &&
	    !str_to_u64((struct str){ reply->str, (size_t)reply->len }, INT64_MAX, &n))
		n = 0;	/* hits taken back from a new counter */
	bool ok = reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_NIL;
	freeReplyObject(reply);
	if (!ok) {
		away(r, "unexpected reply");
		return ERR_UNAVAILABLE;
	}
	*out = (int64_t)n;
	return ERR_OK;
}

enum err
redis_look(struct redis *r, struct redis_bucket *b)
{
	TRY(connect_now(r));
	TRY(drain(r));
	TRY(connect_now(r));	/* closed after its last reply */
	TRY(queue(r, REDIS_WORDS(STR("GET"), str_of(b->key))));
	TRY(queue(r, REDIS_WORDS(STR("TTL"), str_of(b->key))));
	TRY(read_count(r, &b->count));
	TRY(read_int(r, &b->left_s));
	if (b->left_s < 1)
		b->left_s = 1;
	r->backoff_ms = 0;
	return ERR_OK;
}

enum err
redis_unhit(struct redis *r, const char *key)
{
	TRY(connect_now(r));
	return queue(r, REDIS_WORDS(STR("DECR"), str_of(key)));
}

static void
free_reply(void *reply)
{
	freeReplyObject(reply);
}

/* Any number of words; memory of the arena. */
static enum err
queue_command(struct redis *r, struct arena *a, const struct redis_command *c)
{
	const char **argv = arena_calloc(a, c->argc, sizeof(*argv));
	size_t *lens = arena_calloc(a, c->argc, sizeof(*lens));

	for (size_t i = 0; i < c->argc; i++) {
		argv[i] = c->argv[i].p;
		lens[i] = c->argv[i].len;
	}
	if (redisAppendCommandArgv(r->ctx, (int)c->argc, argv, lens) != REDIS_OK) {
		away(r, r->ctx->errstr);
		return ERR_UNAVAILABLE;
	}
	r->pending++;
	return ERR_OK;
}

enum err
redis_run(struct redis *r, struct arena *a, struct redis_command *commands, size_t n)
{
	TRY(connect_now(r));
	TRY(drain(r));
	TRY(connect_now(r));	/* closed after its last reply */
	for (size_t i = 0; i < n; i++)
		TRY(queue_command(r, a, &commands[i]));
	for (size_t i = 0; i < n; i++) {
		redisReply *reply;

		TRY(next_reply(r, &reply));
		arena_defer(a, free_reply, reply);	/* making the answer may not come back */
		commands[i].answer = redis_value_of(a, reply);
	}
	r->backoff_ms = 0;
	return ERR_OK;
}

bool
redis_is_away(const struct redis *r)
{
	return r->ctx == NULL && clock_mono_ms() < r->retry_at;
}

void
redis_insist(struct redis *r)
{
	r->retry_at = 0;
}
