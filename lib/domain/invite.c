#include "domain/invite.h"

#include <ctype.h>

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

static const char *
positive(struct arena *a, int64_t v)
{
	return v > 0 ? pg_int(a, v) : NULL;
}

enum err
invite_create(struct call *c, int64_t server, int64_t max_uses, int64_t expires_s, struct answer *out)
{
	struct arena *a = c->arena;
	uint8_t random[CODE_BYTES];
	char code[32];

	crypt_random(random, sizeof(random));
	crypt_b64(random, sizeof(random), code);
	return call_mutate(c, server, STMT_INVITE_CREATE, PG_ARGS(pg_int(a, c->actor.account), pg_int(a, server),
	    positive(a, max_uses), positive(a, expires_s), arena_strdup(a, code)), out);
}

enum err
invite_list(struct call *c, int64_t server, struct answer *out)
{
	return call_list(c, STMT_INVITE_LIST, PG_ARGS(pg_int(c->arena, c->actor.account),
	    pg_int(c->arena, server)), out);
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
	return call_mutate(c, 0, STMT_INVITE_ACCEPT, PG_ARGS(pg_int(c->arena, c->actor.account),
	    pg_text(c->arena, code), pg_int(c->arena, c->world->config->servers_per_user)), out);
}

enum err
invite_delete(struct call *c, struct str code, struct answer *out)
{
	if (!invite_code_is_valid(code))
		return ERR_NOT_FOUND;
	return call_mutate(c, 0, STMT_INVITE_DELETE, PG_ARGS(pg_int(c->arena, c->actor.account),
	    pg_text(c->arena, code)), out);
}
