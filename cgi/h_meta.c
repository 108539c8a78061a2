/* What needs no account: what this installation can do, and how it is. */
#include "base/clock.h"
#include "base/metric.h"
#include "cgi/handlers.h"
#include "cgi/meta.h"
#include "cgi/reply.h"
#include "domain/account.h"
#include "domain/mail.h"
#include "domain/message.h"
#include "domain/registration.h"
#include "domain/world.h"

#define READY_MS 500

void
meta_add_limits(struct buf *b, const struct config *config)
{
	buf_printf(b, "\"limits\":{\"message_length\":%lld,\"servers\":%lld,\"group_people\":10,"
	    "\"page\":100,\"sync_channels\":%d,\"file_size\":0}",
	    (long long)config->message_length, (long long)config->servers_per_user, SYNC_CHANNELS);
}

void
meta_add_features(struct buf *b, const struct config *config)
{
	bool live = config->redis[0] != '\0' && config->push_socket[0] != '\0';

	buf_printf(b,
	    "\"features\":{\"stream\":%s,\"calls\":false,\"push\":false,\"files\":false,"
	    "\"search\":false,\"reactions\":false,\"threads\":false,\"webhooks\":false,\"totp\":"
	    "false,\"mail\":%s}",
	    live ? "true" : "false", mail_is_used(config) ? "true" : "false");
}

/* False while the database is away: the rest can still be told. */
static const char *
setup_needed(struct request *r)
{
	bool needed = false;

	return account_setup_needed(&r->call, &needed) == ERR_OK && needed ? "true" : "false";
}

enum err
h_meta(struct request *r)
{
	static const char *modes[] = { [REGISTRATION_CLOSED] = "closed",
		[REGISTRATION_INVITE] = "invite",
		[REGISTRATION_APPROVE] = "approve",
		[REGISTRATION_OPEN] = "open" };
	struct buf *b = request_buf(r, 8192);

	buf_printf(b,
	    "{\"version\":\"%s\",\"name\":\"Moot\",\"registration\":\"%s\",\"setup_needed\":%s,",
	    PACKAGE_VERSION, modes[registration_mode(r->config)], setup_needed(r));
	buf_add_cstr(b, "\"registration_domains\":");
	registration_add_domains(b, r->config);
	buf_add_char(b, ',');
	meta_add_limits(b, r->config);
	buf_add_char(b, ',');
	meta_add_features(b, r->config);
	buf_add_char(b, '}');
	reply_body(r, 200, "application/json", buf_str(b));
	return ERR_OK;
}

enum err
h_live(struct request *r)
{
	reply_body(r, 200, "application/json", STR("{\"status\":\"ok\"}"));
	return ERR_OK;
}

static const char *
redis_state(struct world *w)
{
	if (!redis_is_used(w->redis))
		return "none";
	return world_check_redis(w) == ERR_OK ? "ok" : "down";
}

enum err
h_ready(struct request *r)
{
	struct world *w = r->call.world;
	struct buf *b = request_buf(r, 1024);
	bool fits = false;

	pg_deadline(w->pg, clock_mono_ms() + READY_MS);
	bool up = world_check_db(w, r->arena, &fits) == ERR_OK;
	const char *redis = redis_state(w);
	bool ready = up && fits;
	buf_printf(b, "{\"status\":\"%s\",\"database\":\"%s\",\"schema\":\"%s\",\"redis\":\"%s\"}",
	    !ready			     ? "unavailable"
		: strcmp(redis, "down") == 0 ? "degraded"
					     : "ok",
	    up ? "ok" : "down",
	    !up	       ? "unknown"
		: fits ? "ok"
		       : "other",
	    redis);
	reply_body(r, ready ? 200 : 503, "application/json", buf_str(b));
	return ERR_OK;
}

enum err
h_metrics(struct request *r)
{
	struct buf *b = request_buf(r, 1 << 20);

	metric_render(b);
	reply_body(r, 200, "text/plain; version=0.0.4; charset=utf-8", buf_str(b));
	return ERR_OK;
}
