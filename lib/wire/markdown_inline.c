/*
 * Four passes over the bytes of a paragraph, each of which notes in mark[] what a byte is: escapes
 * and code, then brackets, then mentions, addresses and links, then what comes in pairs. Then it is
 * written. A pass looks only at bytes of which none before has said anything.
 */
#include "wire/markdown_inline.h"

#include "base/id.h"
#include "wire/html.h"

#define TICKS_MAX 32
#define MENTION_MAX 24	/* bytes of <@&id> */
#define TARGET_MAX 1024	/* bytes of what a link leads to */

static const char *const tag[] = {
	[MD_CODE_OPEN] = "<code>", [MD_CODE_CLOSE] = "</code>",
	[MD_EM_OPEN] = "<em>", [MD_EM_CLOSE] = "</em>",
	[MD_STRONG_OPEN] = "<strong>", [MD_STRONG_CLOSE] = "</strong>",
	[MD_STRUCK_OPEN] = "<s>", [MD_STRUCK_CLOSE] = "</s>",
	[MD_SPOILER_OPEN] = "<span class=\"spoiler\" tabindex=\"0\">",
	[MD_SPOILER_CLOSE] = "</span>"
};

static struct str
from(struct str s, size_t i)
{
	return (struct str){ s.p + i, s.len - i };
}

static size_t
run_len(struct str s, size_t i)
{
	size_t n = 1;

	while (i + n < s.len && s.p[i + n] == s.p[i])
		n++;
	return n;
}

/* ---- escapes and code */

/* Where as many ticks as at i are again; 0: nowhere. */
static size_t
ticks_again(struct str s, size_t i, size_t n)
{
	for (size_t at = i + n; at < s.len;) {
		const char *hit = memchr(s.p + at, '`', s.len - at);

		if (hit == NULL)
			return 0;
		at = (size_t)(hit - s.p);
		size_t found = run_len(s, at);
		if (found == n)
			return at;
		at += found;
	}
	return 0;
}

static void
mark_code(struct md_para *p, size_t i, size_t n, size_t close)
{
	size_t first = i + n, last = close;

	md_set(p, i, close + n, MD_HIDDEN);
	if (last - first > 2 && md_is_space(p->s.p[first]) && md_is_space(p->s.p[last - 1])) {
		first++;
		last--;
	}
	md_set(p, first, last, MD_LITERAL);
	p->mark[i] = MD_CODE_OPEN;
	p->mark[close] = MD_CODE_CLOSE;
}

static void
find_code(struct md_para *p)
{
	bool none[TICKS_MAX + 1] = { false };	/* further on no such run stands */

	for (size_t i = 0; i < p->s.len;) {
		char c = p->s.p[i];

		if (c == '\\' && i + 1 < p->s.len && md_is_punct(p->s.p[i + 1])) {
			p->mark[i] = MD_HIDDEN;
			p->mark[i + 1] = MD_LITERAL;
			i += 2;
			continue;
		}
		size_t n = c == '`' ? run_len(p->s, i) : 1;
		size_t close = 0;
		if (c == '`' && n <= TICKS_MAX && !none[n]) {
			close = ticks_again(p->s, i, n);
			none[n] = close == 0;
		}
		if (close != 0)
			mark_code(p, i, n, close);
		i = close != 0 ? close + n : i + n;
	}
}

static void
match_brackets(struct md_para *p, struct arena *scratch)
{
	uint32_t *open = arena_calloc(scratch, p->s.len, sizeof(*open));
	size_t n = 0;

	for (size_t i = 0; i < p->s.len; i++) {
		if (p->mark[i] != MD_PLAIN)
			continue;
		if (p->s.p[i] == '[')
			open[n++] = (uint32_t)i;
		else if (p->s.p[i] == ']' && n > 0)
			p->closes[open[--n]] = (uint32_t)i;
	}
}

/* ---- mentions, addresses, links */

