#include "ctl/setup.h"

#include "base/crypt.h"
#include "ctl/out.h"
#include "domain/admin.h"

#define TOKEN_BYTES 32

enum err
setup_link_print(struct ctl *c)
{
	uint8_t random[TOKEN_BYTES];
	char token[64];
	bool made;

	crypt_random(random, sizeof(random));
	crypt_b64(random, sizeof(random), token);
	TRY(admin_setup_token(&c->world, &c->arena, str_of(token), SETUP_LIFE_S, &made));
	if (made)
		say("%s/setup#%s", c->config.base_url, token);
	return ERR_OK;
}
