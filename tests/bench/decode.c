#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The value of a header field begins with this word. */
static bool
head_has(const char *head, const char *field, const char *word)
{
	size_t n = strlen(field);

	for (const char *p = head; (p = strchr(p, '\n')) != NULL; p++) {
		if (strncasecmp(p + 1, field, n) != 0 || p[1 + n] != ':')
			continue;
		p += 2 + n;
		p += strspn(p, " ");
		return strncasecmp(p, word, strlen(word)) == 0;
	}
	return false;
}

static void
on_ready(struct conn *c)
{
	c->state = OPEN;
	c->ready_ns = now_ns();
	c->opens++;
	c->tries = 0;
	load.in_flight--;
	load.ready++;
	free(c->text);
	c->text = NULL;
	c->n_text = 0;
}

/* Takes the head; what follows it is the first of the stream. */
static void
take_head(struct conn *c, const char *p, size_t n, int64_t now)
{
	size_t had = c->n_text, room = HEAD_MAX - 1 - had, keep = n < room ? n : room;
	char *end;

	memcpy(c->text + had, p, keep);
	c->n_text += keep;
	c->text[c->n_text] = '\0';
	end = strstr(c->text, "\r\n\r\n");
	if (end == NULL) {
		if (keep == room)
			conn_lost(c, false);
		return;
	}
	keep = (size_t)(end + 4 - c->text) - had;
	p += keep;
	n -= keep;
	end[2] = '\0';
	if (strncmp(c->text, "HTTP/1.1 200", 12) != 0 &&
	    strncmp(c->text, "HTTP/1.1 101", 12) != 0) {
		static bool told;

		if (!told)
			fprintf(stderr, "load: refused: %s\n", c->text);
		told = true;
		conn_lost(c, false);
		return;
	}
	c->coding = c->text[9] == '1'				? FRAMES
	    : head_has(c->text, "Transfer-Encoding", "chunked") ? CHUNKED
								: RAW;
	c->n_text = 0;
	c->state = WARM;
	if (c->coding == FRAMES && load.hello != NULL)
		conn_frame(c, 1, load.hello, strlen(load.hello));
	if (load.ready_text == NULL)
		on_ready(c);
	if (n > 0)
		decode_bytes(c, p, n, now);
}

/* Waits for the text that says the stream has begun, and keeps the cursor that may stand before it.
 */
static void
body(struct conn *c, const char *p, size_t n, int64_t now)
{
	if (c->state == WARM) {
		size_t keep = n < HEAD_MAX - 1 - c->n_text ? n : HEAD_MAX - 1 - c->n_text;

		memcpy(c->text + c->n_text, p, keep);
		c->n_text += keep;
		c->text[c->n_text] = '\0';
		if (strstr(c->text, load.ready_text) != NULL)
			on_ready(c);
		else if (strstr(c->text, "event: bye") != NULL)
			c->byes++;
	}
	scan_bytes(c, p, n, now);
}

static void
chunks(struct conn *c, const char *p, size_t n, int64_t now)
{
	while (n > 0 && c->fd >= 0) {
		if (c->left > 0) {
			size_t take = n < c->left ? n : (size_t)c->left;

			c->left -= take;
			body(c, p, take, now);
			p += take;
			n -= take;
			continue;
		}
		/* the size's line, with the line break of the chunk before it */
		if (*p == '\n' && c->n_frame > 0) {
			c->frame[c->n_frame] = '\0';
			c->left = strtoull((char *)c->frame, NULL, 16);
			c->n_frame = 0;
			if (c->left == 0) {
				conn_lost(c, false);
				return;
			}
		} else if (*p != '\r' && *p != '\n' && c->n_frame < sizeof(c->frame) - 1) {
			c->frame[c->n_frame++] = (unsigned char)*p;
		}
		p++;
		n--;
	}
}

/* The frame's head is whole: true, and its length in left. */
static bool
frame_head(struct conn *c)
{
	size_t kind, need;

	if (c->n_frame < 2)
		return false;
	kind = c->frame[1] & 0x7f;
	need = kind < 126 ? 2 : kind == 126 ? 4 : 10;
	if (c->n_frame < need)
		return false;
	c->left = kind < 126 ? kind : 0;
	for (size_t i = 2; i < need; i++)
		c->left = c->left << 8 | c->frame[i];
	c->opcode = c->frame[0] & 0x0f;
	c->n_frame = 0;
	c->n_ping = 0;
	return true;
}

/* Pings are answered, of Engine.IO (a text frame "2") too; the payloads are one text. */
static void
frames(struct conn *c, const char *p, size_t n, int64_t now)
{
	while (n > 0 && c->fd >= 0) {
		size_t take = n < c->left ? n : (size_t)c->left;

		if (c->left == 0) {
			c->frame[c->n_frame++] = (unsigned char)*p++;
			n--;
			if (frame_head(c) && c->opcode == 9 && c->left == 0)
				conn_frame(c, 10, NULL, 0);
			else if (c->n_frame == 0 && c->left == 1 && n > 0 && *p == '2')
				conn_frame(c, 1, "3", 1);
			continue;
		}
		c->left -= take;
		if (c->opcode == 9 && c->n_ping + take <= sizeof(c->ping)) {
			memcpy(c->ping + c->n_ping, p, take);
			c->n_ping = (uint8_t)(c->n_ping + take);
			if (c->left == 0)
				conn_frame(c, 10, c->ping, c->n_ping);
		} else if (c->opcode != 8) {
			body(c, p, take, now);
		}
		p += take;
		n -= take;
	}
}

void
decode_bytes(struct conn *c, const char *p, size_t n, int64_t now)
{
	if (c->state == HEAD)
		take_head(c, p, n, now);
	else if (c->coding == CHUNKED)
		chunks(c, p, n, now);
	else if (c->coding == FRAMES)
		frames(c, p, n, now);
	else
		body(c, p, n, now);
}
