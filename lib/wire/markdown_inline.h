/*
 * markdown_inline - what stands within a paragraph. For markdown*.c only.
 */
#ifndef MOOT_WIRE_MARKDOWN_INLINE_H
#define MOOT_WIRE_MARKDOWN_INLINE_H

#include "wire/markdown.h"

/* What a byte is. Each that opens is followed by what closes it. */
enum md_mark {
	MD_PLAIN, MD_HIDDEN, MD_LITERAL, MD_MENTION, MD_ADDRESS, MD_CODE_OPEN, MD_CODE_CLOSE,
	MD_LINK_OPEN, MD_LINK_CLOSE, MD_EM_OPEN, MD_EM_CLOSE, MD_STRONG_OPEN, MD_STRONG_CLOSE,
	MD_STRUCK_OPEN, MD_STRUCK_CLOSE, MD_SPOILER_OPEN, MD_SPOILER_CLOSE
};

/* A mention, address or link, in the order in which they begin. */
struct md_item {
	int64_t id;
	struct str url;
};

struct md_para {
	struct str s;
	uint8_t *mark;		/* enum md_mark of each byte */
	uint32_t *closes;	/* of a [ where its ] is; 0: nowhere */
	struct md_item *items;
	size_t nitems;
};

static inline void
md_set(struct md_para *p, size_t i, size_t end, enum md_mark m)
{
	if (end > i)
		memset(p->mark + i, (int)m, end - i);
}

static inline bool
md_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline bool
md_is_punct(char c)
{
	return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
	    (c >= '{' && c <= '~');
}

static inline bool
md_is_word(char c)
{
	return !md_is_space(c) && !md_is_punct(c);
}

/* tags: as HTML, else as text. */
void markdown_inline(struct buf *out, struct arena *scratch, struct str text,
    const struct markdown_names *names, bool tags);

/* markdown_pairs.c: marks what comes in pairs, where nothing else is marked. */
void md_find_pairs(struct md_para *p);

#endif
