/*
 * Paragraphs, code, quotes and lists, as CommonMark 0.31 has them but for what stands indented:
 * four blanks make no code. What is in a quote or an item is copied without what stands before its
 * lines, and read in the same way.
 */
#include "wire/markdown.h"

#include "wire/html.h"
#include "wire/markdown_inline.h"

#define DIGITS_MAX 9

struct md {
	struct buf *out;
	struct arena *scratch;
	const struct markdown_names *names;
};

static void blocks(const struct md *md, struct str text, int depth, bool tight);

/* ---- lines */

static bool
is_blank(struct str line)
{
	return str_trim(line).len == 0;
}

static size_t
indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.len && line.p[n] == ' ')
		n++;
	return n;
}

static struct str
without(struct str s, size_t n)
{
	return (struct str){ s.p + n, s.len - n };
}

/* ``` or ~~~ at the beginning: the length of the run, 0: no fence. */
static size_t
fence_len(struct str line)
{
	size_t at = indent_of(line), n = 0;
	char c = at < line.len ? line.p[at] : ' ';

	if (at > 3 || (c != '`' && c != '~'))
		return 0;
	while (at + n < line.len && line.p[at + n] == c)
		n++;
	if (n < 3 || (c == '`' && memchr(line.p + at + n, '`', line.len - at - n) != NULL))
		return 0;
	return n;
}

static bool
ends_fence(struct str line, char sign, size_t len)
{
	size_t n = fence_len(line);

	return n >= len && line.p[indent_of(line)] == sign &&
	    is_blank(without(line, indent_of(line) + n));
}

bool
markdown_is_fence(struct str line)
{
	return fence_len(line) > 0;
}

/* How many bytes of a line the sign of a quote takes; 0: there is none. */
static size_t
quote_len(struct str line)
{
	size_t at = indent_of(line);

	if (at > 3 || at >= line.len || line.p[at] != '>')
		return 0;
	return at + 1 < line.len && line.p[at + 1] == ' ' ? at + 2 : at + 1;
}

struct bullet {
	char sign;	/* - + * . ) */
	size_t width;	/* what stands before the item's text, in its first line and the others */
	uint64_t number;
	bool empty;
};

