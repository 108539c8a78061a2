/* What answers on sockets: Redis, the push daemon, the site through the web server. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "ctl/check.h"
#include "ctl/probe.h"
#include "domain/token.h"
#include "link/redis_ask.h"
#include "wire/json.h"
#include "wire/jwt.h"

#define PUBSUB_HARD_MIN (64ll << 20)

/* The value of a Redis setting; absent when it may not be asked for. */
static struct str
setting(struct ctl *c, struct report *r, const char *name)
{
	const char *const argv[] = { "CONFIG", "GET", name, NULL };
	struct str out, line;

	if (redis_ask(r->arena, c->config.redis, argv, &out) != ERR_OK)
		return STR_NULL;
	line = str_cut(&out, '\n');
	return line.p == NULL ? STR_NULL : out;
}

/* "… pubsub HARD SOFT SECONDS" in client-output-buffer-limit; -1 when it is not there. */
static int64_t
pubsub_limit(struct str value)
{
	const char *at = value.p == NULL ? NULL : strstr(value.p, "pubsub ");

	return at == NULL ? -1 : strtoll(at + 7, NULL, 10);
}

static void
check_redis_settings(struct ctl *c, struct report *r)
{
	struct str append = setting(c, r, "appendonly"), policy = setting(c, r, "maxmemory-policy");
	int64_t limit = pubsub_limit(setting(c, r, "client-output-buffer-limit"));

	if (append.p == NULL) {
		check_add(
		    r, CHECK_NOTE, "redis_settings", NULL, "Redis does not tell its settings");
		return;
	}
	if (!str_eq(append, STR("yes")))
		check_add(r, CHECK_NOTE, "redis_settings", "set appendonly yes in redis.conf",
		    "Redis forgets rate limits and presence when it restarts; no message is in "
		    "danger");
	if (policy.p != NULL && !str_eq(policy, STR("noeviction")) &&
	    !str_has_prefix(policy, STR("volatile-")))
		check_add(r, CHECK_PROBLEM, "redis_settings",
		    "set maxmemory-policy noeviction in redis.conf",
		    "under pressure Redis throws away what Moot keeps in it (%.*s)",
		    STR_FMT(policy));
	if (limit > 0 && limit < PUBSUB_HARD_MIN)
		check_add(r, CHECK_NOTE, "redis_settings",
		    "set client-output-buffer-limit pubsub 256mb 64mb 60 in redis.conf",
		    "Redis drops the push daemon after %lld MB of unread events; it resumes from "
		    "the database",
		    (long long)(limit >> 20));
}

void
check_redis(struct ctl *c, struct report *r)
{
	const char *const info[] = { "INFO", "server", NULL };
	struct str out;

	if (c->config.redis[0] == '\0') {
		check_add(r, CHECK_NOTE, "redis", "set redis = unix:/run/redis/redis-server.sock",
		    "none is configured: there is no real time, clients poll");
		return;
	}
	if (redis_ask(r->arena, c->config.redis, info, &out) != ERR_OK) {
		check_add(r, CHECK_PROBLEM, "redis",
		    "start Redis, or correct the key redis; until then events arrive by "
		    "the push daemon's look into the database every second",
		    "%s: %.*s", c->config.redis, STR_FMT(out));
		return;
	}
	const char *version = strstr(out.p, "redis_version:");
	check_add(r, CHECK_OK, "redis", NULL, "Redis %.*s answers",
	    version == NULL ? 1 : (int)strcspn(version + 14, "\r\n"),
	    version == NULL ? "?" : version + 14);
	check_redis_settings(c, r);
}

void
check_push(struct ctl *c, struct report *r)
{
	struct probe_reply reply;
	const char *why;

	if (c->config.push_socket[0] == '\0')
		check_add(r, CHECK_NOTE, "push", "set push_socket and start moot-push",
		    "push_socket is not set: there is no real time");
	else if (!probe_get(r->arena, c->config.push_socket, "http://localhost/health", NULL,
		     &reply, &why))
		check_add(r, CHECK_PROBLEM, "push", "start moot-push, or look at its log", "%s: %s",
		    c->config.push_socket, why);
	else if (reply.status != 200)
		check_add(r, CHECK_PROBLEM, "push",
		    "look at its log; it needs Redis and the database",
		    "the push daemon is not well: %.*s", STR_FMT(str_trim(reply.body)));
	else
		check_add(r, CHECK_OK, "push", NULL, "the push daemon answers");
}

/* A member of a problem, "" when it has none or is something else. */
static struct str
member_of(struct arena *a, const struct probe_reply *reply, const char *name)
{
	struct str text = STR("");
	struct json *j;

	if (json_parse(a, reply->body, &j) == ERR_OK)
		json_str(json_get(j, name), &text);
	return text;
}

static struct str
code_of(struct arena *a, const struct probe_reply *reply)
{
	return member_of(a, reply, "code");
}

/*
 * A well-formed personal token that nobody has: the handlers say `unauthorized`, with a `detail` of
 * its own when they saw it, the title again when no Authorization reached them.
 */
