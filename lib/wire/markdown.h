/*
 * markdown - what people write, as HTML or as plain text.
 *
 * Understood is what the client understands: paragraphs and line breaks, **strong**, *emphasis*
 * (also with _), ~~struck out~~, ||spoiler||, `code`, fenced code, quotes, lists, addresses,
 * [links](https://…), <https://…>, mentions (<@id> of a person, <@&id> of a role) and escapes by a
 * backslash. Everything else is text. Tags are only those that stand in markdown*.c, what was
 * written goes through html_add_text(), and only http and https addresses become links; one that
 * reads otherwise says whose it is.
 *
 * The time is linear in the length; elements nest MARKDOWN_BLOCKS and some 70 within a paragraph
 * deep at most. What nests deeper, and what is not closed, stays text.
 */
#ifndef MOOT_WIRE_MARKDOWN_H
#define MOOT_WIRE_MARKDOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

#define MARKDOWN_BLOCKS 6	/* quotes and lists within each other */

/* Adds what is shown for a mention; marked: HTML, else text, which is escaped all the same. */
struct markdown_names {
	void (*add)(void *of, struct buf *out, int64_t id, bool marked);
	void *of;
};

/* text: valid UTF-8. scratch: memory that is not needed afterwards, some 60 bytes for each of it at
 * worst. */
void markdown_add_html(struct buf *out, struct arena *scratch, struct str text,
    const struct markdown_names *names);
/* One line of it without its marks, for a title; a spoiler is left out. */
void markdown_add_line(struct buf *out, struct arena *scratch, struct str line,
    const struct markdown_names *names);
/* Whether a line begins or ends fenced code. */
bool markdown_is_fence(struct str line);

#endif
