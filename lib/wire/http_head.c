#include "wire/http_head.h"

#include <string.h>

static bool
is_token_char(unsigned char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return true;
	return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool
is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_token_char((unsigned char)s.p[i]))
			return false;
	return s.len > 0;
}

static bool
is_target(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 127 || s.p[i] == '#')
			return false;
	return s.len > 0 && s.p[0] == '/';
}

/* RFC 9110 5.5: visible bytes, blanks, and obs-text */
static bool
is_field_value(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < ' ' && c != '\t') || c == 127)
			return false;
	}
	return true;
}

static struct str
trim_blanks(struct str s)
{
	while (s.len > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct str){ s.p + 1, s.len - 1 };
	while (s.len > 0 && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* Takes one line up to CRLF off *rest; the caller knows that there is one. */
static struct str
take_line(struct str *rest)
{
	const char *cr = memmem(rest->p, rest->len, "\r\n", 2);
	struct str line = { rest->p, (size_t)(cr - rest->p) };

	*rest = (struct str){ cr + 2, rest->len - line.len - 2 };
	return line;
}

static bool
parse_request_line(struct str line, struct http_head *h)
{
	struct str rest = line, target;

	h->method = str_cut(&rest, ' ');
	target = str_cut(&rest, ' ');
	if (rest.p == NULL || !is_token(h->method) || h->method.len > 16 || !is_target(target))
		return false;
	if (str_eq(rest, STR("HTTP/1.1")))
		h->minor = 1;
	else if (str_eq(rest, STR("HTTP/1.0")))
		h->minor = 0;
	else
		return false;
	h->query = target;
	h->path = str_cut(&h->query, '?');
	return true;
}

static bool
parse_field(struct str line, struct http_head *h)
{
	struct str rest = line, name = str_cut(&rest, ':');

	if (rest.p == NULL || !is_token(name) || h->n == HTTP_HEADERS || !is_field_value(rest))
		return false;
	h->headers[h->n++] = (struct http_header){ name, trim_blanks(rest) };
	return true;
}

/* Length of the head with its empty line, 0 while that has not come. */
static size_t
find_end(struct str in, size_t *scanned)
{
	size_t from = *scanned > 3 ? *scanned - 3 : 0;
	const char *end = in.len > from ? memmem(in.p + from, in.len - from, "\r\n\r\n", 4) : NULL;

	*scanned = in.len;
	return end == NULL ? 0 : (size_t)(end - in.p) + 4;
}

enum wire_step
http_head_parse(struct str in, size_t *scanned, struct http_head *h, size_t *used)
{
	size_t end;
	struct str rest;

	/* What cannot be a method is refused at its first byte, a TLS greeting for instance. */
	if (in.len > 0 && !is_token_char((unsigned char)in.p[0]))
		return WIRE_BAD;
	end = find_end(in, scanned);
	if (end == 0)
		return in.len >= HTTP_HEAD_MAX ? WIRE_TOO_LONG : WIRE_MORE;
	if (end > HTTP_HEAD_MAX)
		return WIRE_TOO_LONG;
	h->n = 0;
	rest = (struct str){ in.p, end - 2 };
	if (!parse_request_line(take_line(&rest), h))
		return WIRE_BAD;
	while (rest.len > 0)
		if (!parse_field(take_line(&rest), h))
			return WIRE_BAD;
	*used = end;
	return WIRE_DONE;
}

struct str
http_head_get(const struct http_head *h, struct str name)
{
	for (size_t i = 0; i < h->n; i++)
		if (str_eq_nocase(h->headers[i].name, name))
			return h->headers[i].value;
	return STR_NULL;
}

size_t
http_head_count(const struct http_head *h, struct str name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += str_eq_nocase(h->headers[i].name, name);
	return n;
}

bool
http_list_has(struct str list, struct str token)
{
	while (list.p != NULL) {
		struct str item = trim_blanks(str_cut(&list, ','));

		if (str_eq_nocase(item, token))
			return true;
	}
	return false;
}
