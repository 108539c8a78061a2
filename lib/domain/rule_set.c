#include "domain/rule_set.h"

#include <string.h>

#include "base/heap.h"
#include "base/id.h"
#include "domain/mention.h"
#include "domain/rule_link.h"
#include "wire/fold.h"
#include "wire/json.h"
#include "wire/words.h"

/* Twice what the words of a server may come to. */
#define SET_MAX (16u << 20)

enum rule_kind { RULE_WORDS_KIND, RULE_LINKS, RULE_MENTIONS, RULE_OTHER };

struct rule {
	int64_t id;
	enum rule_kind kind;
	struct host_list allow;
	struct host_list deny;
	int64_t most;
};

struct rule_set {
	int64_t rev;		/* 0: not made yet */
	struct arena arena;	/* of what follows */
	struct words *words;
	struct rule rules[RULE_SET_RULES];
	size_t n;
};

void
rule_cache_release(struct rule_cache *k)
{
	for (size_t i = 0; i < RULE_SETS; i++) {
		if (k->sets[i] != NULL)
			arena_release(&k->sets[i]->arena);
		heap_free(k->sets[i]);
		k->sets[i] = NULL;
	}
}

/* Moves the i-th set to the front. */
static struct rule_set *
used(struct rule_cache *k, size_t i)
{
	struct rule_set *s = k->sets[i];

	memmove(k->sets + 1, k->sets, i * sizeof(k->sets[0]));
	k->sets[0] = s;
	return s;
}

static struct rule_set *
find(struct rule_cache *k, int64_t rev)
{
	for (size_t i = 0; i < RULE_SETS && k->sets[i] != NULL; i++) {
		if (k->sets[i]->rev == rev)
			return used(k, i);
	}
	return NULL;
}

/* An empty one: a new one, or the one that was used least lately. */
static struct rule_set *
take(struct rule_cache *k, const struct arena *a)
{
	size_t i = 0;

	while (i < RULE_SETS - 1 && k->sets[i] != NULL)
		i++;
	if (k->sets[i] == NULL)
		k->sets[i] = heap_alloc(sizeof(struct rule_set));
	else
		arena_release(&k->sets[i]->arena);
	struct rule_set *s = used(k, i);
	memset(s, 0, sizeof(*s));
	arena_init(&s->arena, SET_MAX);
	s->arena.oom = a->oom;
	s->arena.oom_ctx = a->oom_ctx;
	return s;
}

static struct host_list
hosts_of(struct rule_set *s, struct arena *a, const struct json *j)
{
	size_t n = json_len(j);
	struct host_list list = { .hosts = arena_calloc(&s->arena, n, sizeof(struct host)) };

	for (size_t i = 0; i < n; i++) {
		struct str text;

		if (json_str(json_at(j, i), &text))
			list.hosts[list.n++] = host_make(&s->arena, a, text);
	}
	return list;
}

static size_t
bytes_of(const struct json *words)
{
	size_t sum = 0;

	for (size_t i = 0; i < json_len(words); i++) {
		struct str word = STR("");

		json_str(json_at(words, i), &word);
		sum += word.len;
	}
	return sum;
}

static bool
read_rule(struct rule_set *s, struct arena *a, const struct json *j, struct rule *r)
{
	struct str id, kind;

	if (!json_str(json_get(j, "id"), &id) || !id_parse(id, &r->id) ||
	    !json_str(json_get(j, "kind"), &kind))
		return false;
	r->kind = str_eq(kind, STR("words")) ? RULE_WORDS_KIND
	    : str_eq(kind, STR("links"))	    ? RULE_LINKS
	    : str_eq(kind, STR("mentions"))	    ? RULE_MENTIONS
						    : RULE_OTHER;
	r->allow = hosts_of(s, a, json_get(j, "allow"));
	r->deny = hosts_of(s, a, json_get(j, "deny"));
	json_int(json_get(j, "most"), &r->most);
	return true;
}

static void
add_words(struct rule_set *s, struct arena *a, const struct json *words, unsigned tag)
{
	for (size_t i = 0; i < json_len(words); i++) {
		struct str word;

		if (json_str(json_at(words, i), &word))
			words_add(s->words, a, word, tag);
	}
}

static enum err
fill(struct rule_set *s, struct arena *a, struct str rules)
{
	struct json *list;
	size_t bytes = 0;

	TRY(json_parse(a, rules, &list));
	if (json_type(list) != JSON_ARRAY || json_len(list) > RULE_SET_RULES)
		return ERR_INTERNAL;
	s->n = json_len(list);
	for (size_t i = 0; i < s->n; i++) {
		if (!read_rule(s, a, json_at(list, i), &s->rules[i]))
			return ERR_INTERNAL;
		bytes += bytes_of(json_get(json_at(list, i), "words"));
	}
	s->words = words_new(&s->arena, bytes);
	for (size_t i = 0; i < s->n; i++) {
		if (s->rules[i].kind == RULE_WORDS_KIND)
			add_words(s, a, json_get(json_at(list, i), "words"), (unsigned)i);
	}
	words_ready(s->words);
	return ERR_OK;
}

enum err
rule_cache_learn(
    struct rule_cache *k, struct arena *a, int64_t channel, int64_t rev, struct str rules)
{
	size_t slot = (size_t)((uint64_t)channel % RULE_CHANNELS);

	if (find(k, rev) == NULL) {
		struct rule_set *s = take(k, a);

		TRY(fill(s, a, rules));
		s->arena.oom = NULL;
		s->rev = rev;
	}
	k->channels[slot].channel = channel;
	k->channels[slot].rev = rev;
	return ERR_OK;
}

static bool
applies(struct arena *a, const struct rule *r, size_t i, uint32_t found, struct str said,
    const uint32_t *text, size_t n)
{
	switch (r->kind) {
	case RULE_WORDS_KIND:
		return (found >> i & 1) != 0;
	case RULE_LINKS:
		return link_is_refused(a, text, n, &r->allow, &r->deny);
	case RULE_MENTIONS:
		/* how many hold a role is for the statement to say */
		return mentions_exceed(a, said, (size_t)r->most);
	case RULE_OTHER:
		break;
	}
	return false;
}

void
rule_cache_match(struct rule_cache *k, struct arena *a, int64_t channel, struct str text,
    struct rule_hits *out)
{
	size_t slot = (size_t)((uint64_t)channel % RULE_CHANNELS), n;
	struct rule_set *s = NULL;

	*out = (struct rule_hits){ 0 };
	if (k->channels[slot].channel == channel && k->channels[slot].rev != 0)
		s = find(k, k->channels[slot].rev);
	if (s == NULL)
		return;
	const uint32_t *folded = fold_text(a, text, &n);
	uint32_t found = words_match(s->words, folded, n);
	for (size_t i = 0; i < s->n; i++) {
		if (applies(a, &s->rules[i], i, found, text, folded, n))
			out->ids[out->n++] = s->rules[i].id;
	}
	out->rev = s->rev;
}
