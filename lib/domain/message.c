#include "domain/message.h"
#include "domain/params.h"

#include "base/id.h"
#include "base/metric.h"
#include "domain/rule_set.h"
#include "wire/json.h"
#include "wire/json_raw.h"
#include "wire/text.h"

static const char *
optional_id(const struct call *c, int64_t id)
{
	return id > 0 ? pg_int(c->arena, id) : NULL;
}

/* What the same nonce must say again: the place, what is answered, the words. */
static const char *
content_hash(struct call *c, int64_t channel, struct str content, int64_t reply_to)
{
	uint8_t digest[CRYPT_SHA256_LEN];
	const char *text = arena_printf(c->arena, "%lld %lld %.*s", (long long)channel, (long long)reply_to,
	    STR_FMT(content));

	crypt_sha256(str_of(text), digest);
	return pg_bytea(c->arena, digest, sizeof(digest));
}

#define RULES_TRIES 3

/* How a message goes to Postgres: values of its statement, the last two of which are the rev of the
 * rules and those that apply. */
struct posting {
	enum stmt stmt;
	const char **v;
	int n;
};

/* With the rules as they were known; when those have changed, with those that Postgres gives. */
static enum err
post(struct call *c, int64_t channel, struct str content, const struct posting *p, struct answer *out)
{
	struct rule_cache *rules = &c->world->rules;
	int64_t rev;

	for (int i = 0; i < RULES_TRIES; i++) {
		struct rule_hits hits;

		rule_cache_match(rules, c->arena, channel, content, &hits);
		p->v[p->n - 2] = optional_id(c, hits.rev);
		p->v[p->n - 1] = pg_int_array(c->arena, hits.ids, hits.n);
		TRY(call_mutate(c, channel, p->stmt, (struct pg_args){ p->n, p->v }, out));
		if (out->kind == ANSWER_REFUSED) {
			c->detail = out->body;
			call_flaw(c, "content", "blocked_by_rule", arena_strndup(c->arena, out->body.p,
			    out->body.len));
			return ERR_BLOCKED_BY_RULE;
		}
		if (out->kind != ANSWER_RULES)
			return ERR_OK;
		if (!id_parse(out->ref, &rev))
			return ERR_INTERNAL;
		TRY(rule_cache_learn(rules, c->arena, channel, rev, out->body));
	}
	return ERR_SERIALIZATION;
}

enum err
message_create(struct call *c, int64_t channel, struct str content, struct str nonce,
    int64_t reply_to, struct answer *out)
{
	struct arena *a = c->arena;
	const char *v[] = { ACTOR(c), ID(c, channel), pg_text(a, content), pg_text(a, nonce),
		optional_id(c, reply_to), content_hash(c, channel, content, reply_to), NULL, NULL };

	c->key = STR_NULL;	/* the nonce does what the key would */
	TRY(post(c, channel, content, &(struct posting){ STMT_MESSAGE_CREATE, v, 8 }, out));
	if (!out->replayed)
		metric_add(METRIC_messages_created, 1);
	return ERR_OK;
}

enum err
message_read(struct call *c, int64_t channel, int64_t message, struct answer *out)
{
	return call_read(c, STMT_MESSAGE_READ, PG_ARGS(ACTOR(c), ID(c, channel), ID(c, message)), out);
}

enum err
message_list(struct call *c, int64_t channel, int64_t before, int64_t after, int64_t around,
    int64_t most, struct answer *out)
{
	return call_list(c, STMT_MESSAGE_LIST, PG_ARGS(ACTOR(c), ID(c, channel), optional_id(c, before),
	    optional_id(c, after), optional_id(c, around), pg_int(c->arena, most)), out);
}

enum err
message_update(struct call *c, int64_t channel, int64_t message, struct str content, int64_t if_rev,
    struct answer *out)
{
	const char *v[] = { ACTOR(c), ID(c, channel), ID(c, message), pg_text(c->arena, content),
		optional_id(c, if_rev), NULL, NULL };

	return post(c, channel, content, &(struct posting){ STMT_MESSAGE_UPDATE, v, 7 }, out);
}

enum err
message_delete(struct call *c, int64_t channel, int64_t message, struct answer *out)
{
	return call_mutate(c, channel, STMT_MESSAGE_DELETE, PG_ARGS(ACTOR(c), ID(c, channel), ID(c, message)), out);
}

enum err
message_sync(struct call *c, const int64_t *channels, const int64_t *revs, size_t n, struct answer *out)
{
	struct arena *a = c->arena;

	return call_read(c, STMT_SYNC, PG_ARGS(ACTOR(c), pg_int_array(a, channels, n),
	    pg_int_array(a, revs, n), pg_int(a, SYNC_ITEMS)), out);
}

void
message_lines_json(struct buf *out, struct str list)
{
	struct str items, item;

	if (!json_raw_member(list, STR("items"), &items))
		return;
	while (json_raw_next(&items, &item)) {
		/* Postgres may lay arrays out over lines; within strings a line feed is escaped */
		for (size_t i = 0; i < item.len; i++)
			buf_add_char(out, item.p[i] == '\n' ? ' ' : item.p[i]);
		buf_add_char(out, '\n');
	}
}

static struct str
member(const struct json *j, const char *key)
{
	struct str s = STR("");

	json_str(json_get(j, key), &s);
	return s;
}

static void
add_line(struct buf *out, const struct json *m)
{
	struct str at = member(m, "created_at"), text = member(m, "content");
	bool deleted = false;

	json_bool(json_get(m, "deleted"), &deleted);
	buf_add(out, at.p, at.len < 19 ? at.len : 19);
	buf_add_cstr(out, "Z <");
	text_add_shown(out, member(json_get(m, "author"), "username"), " ", " ");
	buf_add_cstr(out, deleted ? "> (deleted)" : "> ");
	text_add_shown(out, text, "\n    ", "\t");
	buf_add_char(out, '\n');
}

enum err
message_lines_text(struct arena *a, struct buf *out, struct str list)
{
	struct str items, item;
	struct json *m[100];
	size_t n = 0;
	int64_t first = 0, last = 0;

	if (!json_raw_member(list, STR("items"), &items))
		return ERR_INTERNAL;
	while (n < 100 && json_raw_next(&items, &item))
		TRY(json_parse(a, item, &m[n++]));
	if (n == 0)
		return ERR_OK;
	json_int(json_get(m[0], "seq"), &first);
	json_int(json_get(m[n - 1], "seq"), &last);
	for (size_t i = 0; i < n; i++)
		add_line(out, m[first <= last ? i : n - 1 - i]);
	return ERR_OK;
}
