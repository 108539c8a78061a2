#include "load.h"

#include <stdlib.h>
#include <string.h>

/* What a control block is of. */
enum { NOTHING, HELLO, BEAT, RESET, REVOKE, STATE, BYE };

static void
on_mark(struct conn *c, uint32_t seq, int64_t now)
{
	struct note *note = &load.shared->notes[seq];

	if (seq < load.base)
		return;
	if (seq < c->next) {
		c->duplicate++;
		load.duplicate++;
		return;
	}
	c->lost += seq - c->next;
	load.lost += seq - c->next;
	c->next = seq + 1;
	c->delivered++;
	load.delivered++;
	load.last_ns = now;
	if (note->count++ == 0)
		note->first_ns = now;
	note->last_ns = now;
	if (seq + 1 >= load.target && c->caught_ns == 0)
		c->caught_ns = now;
	stats_note(now - __atomic_load_n(&note->sent_ns, __ATOMIC_ACQUIRE));
}

/* Finds marks; one that is cut off waits in the tail. */
static void
marks(struct conn *c, const char *p, size_t n, int64_t now)
{
	const char *end = p + n;

	while (c->n_tail > 0 && p < end) {
		c->tail[c->n_tail++] = *p++;
		if (c->n_tail < MARK_LEN)
			continue;
		if (mark_parse(c->tail) >= 0)
			on_mark(c, (uint32_t)mark_parse(c->tail), now);
		c->n_tail = 0;
	}
	while ((p = memchr(p, '~', (size_t)(end - p))) != NULL) {
		if (end - p < MARK_LEN) {
			c->n_tail = (uint8_t)(end - p);
			memcpy(c->tail, p, (size_t)(end - p));
			return;
		}
		if (mark_parse(p) >= 0) {
			on_mark(c, (uint32_t)mark_parse(p), now);
			p += MARK_LEN;
		} else {
			p++;
		}
	}
}

static int
kind_of(const char *name)
{
	static const struct {
		const char *name;
		int kind;
	} kinds[] = { { "hello", HELLO }, { "hb", BEAT }, { "reset", RESET }, { "revoke", REVOKE },
		{ "state", STATE }, { "bye", BYE } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(name, kinds[i].name) == 0)
			return kinds[i].kind;
	return NOTHING;
}

static void
on_line(struct conn *c, const char *line, int64_t now)
{
	if (strncmp(line, "event: ", 7) == 0) {
		c->control = (uint8_t)kind_of(line + 7);
		c->resets += c->control == RESET;
		c->byes += c->control == BYE;
		if (c->control == REVOKE && c->revoked_ns == 0)
			c->revoked_ns = now;
	} else if (strncmp(line, "id: ", 4) == 0) {
		free(c->cursor);
		c->cursor = strdup(line + 4);
	} else if (strncmp(line, "data: ", 6) == 0 && c->control == HELLO) {
		const char *list = strstr(line, "\"reset\":[");

		for (list = list == NULL ? "" : list + 9; *list != '\0' && *list != ']'; list++)
			c->resets += *list == ':';
	} else if (strncmp(line, "data: ", 6) == 0 && c->control == BYE) {
		const char *code = strstr(line, "\"code\":");

		c->bye_code = code == NULL ? 0 : (uint32_t)strtoul(code + 7, NULL, 10);
	} else if (strncmp(line, "data: ", 6) == 0 && c->control == STATE &&
	    strstr(line, "true") != NULL) {
		c->live_ns = now;
	}
}

/* Lines of control blocks are kept until they are whole; others are skipped by their first byte. */
static void
lines(struct conn *c, const char *p, size_t n, int64_t now)
{
	const char *end = p + n;

	if (c->text == NULL)
		c->text = malloc(HEAD_MAX);
	while (c->text != NULL && p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl == NULL ? end : nl) - p);

		if (!c->in_line) {
			c->in_line = true;
			c->n_text = 0;
			c->skip_line = *p == 'd' && c->control == NOTHING;
		}
		if (!c->skip_line && len < HEAD_MAX - c->n_text) {
			memcpy(c->text + c->n_text, p, len);
			c->n_text += len;
		}
		if (nl == NULL)
			return;
		c->text[c->n_text] = '\0';
		if (!c->skip_line && c->n_text > 0)
			on_line(c, c->text, now);
		else if (len == 0 && c->n_text == 0)
			c->control = NOTHING;
		c->in_line = false;
		p = nl + 1;
	}
}

void
scan_bytes(struct conn *c, const char *p, size_t n, int64_t now)
{
	/* while WARM the text holds what came so far; a stream begins with the piece that has
	 * hello, or bye */
	if (load.controls && c->state == OPEN)
		lines(c, p, n, now);
	marks(c, p, n, now);
}
