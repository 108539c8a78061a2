#include "domain/rule.h"

#include "domain/params.h"
#include "wire/text.h"
#include "wire/words.h"

enum err
rule_list(struct call *c, int64_t server, struct answer *out)
{
	return call_list(c, STMT_RULE_LIST, PG_ARGS(ACTOR(c), ID(c, server)), out);
}

static enum err
check_words(struct call *c, const struct rule_form *f)
{
	for (size_t i = 0; i < f->nwords; i++) {
		if (!text_is_line(f->words[i]) || !words_is_pattern(c->arena, f->words[i]))
			return call_flaw(c, "words", "format", "one of them would find nothing");
	}
	return ERR_OK;
}

static const char *
words_of(struct call *c, const struct rule_form *f)
{
	return f->words == NULL ? NULL : pg_text_array(c->arena, f->words, f->nwords);
}

enum err
rule_read(struct call *c, int64_t server, int64_t rule, struct answer *out)
{
	return call_read(c, STMT_RULE_READ, PG_ARGS(ACTOR(c), ID(c, server), ID(c, rule)), out);
}

enum err
rule_create(struct call *c, int64_t server, const struct rule_form *f, struct answer *out)
{
	struct arena *a = c->arena;

	TRY(check_words(c, f));
	return call_mutate(c, server, STMT_RULE_CREATE,
	    PG_ARGS(ACTOR(c), ID(c, server), pg_text(a, f->name), pg_text(a, f->kind),
		words_of(c, f), f->allow, f->deny, f->most, pg_text(a, f->action), f->timeout_s,
		f->exempt_roles, f->enabled),
	    out);
}

enum err
rule_update(struct call *c, int64_t server, int64_t rule, const struct rule_form *f,
    struct answer *out)
{
	struct arena *a = c->arena;

	TRY(check_words(c, f));
	return call_mutate(c, server, STMT_RULE_UPDATE,
	    PG_ARGS(ACTOR(c), ID(c, server), ID(c, rule), pg_text(a, f->name), words_of(c, f),
		f->allow, f->deny, f->most, pg_text(a, f->action), f->timeout_s, f->exempt_roles,
		f->enabled),
	    out);
}

enum err
rule_delete(struct call *c, int64_t server, int64_t rule, struct answer *out)
{
	return call_mutate(
	    c, server, STMT_RULE_DELETE, PG_ARGS(ACTOR(c), ID(c, server), ID(c, rule)), out);
}
