/* Personal access tokens: see account.h for what they do, token.h for how they look. */
#include "base/clock.h"
#include "base/id.h"
#include "domain/account.h"
#include "domain/token.h"
#include "wire/json.h"

enum err
personal_list(struct call *c, struct answer *out)
{
	return call_list(c, STMT_TOKEN_LIST, PG_ARGS(pg_int(c->arena, c->actor.account)), out);
}

static const char *
moment(struct arena *a, int64_t in_s)
{
	char text[25];

	if (in_s <= 0)
		return NULL;
	clock_rfc3339(clock_wall_ms() + in_s * 1000, text);
	return arena_strdup(a, text);
}

enum err
personal_create(struct call *c, struct str name, struct str scopes, int64_t expires_s,
    struct answer *out, struct str *secret)
{
	struct arena *a = c->arena;
	uint8_t random[TOKEN_SECRET], digest[CRYPT_SHA256_LEN];
	struct json *body;
	struct str text = STR_NULL;
	struct answer made;
	int64_t id;

	crypt_random(random, sizeof(random));
	crypt_sha256((struct str){ (const char *)random, sizeof(random) }, digest);
	TRY(call_mutate(c, 0, STMT_TOKEN_CREATE,
	    PG_ARGS(pg_int(a, c->actor.account), pg_text(a, name), pg_text(a, scopes),
		moment(a, expires_s), pg_bytea(a, digest, sizeof(digest))),
	    &made));
	TRY(json_parse(a, made.body, &body));
	if (!json_str(json_get(body, "id"), &text) || !id_parse(text, &id))
		return ERR_INTERNAL;
	*secret = token_personal_make(a, id, c->actor.account, random);
	crypt_wipe(random, sizeof(random));
	*out = made;
	return ERR_OK;
}

enum err
personal_delete(struct call *c, int64_t token, struct answer *out)
{
	return call_mutate(c, 0, STMT_TOKEN_DELETE, PG_ARGS(pg_int(c->arena, c->actor.account),
	    pg_int(c->arena, token)), out);
}
