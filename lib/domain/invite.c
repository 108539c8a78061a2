#include "domain/invite.h"

#include <ctype.h>

#include "domain/params.h"

#define CODE_BYTES 16	/* 128 bits: not to be guessed */

bool
invite_code_is_valid(struct str s)
{
	if (s.len < INVITE_CODE_MIN || s.len > INVITE_CODE_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		if (ch >= 0x80 || (!isalnum(ch) && ch != '_' && ch != '-'))
			return false;
	}
	return true;
}

const char *
invite_code_new(struct arena *a)
{
	uint8_t random[CODE_BYTES];
	char code[32];

	crypt_random(random, sizeof(random));
	crypt_b64(random, sizeof(random), code);
	return arena_strdup(a, code);
}

enum err
invite_create(struct call *c, int64_t server, const struct invite_form *f, struct answer *out)
{
	return call_mutate(c, server, STMT_INVITE_CREATE, PG_ARGS(ACTOR(c), ID(c, server),
	    pg_int(c->arena, f->max_uses), pg_int(c->arena, f->expires_s), ID_OR_NULL(c, f->channel),
	    ID_OR_NULL(c, f->role), invite_code_new(c->arena)), out);
}

enum err
invite_list(struct call *c, int64_t server, struct answer *out)
{
	return call_list(c, STMT_INVITE_LIST, PG_ARGS(ACTOR(c), ID(c, server)), out);
}

enum err
invite_read(struct call *c, struct str code, struct answer *out)
{
	struct pg_rows rows;

	if (!invite_code_is_valid(code))
		return ERR_NOT_FOUND;
	TRY(call_rows(c, STMT_INVITE_READ, PG_ARGS(pg_text(c->arena, code)), &rows));
	if (rows.n == 0)
		return ERR_NOT_FOUND;
	struct str data = pg_get(&rows, 0, 0);
	if (data.p == NULL)
		return ERR_GONE;
	*out = (struct answer){ .kind = ANSWER_BODY, .body = data };
	return ERR_OK;
}

enum err
invite_accept(struct call *c, struct str code, struct answer *out)
{
	if (!invite_code_is_valid(code))
		return ERR_NOT_FOUND;
	return call_mutate(c, 0, STMT_INVITE_ACCEPT, PG_ARGS(ACTOR(c),
	    pg_text(c->arena, code), pg_int(c->arena, c->world->config->servers_per_user)), out);
}

enum err
invite_regenerate(struct call *c, struct str code, struct answer *out)
{
	if (!invite_code_is_valid(code))
		return ERR_NOT_FOUND;
	return call_mutate(c, 0, STMT_INVITE_REGENERATE, PG_ARGS(ACTOR(c), pg_text(c->arena, code),
	    invite_code_new(c->arena)), out);
}

enum err
invite_delete(struct call *c, struct str code, struct answer *out)
{
	if (!invite_code_is_valid(code))
		return ERR_NOT_FOUND;
	return call_mutate(c, 0, STMT_INVITE_DELETE, PG_ARGS(ACTOR(c),
	    pg_text(c->arena, code)), out);
}