/* How many bytes <@id> or <@&id> at i takes; 0: there is none. */
static size_t
mention_len(struct str s, int64_t *id)
{
	size_t at = str_has_prefix(s, STR("<@&")) ? 3 : 2;
	const char *end;

	if (!str_has_prefix(s, STR("<@")))
		return 0;
	end = memchr(s.p, '>', s.len < MENTION_MAX ? s.len : MENTION_MAX);
	if (end == NULL || !id_parse((struct str){ s.p + at, (size_t)(end - s.p) - at }, id))
		return 0;
	return (size_t)(end - s.p) + 1;
}

/* Bytes of http:// or https:// at the beginning of s. */
static size_t
scheme_len(struct str s)
{
	if (s.len > 8 && str_eq_nocase((struct str){ s.p, 8 }, STR("https://")))
		return 8;
	if (s.len > 7 && str_eq_nocase((struct str){ s.p, 7 }, STR("http://")))
		return 7;
	return 0;
}

static bool
in_address(char c)
{
	return (unsigned char)c > ' ' && strchr("<>\"`\\\x7f", c) == NULL;
}

/* An address in running text at i: what people write behind one does not belong to it. */
static size_t
address_len(const struct md_para *p, size_t i)
{
	struct str s = from(p->s, i);
	size_t head = scheme_len(s), n = head;

	if (head == 0 || (i > 0 && md_is_word(p->s.p[i - 1])))
		return 0;
	while (n < s.len && in_address(s.p[n]) && p->mark[i + n] == MD_PLAIN)
		n++;
	while (n > head && strchr(".,;:!?'()[]{}*_~|", s.p[n - 1]) != NULL)
		n--;
	return n > head ? n : 0;
}

/* <https://…> */
static size_t
angle_len(struct str s)
{
	size_t n = 1;

	if (s.len < 2 || scheme_len(from(s, 1)) == 0)
		return 0;
	while (n < s.len && in_address(s.p[n]))
		n++;
	return n < s.len && s.p[n] == '>' ? n + 1 : 0;
}

/* What a link leads to: "(https://…)" at the beginning of s, whose length is given; 0 for something
 * else. */
static size_t
target_len(struct str s, struct str *url)
{
	size_t n = 1, deep = 0;

	if (s.len < 2 || s.p[0] != '(' || scheme_len(from(s, 1)) == 0)
		return 0;
	for (; n < s.len && n < TARGET_MAX && in_address(s.p[n]); n++) {
		if (s.p[n] == '(')
			deep++;
		else if (s.p[n] == ')' && deep-- == 0) {
			*url = (struct str){ s.p + 1, n - 1 };
			return n + 1;
		}
	}
	return 0;
}

static void
add_item(struct md_para *p, size_t i, size_t n, enum md_mark m, struct md_item item)
{
	md_set(p, i, i + n, MD_HIDDEN);
	p->mark[i] = (uint8_t)m;
	p->items[p->nitems++] = item;
}

/* A link from i on; where its text ends, 0: there is none. */
static size_t
find_link(struct md_para *p, size_t i)
{
	size_t close = p->closes[i];
	struct str url;
	size_t n = close > i + 1 ? target_len(from(p->s, close + 1), &url) : 0;

	if (n == 0)
		return 0;
	p->mark[i] = MD_LINK_OPEN;
	p->items[p->nitems++] = (struct md_item){ .url = url };
	md_set(p, close + 1, close + 1 + n, MD_HIDDEN);
	p->mark[close] = MD_LINK_CLOSE;
	return close;
}

static void
find_items(struct md_para *p)
{
	size_t text_end = 0;	/* of the link that i is in */

	for (size_t i = 0; i < p->s.len; i++) {
		struct str s = from(p->s, i);
		int64_t id;
		size_t n;

		if (p->mark[i] != MD_PLAIN)
			continue;
		if (s.p[0] == '<' && (n = mention_len(s, &id)) > 0)
			add_item(p, i, n, MD_MENTION, (struct md_item){ .id = id });
		else if (i < text_end)
			continue;
		else if (s.p[0] == '[')
			text_end = find_link(p, i);
		else if (s.p[0] == '<' && (n = angle_len(s)) > 0)
			add_item(p, i, n, MD_ADDRESS, 
			    (struct md_item){ .url = { s.p + 1, n - 2 } });
		else if ((s.p[0] | 0x20) == 'h' && (n = address_len(p, i)) > 0)
			add_item(p, i, n, MD_ADDRESS, (struct md_item){ .url = { s.p, n } });
	}
}