static bool
bullet_at(struct str line, struct bullet *b)
{
	size_t at = indent_of(line), n = 0;
	struct str s = without(line, at);

	while (n < s.len && n < DIGITS_MAX && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	if (at > 3 || n >= s.len || strchr(n > 0 ? ".)" : "-+*", s.p[n]) == NULL || s.p[n] == '\0')
		return false;
	if (n > 0)
		str_to_u64((struct str){ s.p, n }, UINT64_MAX, &b->number);
	b->sign = s.p[n];
	struct str rest = without(s, n + 1);
	b->empty = is_blank(rest);
	if (!b->empty && rest.p[0] != ' ' && rest.p[0] != '\t')
		return false;
	size_t gap = b->empty ? 0 : indent_of(rest);
	b->width = at + n + 1 + (gap >= 1 && gap <= 4 ? gap : rest.len > 0 ? 1 : 0);
	return true;
}

/* Something begins that is no paragraph; within one, a list has to look like one. */
static bool
begins_block(struct str line, int depth, bool in_paragraph)
{
	struct bullet b = { .number = 1 };

	if (fence_len(line) > 0)
		return true;
	if (depth >= MARKDOWN_BLOCKS)
		return false;
	return quote_len(line) > 0 ||
	    (bullet_at(line, &b) && (!in_paragraph || (!b.empty && b.number == 1)));
}

/* ---- what is taken from the text; each returns what is left of it */

static struct str
take_fence(const struct md *md, struct str fence, struct str rest)
{
	size_t indent = indent_of(fence), len = fence_len(fence);
	bool first = true;

	buf_add_cstr(md->out, "<pre tabindex=\"0\"><code>");
	while (rest.p != NULL) {
		struct str line = str_cut(&rest, '\n');

		if (ends_fence(line, fence.p[indent], len) || (rest.p == NULL && line.len == 0))
			break;
		size_t at = indent_of(line);
		if (!first)
			buf_add_char(md->out, '\n');
		html_add_text(md->out, without(line, at < indent ? at : indent));
		first = false;
	}
	buf_add_cstr(md->out, "</code></pre>\n");
	return rest;
}

static void
paragraph(const struct md *md, const char *from, const char *end, bool tight)
{
	struct str text = str_trim((struct str){ from, (size_t)(end - from) });

	if (!tight)
		buf_add_cstr(md->out, "<p dir=\"auto\">");
	markdown_inline(md->out, md->scratch, text, md->names, true);
	buf_add_cstr(md->out, tight ? "\n" : "</p>\n");
}

/* Lines without what stood before them, one after the other. */
struct lines {
	struct buf *text;
	bool open;	/* the last is one of a paragraph, which may go on without a sign */
	bool fenced;
};

static void
lines_add(struct lines *to, struct str line, int depth)
{
	bool fence = fence_len(line) > 0;

	buf_add_str(to->text, line);
	buf_add_char(to->text, '\n');
	to->fenced ^= fence;
	to->open = !fence && !to->fenced && !is_blank(line) && depth < MARKDOWN_BLOCKS;
}

static struct str
take_quote(const struct md *md, struct str text, int depth)
{
	struct lines in = { .text = buf_new(md->scratch, text.len + 1) };

	while (text.p != NULL) {
		struct str after = text, line = str_cut(&after, '\n');
		size_t n = quote_len(line);

		if (n == 0 && (!in.open || is_blank(line) || begins_block(line, depth, true)))
			break;
		lines_add(&in, without(line, n), depth);
		text = after;
	}
	buf_add_cstr(md->out, "<blockquote>");
	blocks(md, buf_str(in.text), depth + 1, false);
	buf_add_cstr(md->out, "</blockquote>\n");
	if (!buf_ok(in.text))
		buf_fail(md->out);
	return text;
}

/* One item, whose lines go to *in. *loose: there is a blank line in it, or behind it and the list
 * goes on. */
static struct str
take_item(struct str text, const struct bullet *b, struct lines *in, int depth, bool *loose)
{
	size_t blanks = 0;

	lines_add(in, without(str_cut(&text, '\n'), b->width), depth);
	while (text.p != NULL) {
		struct str after = text, line = str_cut(&after, '\n');
		struct bullet next;

		if (is_blank(line)) {
			blanks++;
		} else if (indent_of(line) >= b->width) {
			*loose |= blanks > 0;
			for (; blanks > 0; blanks--)
				lines_add(in, STR(""), depth);
			lines_add(in, without(line, b->width), depth);
		} else if (bullet_at(line, &next)) {
			*loose |= blanks > 0 && next.sign == b->sign;
			break;
		} else if (blanks > 0 || !in->open || begins_block(line, depth, true)) {
			break;
		} else {
			lines_add(in, line, depth);
		}
		text = after;
	}
	return text;
}

struct item {
	size_t end;	/* in the lines of all */
	struct item *next;
};

/* All items of one list. */
static struct str
take_items(const struct md *md, struct str text, struct bullet b, int depth, struct lines *in,
    struct item **first, bool *loose)
{
	struct item **last = first;
	char sign = b.sign;

	for (;;) {
		text = take_item(text, &b, in, depth, loose);
		in->open = in->fenced = false;
		*last = arena_new(md->scratch, struct item);
		(*last)->end = in->text->len;
		last = &(*last)->next;
		struct str rest = text;
		if (text.p == NULL || !bullet_at(str_cut(&rest, '\n'), &b) || b.sign != sign)
			return text;
	}
}

static struct str
take_list(const struct md *md, struct str text, struct bullet b, int depth)
{
	struct lines in = { .text = buf_new(md->scratch, text.len + 2) };
	struct item *items = NULL;
	bool ordered = b.sign == '.' || b.sign == ')', loose = false;
	size_t from = 0;

	text = take_items(md, text, b, depth, &in, &items, &loose);
	if (!buf_ok(in.text))
		buf_fail(md->out);
	if (ordered && b.number != 1)
		buf_printf(md->out, "<ol start=\"%llu\">\n", (unsigned long long)b.number);
	else
		buf_add_cstr(md->out, ordered ? "<ol>\n" : "<ul>\n");
	for (const struct item *i = items; i != NULL && buf_ok(in.text); i = i->next) {
		struct str all = buf_str(in.text);

		buf_add_cstr(md->out, "<li dir=\"auto\">");
		blocks(md, (struct str){ all.p + from, i->end - from }, depth + 1, !loose);
		buf_add_cstr(md->out, "</li>\n");
		from = i->end;
	}
	buf_add_cstr(md->out, ordered ? "</ol>\n" : "</ul>\n");
	return text;
}

/* ---- all of it */

static struct str
take_block(const struct md *md, struct str text, int depth)
{
	struct str rest = text, line = str_cut(&rest, '\n');
	struct bullet b = { .number = 1 };

	if (fence_len(line) > 0)
		return take_fence(md, line, rest);
	if (quote_len(line) > 0)
		return take_quote(md, text, depth);
	bullet_at(line, &b);
	return take_list(md, text, b, depth);
}

/* tight: paragraphs are not said to be some, as in items of a list. */
static void
blocks(const struct md *md, struct str text, int depth, bool tight)
{
	const char *open = NULL;	/* the paragraph that is being read */

	while (text.p != NULL) {
		struct str rest = text, line = str_cut(&rest, '\n');
		bool blank = is_blank(line);
		bool block = !blank && begins_block(line, depth, open != NULL);

		if (open != NULL && (blank || block)) {
			paragraph(md, open, text.p, tight);
			open = NULL;
		}
		if (open == NULL && !blank && !block)
			open = line.p;
		if (open != NULL && rest.p == NULL)
			paragraph(md, open, line.p + line.len, tight);
		text = block ? take_block(md, text, depth) : rest;
	}
}

void
markdown_add_html(struct buf *out, struct arena *scratch, struct str text,
    const struct markdown_names *names)
{
	struct md md = { out, scratch, names };

	blocks(&md, text, 0, false);
}

void
markdown_add_line(struct buf *out, struct arena *scratch, struct str line,
    const struct markdown_names *names)
{
	struct bullet b = { .number = 1 };
	size_t n = quote_len(line);

	if (n == 0 && bullet_at(line, &b) && !b.empty)
		n = b.width;
	markdown_inline(out, scratch, str_trim(without(line, n)), names, false);
}
