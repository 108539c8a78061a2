/*
 * rule - what must not be said in a server, and what happens then.
 */
#ifndef MOOT_DOMAIN_RULE_H
#define MOOT_DOMAIN_RULE_H

#include "domain/call.h"

#define RULE_NAME_MAX 64
#define RULE_KINDS "words links mentions duplicates"
#define RULE_ACTIONS "block alert timeout"
#define RULE_WORDS 200
#define RULE_HOSTS 50
#define RULE_MOST 50
#define RULE_ROLES 20

/* NULL or absent: unchanged, or what a new one has by itself. Parameters as in pg.h. */
struct rule_form {
	struct str name;
	struct str kind;	/* only when made */
	const struct str *words;	/* nwords of them; NULL: not given */
	size_t nwords;
	const char *allow;	/* pg_text_array() */
	const char *deny;
	const char *most;	/* pg_int() */
	struct str action;
	const char *timeout_s;	/* pg_int() */
	const char *exempt_roles;	/* pg_int_array() */
	const char *enabled;	/* pg_bool() */
};

enum err rule_list(struct call *c, int64_t server, struct answer *out);
enum err rule_read(struct call *c, int64_t server, int64_t rule, struct answer *out);
/* ERR_INVALID, too, for a word that would find nothing. */
enum err rule_create(struct call *c, int64_t server, const struct rule_form *f, struct answer *out);
enum err rule_update(struct call *c, int64_t server, int64_t rule, const struct rule_form *f,
    struct answer *out);
enum err rule_delete(struct call *c, int64_t server, int64_t rule, struct answer *out);

#endif