static bool
check_authorization(struct ctl *c, struct report *r)
{
	uint8_t secret[TOKEN_SECRET] = { 0 };
	struct str token = token_personal_make(r->arena, 1, 1, secret), code;
	struct probe_reply reply;
	const char *why;
	bool arrived;

	if (!probe_get(r->arena, NULL, arena_printf(r->arena, "%s/api/v1/me", c->config.base_url),
	    arena_printf(r->arena, "Bearer %.*s", STR_FMT(token)), &reply, &why)) {
		check_add(r, CHECK_PROBLEM, "authorization", NULL, "no answer: %s", why);
		return false;
	}
	code = code_of(r->arena, &reply);
	arrived = reply.status == 401 && str_eq(code, STR("unauthorized")) &&
	    !str_eq(member_of(r->arena, &reply, "detail"), member_of(r->arena, &reply, "title"));
	if (arrived)
		check_add(r, CHECK_OK, "authorization", NULL, "the header reaches the handlers");
	else if (reply.status == 401 && str_eq(code, STR("unauthorized")))
		check_add(r, CHECK_PROBLEM, "authorization",
		    "Apache: CGIPassAuth On; nginx and lighttpd pass it by themselves",
		    "the web server does not pass the header Authorization on: scripts cannot sign "
		    "in");
	else
		check_add(r, CHECK_PROBLEM, "authorization", "look at the log of moot-api",
		    "unexpected answer %d %.*s", reply.status, STR_FMT(code));
	return arrived;
}

/* An access token of our key that is past its time: `token_expired` when the handlers have the same
 * key and base_url, `unauthorized` when not. */
static void
check_same_key(struct ctl *c, struct report *r)
{
	int64_t now = clock_wall_ms() / 1000;
	struct jwt_claims claims = {
		.account = 1, .session = 1, .iat = now - 7200, .exp = now - 3600
	};
	uint8_t bytes[4096];
	struct jwt_key key;
	struct probe_reply reply;
	struct str token;
	const char *why;
	char msg[256];
	size_t len;

	if (!config_token_key(&c->config, bytes, &len, msg, sizeof(msg)) ||
	    jwt_key_init(&key, bytes, len) != ERR_OK)
		return;
	enum err e = jwt_make(r->arena, &key, str_of(c->config.base_url), &claims, &token);
	crypt_wipe(bytes, sizeof(bytes));
	if (e != ERR_OK ||
	    !probe_get(r->arena, NULL, arena_printf(r->arena, "%s/api/v1/me", c->config.base_url),
		arena_printf(r->arena, "Bearer %.*s", STR_FMT(token)), &reply, &why))
		return;
	if (str_eq(code_of(r->arena, &reply), STR("unauthorized")))
		check_add(r, CHECK_PROBLEM, "same_config",
		    "restart moot-api and moot-push; give all of them this configuration",
		    "the handlers run with another token key or base_url than this configuration "
		    "has");
	else if (str_eq(code_of(r->arena, &reply), STR("token_expired")))
		check_add(r, CHECK_OK, "same_config", NULL,
		    "the handlers run with this token key and base_url");
}

/* The daemon refuses a made-up token with 401 in JSON; the web server alone would say something
 * else. */
static void
check_stream(struct ctl *c, struct report *r)
{
	struct probe_reply reply;
	const char *why;

	if (c->config.push_socket[0] == '\0')
		return;
	if (!probe_get(r->arena, NULL,
		arena_printf(r->arena, "%s/api/v1/stream?wait=0", c->config.base_url),
		"Bearer none", &reply, &why))
		check_add(r, CHECK_PROBLEM, "stream", NULL, "no answer: %s", why);
	else if (reply.status == 401 && str_eq(code_of(r->arena, &reply), STR("unauthorized")))
		check_add(r, CHECK_OK, "stream", NULL, "the web server relays to the push daemon");
	else
		check_add(r, CHECK_PROBLEM, "stream",
		    "relay /api/v1/stream to push_socket, as nginx/moot-site.conf does",
		    "the web server does not relay the stream to the push daemon: status %d",
		    reply.status);
}

void
check_site(struct ctl *c, struct report *r)
{
	struct probe_reply reply;
	const char *why;

	if (!probe_get(r->arena, NULL, arena_printf(r->arena, "%s/api/v1/meta", c->config.base_url),
		NULL, &reply, &why)) {
		bool curl = why == probe_no_curl;
		check_add(r, curl ? CHECK_NOTE : CHECK_PROBLEM, "site", curl ? "install curl" :
		    "start the web server, or correct base_url", "%s: %s", c->config.base_url, why);
		return;
	}
	if (reply.status == 502 || reply.status == 503 || reply.status == 504) {
		check_add(r, CHECK_PROBLEM, "site",
		    "start moot-api, or look at its log and at the web server's",
		    "%s/api/v1/meta: status %d", c->config.base_url, reply.status);
		return;
	}
	if (reply.status != 200 || reply.body.len == 0 || reply.body.p[0] != '{') {
		check_add(r, CHECK_PROBLEM, "site",
		    "hand /api/ to moot-api, as nginx/moot-site.conf does",
		    "%s/api/v1/meta is not answered by Moot: status %d", c->config.base_url,
		    reply.status);
		return;
	}
	check_add(r, CHECK_OK, "site", NULL, "%s answers", c->config.base_url);
	if (check_authorization(c, r))
		check_same_key(c, r);
	check_stream(c, r);
}
