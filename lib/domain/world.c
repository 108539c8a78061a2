#include "domain/world.h"

#include <stdio.h>
#include <string.h>

#include "base/crypt.h"
#include "link/pg_site.h"

static bool
read_key(struct world *w, char *msg, size_t msg_len)
{
	size_t len = 0;

	if (!config_token_key(w->config, w->key_bytes, &len, msg, msg_len))
		return false;
	if (jwt_key_init(&w->key, w->key_bytes, len) == ERR_OK)
		return true;
	snprintf(msg, msg_len, "token key is too short");
	return false;
}

bool
world_init(struct world *w, const struct config *config, const struct pg_options *pg, bool serves,
    char *msg, size_t msg_len)
{
	memset(w, 0, sizeof(*w));
	w->config = config;
	site_init(&w->site, config->base_url);
	pg_site_path(w->site.path.p);
	if (serves && !read_key(w, msg, msg_len))
		return false;
	w->pg = pg_new(pg);
	w->redis = redis_new(config->redis);
	if (w->pg == NULL || w->redis == NULL) {
		snprintf(msg, msg_len, "no memory");
		pg_free(w->pg);
		redis_free(w->redis);
		return false;
	}
	gate_init(&w->gate, serves ? config->run_dir : NULL, "hash", config->hash_slots);
	gate_init(&w->pictures, serves ? config->run_dir : NULL, "image", config->image_slots);
	gate_init(&w->picture_room, serves ? config->run_dir : NULL, "image-room",
	    PICTURE_ROOM * w->pictures.slots);
	return true;
}

void
world_release(struct world *w)
{
	pg_free(w->pg);
	redis_free(w->redis);
	gate_release(&w->gate);
	gate_release(&w->pictures);
	gate_release(&w->picture_room);
	rule_cache_release(&w->rules);
	crypt_wipe(w->key_bytes, sizeof(w->key_bytes));
}

enum registration
registration_mode(const struct config *config)
{
	static const struct {
		const char *word;
		enum registration mode;
	} modes[] = {
		{ "open", REGISTRATION_OPEN },
		{ "approve", REGISTRATION_APPROVE },
		{ "invite", REGISTRATION_INVITE },
	};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(config->registration, modes[i].word) == 0)
			return modes[i].mode;
	}
	return REGISTRATION_CLOSED;
}

enum err
world_check_db(struct world *w, struct arena *a, bool *schema_fits)
{
	struct pg_rows rows;
	int64_t version = 0;

	TRY(pg_run(w->pg, a, STMT_HEALTH_CHECK, PG_NONE, &rows));
	*schema_fits = pg_get_int(&rows, 0, 0, &version) && version == SCHEMA_VERSION;
	return ERR_OK;
}

enum err
world_check_redis(struct world *w)
{
	return redis_ping(w->redis);
}