/* ---- writing */

/* Whose address it is, as a browser reads it. */
static struct str
host_of(struct str url)
{
	struct str s = from(url, scheme_len(url));
	size_t n = 0;

	while (n < s.len && strchr("/?#\\", s.p[n]) == NULL)
		n++;
	s.len = n;
	while (n > 0 && s.p[n - 1] != '@')
		n--;
	return from(s, n);
}

static void
open_link(struct buf *out, struct str url, bool tags)
{
	if (!tags)
		return;
	buf_add_cstr(out, "<a href=\"");
	html_add_text(out, url);
	buf_add_cstr(out, "\" rel=\"nofollow ugc noopener noreferrer\"><bdi>");
}

static void
add_address(struct buf *out, struct str url, bool tags)
{
	open_link(out, url, tags);
	html_add_text(out, url);
	if (tags)
		buf_add_cstr(out, "</bdi></a>");
}

/* What is shown may say something else than where it leads. */
static void
close_link(struct buf *out, struct str url, bool tags)
{
	if (!tags)
		return;
	buf_add_cstr(out, "</bdi> <small dir=\"ltr\">(");
	html_add_text(out, host_of(url));
	buf_add_cstr(out, ")</small></a>");
}

/* The character at i, which stands for itself; its length. */
static size_t
add_literal(struct buf *out, const struct md_para *p, size_t i, bool tags)
{
	size_t n = str_utf8_len(from(p->s, i));

	if (p->s.p[i] == '\n')
		buf_add_cstr(out, p->mark[i] == MD_PLAIN && tags ? "<br>" : " ");
	else
		html_add_text(out, (struct str){ p->s.p + i, n });
	return n > 0 ? n : 1;
}

static void
write_out(struct buf *out, const struct md_para *p, const struct markdown_names *names, bool tags)
{
	const struct md_item *item = p->items;
	struct str url = STR_NULL;	/* of the link that i is in */
	bool left_out = false;		/* a spoiler, of a line of text */

	for (size_t i = 0; i < p->s.len;) {
		enum md_mark m = p->mark[i];

		if (!tags && m == MD_SPOILER_OPEN)
			buf_add_cstr(out, "\xe2\x80\xa6");
		left_out = !tags && (m == MD_SPOILER_OPEN || (left_out && m != MD_SPOILER_CLOSE));
		if (m == MD_LINK_OPEN)
			open_link(out, url = item++->url, tags);
		else if (m == MD_LINK_CLOSE)
			close_link(out, url, tags);
		else if (m == MD_MENTION && !left_out)
			names->add(names->of, out, item++->id, tags);
		else if (m == MD_ADDRESS && !left_out)
			add_address(out, item++->url, tags);
		else if (m == MD_MENTION || m == MD_ADDRESS)
			item++;
		else if (m > MD_LITERAL && tags)
			buf_add_cstr(out, tag[m]);
		bool literal = (m == MD_PLAIN || m == MD_LITERAL) && !left_out;
		i += literal ? add_literal(out, p, i, tags) : 1;
	}
}

void
markdown_inline(struct buf *out, struct arena *scratch, struct str text,
    const struct markdown_names *names, bool tags)
{
	struct md_para p = { .s = text };

	if (text.len == 0)
		return;
	p.mark = arena_calloc(scratch, text.len, sizeof(*p.mark));
	p.closes = arena_calloc(scratch, text.len, sizeof(*p.closes));
	/* the shortest is <@1> */
	p.items = arena_calloc(scratch, text.len / 4 + 1, sizeof(*p.items));
	find_code(&p);
	match_brackets(&p, scratch);
	find_items(&p);
	md_find_pairs(&p);
	write_out(out, &p, names, tags);
}
