#include "wire/words.h"

#include <assert.h>

#include "wire/fold.h"

/* How a pattern wants to stand: its first, its last character begins or ends a word. */
enum { FREE, BEGINS = 1, ENDS = 2, WAYS = 4 };

/* A node of the trie; 0 is its root. */
struct node {
	uint32_t parent;
	uint32_t point;		/* on the edge from the parent */
	uint32_t fail;		/* the longest end of this that is a beginning of some pattern */
	uint32_t shorter;	/* the next node along fail at which patterns end; 0: none */
	uint32_t depth;
	uint32_t tags[WAYS];	/* of the patterns that end here */
};

struct edge {
	uint64_t key;		/* node << 32 | point, and 1 << 63 where there is one */
	uint32_t to;
};

struct words {
	struct node *nodes;
	size_t nnodes;
	size_t most;
	struct edge *edges;	/* open addressing */
	size_t mask;
	uint32_t all;		/* tags of all patterns */
};

#define TAKEN (1ULL << 63)

static struct edge *
edge_at(const struct words *w, uint32_t node, uint32_t point)
{
	uint64_t key = TAKEN | (uint64_t)node << 32 | point;
	uint64_t hash = key * 0x9e3779b97f4a7c15ULL;
	size_t i = (size_t)(hash >> 20) & w->mask;

	while (w->edges[i].key != 0 && w->edges[i].key != key)
		i = (i + 1) & w->mask;
	return &w->edges[i];
}

/* 0 when there is none: nothing leads to the root. */
static uint32_t
child(const struct words *w, uint32_t node, uint32_t point)
{
	return edge_at(w, node, point)->to;
}

static uint32_t
child_make(struct words *w, uint32_t node, uint32_t point)
{
	struct edge *e = edge_at(w, node, point);

	if (e->key == 0) {
		struct node *made = &w->nodes[w->nnodes];

		made->parent = node;
		made->point = point;
		made->depth = w->nodes[node].depth + 1;
		e->key = TAKEN | (uint64_t)node << 32 | point;
		e->to = (uint32_t)w->nnodes++;
	}
	return e->to;
}

struct words *
words_new(struct arena *a, size_t points)
{
	struct words *w = arena_new(a, struct words);
	size_t slots = 16;

	w->most = points < WORDS_POINTS ? points : WORDS_POINTS;
	while (slots < 2 * (w->most + 1))
		slots *= 2;
	w->nodes = arena_calloc(a, w->most + 1, sizeof(struct node));
	w->nnodes = 1;
	w->edges = arena_calloc(a, slots, sizeof(struct edge));
	w->mask = slots - 1;
	return w;
}

/* What is to be found, folded and without its stars. */
static const uint32_t *
parse(struct arena *a, struct str s, size_t *n, unsigned *way)
{
	const uint32_t *text = fold_text(a, s, n);

	*way = BEGINS | ENDS;
	if (*n > 0 && text[0] == '*') {
		*way &= ~(unsigned)BEGINS;
		text++;
		(*n)--;
	}
	if (*n > 0 && text[*n - 1] == '*') {
		*way &= ~(unsigned)ENDS;
		(*n)--;
	}
	return text;
}

static bool
is_something(const uint32_t *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] != ' ' && text[i] != '*')
			return n <= WORDS_PATTERN;
	}
	return false;
}

bool
words_is_pattern(struct arena *a, struct str pattern)
{
	unsigned way;
	size_t n;
	const uint32_t *text = parse(a, pattern, &n, &way);

	return is_something(text, n);
}

bool
words_add(struct words *w, struct arena *scratch, struct str pattern, unsigned tag)
{
	uint32_t at = 0;
	unsigned way;
	size_t n;
	const uint32_t *text = parse(scratch, pattern, &n, &way);

	if (!is_something(text, n) || w->nnodes + n > w->most + 1)
		return false;
	for (size_t i = 0; i < n; i++)
		at = child_make(w, at, text[i]);
	w->nodes[at].tags[way] |= 1U << tag;
	w->all |= 1U << tag;
	return true;
}

static bool
is_end(const struct node *v)
{
	return (v->tags[FREE] | v->tags[BEGINS] | v->tags[ENDS] | v->tags[BEGINS | ENDS]) != 0;
}

/* From a node over a character: the longest end of both that is a beginning. */
static uint32_t
step(const struct words *w, uint32_t node, uint32_t point)
{
	uint32_t to;

	while ((to = child(w, node, point)) == 0 && node != 0)
		node = w->nodes[node].fail;
	return to;
}

void
words_ready(struct words *w)
{
	/* by depth, as a node's fail is higher up than the node */
	for (uint32_t depth = 1; depth <= WORDS_PATTERN; depth++) {
		for (size_t i = 1; i < w->nnodes; i++) {
			struct node *v = &w->nodes[i];

			if (v->depth != depth)
				continue;
			v->fail = depth == 1 ? 0 : step(w, w->nodes[v->parent].fail, v->point);
			assert(v->fail != i);
			v->shorter = is_end(&w->nodes[v->fail]) ? v->fail
			    : w->nodes[v->fail].shorter;
		}
	}
}

/* No word goes on from one of the two characters to the other; before and behind the text there is
 * none. */
static bool
is_edge(const uint32_t *text, size_t n, size_t at)
{
	return at == 0 || at == n || !fold_is_letter(text[at - 1]) || !fold_is_letter(text[at]);
}

/* Tags of the patterns that end at a node, which text[end - 1] led to. */
static uint32_t
ended(const struct node *v, const uint32_t *text, size_t n, size_t end)
{
	bool begins = is_edge(text, n, end - v->depth), ends = is_edge(text, n, end);

	return v->tags[FREE] | (begins ? v->tags[BEGINS] : 0) | (ends ? v->tags[ENDS] : 0) |
	    (begins && ends ? v->tags[BEGINS | ENDS] : 0);
}

uint32_t
words_match(const struct words *w, const uint32_t *text, size_t n)
{
	uint32_t found = 0, at = 0;

	for (size_t i = 0; i < n && found != w->all; i++) {
		at = step(w, at, text[i]);
		for (uint32_t v = at; v != 0; v = w->nodes[v].shorter)
			found |= ended(&w->nodes[v], text, n, i + 1);
	}
	return found;
}
