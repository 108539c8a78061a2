/* Rules of a server about what is said. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/moderation.h"
#include "domain/rule.h"

#define NAME(flags) \
	{ "name", FIELD_TEXT, (flags) | FIELD_LINE | FIELD_VISIBLE, 1, RULE_NAME_MAX, NULL, NULL }
#define REST \
	{ "words", FIELD_WORDS, 0, 0, RULE_WORDS, NULL, NULL }, \
	{ "allow", FIELD_WORDS, 0, 0, RULE_HOSTS, NULL, NULL }, \
	{ "deny", FIELD_WORDS, 0, 0, RULE_HOSTS, NULL, NULL }, \
	{ "most", FIELD_INT, 0, 1, RULE_MOST, NULL, NULL }, \
	{ "action", FIELD_TEXT, 0, 1, 16, NULL, RULE_ACTIONS }, \
	{ "timeout_s", FIELD_INT, 0, TIMEOUT_MIN_S, TIMEOUT_MAX_S, NULL, NULL }, \
	{ "exempt_roles", FIELD_IDS, 0, 0, RULE_ROLES, NULL, NULL }, \
	{ "enabled", FIELD_BOOL, 0, 0, 0, NULL, NULL }

FIELD_LIST(fields_rule, NAME(FIELD_REQUIRED),
    { "kind", FIELD_TEXT, FIELD_REQUIRED, 1, 16, NULL, RULE_KINDS }, REST);
FIELD_LIST(fields_rule_update, NAME(0), REST);

static const char *
texts(const struct request *r, const char *name)
{
	const struct value *v = field_value(r, name);

	return v->given ? pg_text_array(r->arena, v->words, v->n) : NULL;
}

static struct rule_form
form_of(const struct request *r)
{
	const struct value *words = field_value(r, "words");
	const struct value *roles = field_value(r, "exempt_roles");

	return (struct rule_form){
		.name = field_text(r, "name"),
		.words = words->given ? words->words : NULL,
		.nwords = words->n,
		.allow = texts(r, "allow"),
		.deny = texts(r, "deny"),
		.most = field_int_param(r, "most"),
		.action = field_text(r, "action"),
		.timeout_s = field_int_param(r, "timeout_s"),
		.exempt_roles =
		    roles->given ? pg_int_array(r->arena, roles->ids, roles->n) : NULL,
		.enabled = field_bool(r, "enabled"),
	};
}

enum err
h_rule_list(struct request *r)
{
	struct answer a;

	TRY(rule_list(&r->call, r->segment_id[0], &a));
	reply_list(r, &a, false);
	return ERR_OK;
}

enum err
h_rule_read(struct request *r)
{
	struct answer a;

	TRY(rule_read(&r->call, r->segment_id[0], r->segment_id[1], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_rule_create(struct request *r)
{
	struct rule_form f = form_of(r);
	struct answer a;

	f.kind = field_text(r, "kind");
	TRY(rule_create(&r->call, r->segment_id[0], &f, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_rule_update(struct request *r)
{
	struct rule_form f = form_of(r);
	struct answer a;

	TRY(rule_update(&r->call, r->segment_id[0], r->segment_id[1], &f, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_rule_delete(struct request *r)
{
	struct answer a;

	TRY(rule_delete(&r->call, r->segment_id[0], r->segment_id[1], &a));
	reply_answer(r, &a);
	return ERR_OK;
}
