#include "ctl/setup.h"

#include "base/crypt.h"
#include "ctl/out.h"

#define TOKEN_BYTES 32

enum err
setup_link_print(struct ctl *c)
{
	uint8_t random[TOKEN_BYTES], digest[CRYPT_SHA256_LEN];
	char token[64];
	struct pg_rows rows;

	crypt_random(random, sizeof(random));
	crypt_b64(random, sizeof(random), token);
	crypt_sha256(str_of(token), digest);
	TRY(pg_run(c->world.pg, &c->arena, STMT_SETUP_TOKEN_SET,
	    PG_ARGS(pg_bytea(&c->arena, digest, sizeof(digest)), pg_int(&c->arena, SETUP_LIFE_S)), &rows));
	if (rows.affected > 0)
		say("%s/setup#%s", c->config.base_url, token);
	return ERR_OK;
}
