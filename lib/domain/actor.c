#include "domain/actor.h"

#include <string.h>

#include "domain/token.h"

static enum err
by_personal(struct str token, struct actor *out)
{
	struct personal_token t;

	if (!token_personal_parse(token, &t))
		return ERR_UNAUTHORIZED;
	*out = (struct actor){ .kind = ACTOR_TOKEN, .account = t.account, .token = t.token };
	memcpy(out->secret_hash, t.secret_hash, sizeof(out->secret_hash));
	return ERR_OK;
}

enum err
actor_of_token(struct arena *a, const struct jwt_key *key, struct str issuer, int64_t now_s,
    struct str token, struct actor *out)
{
	struct jwt_claims claims;

	if (str_has_prefix(token, STR("moot_")))
		return by_personal(token, out);
	TRY(jwt_check(a, key, issuer, token, now_s, &claims));
	*out = (struct actor){ .kind = ACTOR_SESSION,
		.account = claims.account,
		.session = claims.session,
		.exp_s = claims.exp };
	return ERR_OK;
}
