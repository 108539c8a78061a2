#include "domain/mention.h"

#include <stdint.h>
#include <string.h>

#include "base/id.h"

#define DEEPEST 20	/* quotes in each other, or lists; the client reads no further */
#define TAB 4

/* The blocks that are open where a line begins. */
struct place {
	size_t quotes;
	size_t lists[DEEPEST];	/* the columns of their items' text, in the innermost quote */
	size_t n;
	bool paragraph;
	char fence;		/* ` or ~; 0: no code */
	size_t fence_len;
};

struct reader {
	const char *text;
	size_t len;
	bool *code;
	size_t *said;		/* where the bytes of the open paragraph stand in the text */
	size_t n;
	struct place at;
};

/* What is left of a line, and the column where that begins: in the quote, and in the whole line,
 * which tabs go by. */
struct line {
	const char *text;
	size_t i, end, col, all;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_over(const struct line *l)
{
	return l->i == l->end;
}

static void
skip_blanks(struct line *l)
{
	for (; l->i < l->end && is_blank(l->text[l->i]); l->i++) {
		size_t width = l->text[l->i] == '\t' ? TAB - l->all % TAB : 1;

		l->col += width;
		l->all += width;
	}
}

static void
skip(struct line *l, size_t n)
{
	l->i += n;
	l->col += n;
	l->all += n;
}

static size_t
run_of(const struct line *l, char c)
{
	size_t n = 0;

	while (l->i + n < l->end && l->text[l->i + n] == c)
		n++;
	return n;
}

/* Where the text of the innermost item begins. */
static size_t
margin(const struct place *at)
{
	return at->n == 0 ? 0 : at->lists[at->n - 1];
}

/* The mark of a quote, at most so many columns from here. */
static bool
take_quote(struct line *l, size_t room)
{
	struct line m = *l;

	skip_blanks(&m);
	if (m.col > room || is_over(&m) || m.text[m.i] != '>')
		return false;
	skip(&m, 1);
	m.col = 0;
	if (!is_over(&m) && is_blank(m.text[m.i])) {
		/* of a tab the rest is left */
		size_t width = m.text[m.i] == '\t' ? TAB - m.all % TAB : 1;

		m.col = width - 1;
		m.all += width;
		m.i++;
	}
	*l = m;
	return true;
}

static bool
take_fence(const struct line *l, struct place *at)
{
	char c = is_over(l) ? '\0' : l->text[l->i];
	size_t n = run_of(l, c);

	if ((c != '`' && c != '~') || n < 3 ||
	    (c == '`' && memchr(l->text + l->i + n, '`', l->end - l->i - n) != NULL))
		return false;
	at->fence = c;
	at->fence_len = n;
	return true;
}

/* The length of the mark of an item, 0 for none. *first: whether it may begin a list. */
static size_t
item_mark(const struct line *l, bool *first)
{
	size_t n = 0;
	int64_t number = 0;

	*first = true;
	if (!is_over(l) && strchr("-+*", l->text[l->i]) != NULL && l->text[l->i] != '\0')
		return 1;
	while (l->i + n < l->end && n < 9 && l->text[l->i + n] >= '0' && l->text[l->i + n] <= '9')
		number = number * 10 + (l->text[l->i + n++] - '0');
	*first = number == 1;
	if (n == 0 || l->i + n == l->end || strchr(".)", l->text[l->i + n]) == NULL ||
	    l->text[l->i + n] == '\0')
		return 0;
	return n + 1;
}

/* inside: within a paragraph, which only some items end. */
static bool
take_item(struct line *l, struct place *at, bool inside)
{
	struct line m = *l;
	bool first;
	size_t width = item_mark(l, &first);

	if (width == 0 || at->n == DEEPEST)
		return false;
	skip(&m, width);
	if (!is_over(&m) && !is_blank(m.text[m.i]))
		return false;
	size_t from = m.col;
	skip_blanks(&m);
	if (inside && (is_over(&m) || !first))
		return false;
	at->lists[at->n++] = is_over(&m) || m.col - from > 4 ? from + 1 : m.col;
	*l = m;
	return true;
}

/* The length of the run of backticks at the i-th byte of the paragraph. */
static size_t
ticks(const struct reader *r, size_t i)
{
	size_t n = 0;

	while (i + n < r->n && r->text[r->said[i + n]] == '`')
		n++;
	return n;
}

/* Behind the run of as many backticks that ends a span; 0: there is none. */
static size_t
span_end(const struct reader *r, size_t i, size_t len)
{
	while (i < r->n) {
		size_t n = ticks(r, i);

		if (n == len)
			return i + n;
		i += n > 0 ? n : 1;
	}
	return 0;
}

static bool
is_escape(const struct reader *r, size_t i)
{
	return r->text[r->said[i]] == '\\' && i + 1 < r->n && r->text[r->said[i + 1]] != '\0' &&
	    strchr("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", r->text[r->said[i + 1]]) != NULL;
}

/* Spans of code in the paragraph that ends. Runs of a length that nothing closes are looked for
 * once: nothing further on closes them either. */
static void
end_paragraph(struct reader *r)
{
	uint64_t unclosed = 0;
	size_t i = 0;

	while (i < r->n) {
		size_t len = ticks(r, i), end = i + len;

		if (is_escape(r, i)) {
			end = i + 2;
		} else if (len == 0) {
			i++;
			continue;
		} else if (len < 64 && (unclosed >> len & 1) != 0) {
			i = end;
			continue;
		} else {
			end = span_end(r, end, len);
			if (end == 0) {
				unclosed |= len < 64 ? UINT64_C(1) << len : 0;
				i += len;
				continue;
			}
		}
		for (; i < end; i++)
			r->code[r->said[i]] = true;
	}
	r->n = 0;
	r->at.paragraph = false;
}

/* Whether a line belongs to the block of code that is open. */
static bool
is_in_fence(struct reader *r, struct line l)
{
	size_t quotes = 0, from = l.i;

	while (quotes < r->at.quotes && take_quote(&l, SIZE_MAX))
		quotes++;
	skip_blanks(&l);
	if (quotes < r->at.quotes || (!is_over(&l) && l.col < margin(&r->at))) {
		r->at.fence = 0;
		return false;
	}
	memset(r->code + from, true, l.end - from);
	size_t n = run_of(&l, r->at.fence);
	if (l.col <= margin(&r->at) + 3 && n >= r->at.fence_len) {
		l.i += n;
		skip_blanks(&l);
		if (is_over(&l))
			r->at.fence = 0;
	}
	return true;
}

/* The blocks that begin in a line, quotes of the beginning excepted. True when there are any. */
static bool
take_blocks(struct line *l, struct place *at, bool inside)
{
	bool any = false;

	while (l->col <= margin(at) + 3 && !take_fence(l, at)) {
		if (at->quotes < DEEPEST && take_quote(l, SIZE_MAX)) {
			at->quotes++;
			at->n = 0;
			skip_blanks(l);
		} else if (!take_item(l, at, inside)) {
			return any;
		}
		any = true;
		inside = false;
	}
	return any || at->fence != 0;
}

static void
read_line(struct reader *r, struct line l)
{
	size_t from = l.i;

	if (r->at.fence != 0 && is_in_fence(r, l))
		return;
	struct place at = r->at;
	at.quotes = 0;
	while (at.quotes < DEEPEST && take_quote(&l, 3))
		at.quotes++;
	skip_blanks(&l);
	if (at.quotes != r->at.quotes)
		at.n = 0;
	bool inside = r->at.paragraph && at.quotes == r->at.quotes && l.col >= margin(&at);
	bool begins = at.quotes > r->at.quotes || !r->at.paragraph;
	while (!is_over(&l) && margin(&at) > l.col)
		at.n--;
	if (is_over(&l) || take_blocks(&l, &at, inside) || begins) {
		end_paragraph(r);
		r->at = at;
	}
	r->at.paragraph = r->at.fence == 0 && !is_over(&l);
	if (r->at.fence != 0)
		memset(r->code + from, true, l.end - from);
	else
		for (; l.i < l.end || (l.i == l.end && l.i < r->len); l.i++)
			r->said[r->n++] = l.i;
}

bool *
code_mask(struct arena *a, struct str s)
{
	struct reader r = { .text = s.p,
		.len = s.len,
		.code = arena_calloc(a, s.len + 1, sizeof(bool)),
		.said = arena_calloc(a, s.len + 1, sizeof(size_t)) };

	for (size_t i = 0; i < s.len;) {
		const char *end = memchr(s.p + i, '\n', s.len - i);
		size_t stop = end == NULL ? s.len : (size_t)(end - s.p);

		read_line(&r, (struct line){ .text = s.p, .i = i, .end = stop });
		i = stop + 1;
	}
	end_paragraph(&r);
	return r.code;
}

/* The id of the mention that begins here, 0 when none does; roles are below 0. As SQL reads it. */
static int64_t
mention_at(struct str s, size_t i)
{
	int64_t id;
	size_t n = 0;
	bool role;

	if (i + 2 >= s.len || s.p[i] != '<' || s.p[i + 1] != '@')
		return 0;
	role = s.p[i + 2] == '&';
	i += role ? 3 : 2;
	while (i + n < s.len && s.p[i + n] >= '0' && s.p[i + n] <= '9')
		n++;
	if (n < ID_DIGITS - 1 || i + n == s.len || s.p[i + n] != '>' ||
	    !id_parse((struct str){ s.p + i, n }, &id))
		return 0;
	return role ? -id : id;
}

bool
mentions_exceed(struct arena *a, struct str s, size_t most)
{
	int64_t *seen = arena_calloc(a, most + 1, sizeof(int64_t));
	const bool *code = code_mask(a, s);
	size_t n = 0;

	for (size_t i = 0; i < s.len && n <= most; i++) {
		int64_t id = code[i] ? 0 : mention_at(s, i);
		size_t k = 0;

		while (k < n && seen[k] != id)
			k++;
		if (id != 0 && k == n)
			seen[n++] = id;
	}
	return n > most;
}
