#include "domain/rule_link.h"

#include "wire/fold.h"

static bool
is_dot(uint32_t c)
{
	return c == '.' || c == 0x3002 || c == 0xff61;
}

struct host
host_make(struct arena *a, struct arena *scratch, struct str s)
{
	struct host h;
	const uint32_t *text = fold_text(scratch, s, &h.n);
	uint32_t *copy = arena_calloc(a, h.n, sizeof(*copy));

	while (h.n > 0 && is_dot(text[0])) {
		text++;
		h.n--;
	}
	while (h.n > 0 && is_dot(text[h.n - 1]))
		h.n--;
	for (size_t i = 0; i < h.n; i++)
		copy[i] = is_dot(text[i]) ? '.' : text[i];
	h.text = copy;
	return h;
}

/* The host is `below` or ends with a dot and it. */
static bool
is_within(struct host h, struct host below)
{
	if (below.n == 0 || h.n < below.n)
		return false;
	size_t at = h.n - below.n;
	for (size_t i = 0; i < below.n; i++) {
		if ((is_dot(h.text[at + i]) ? '.' : h.text[at + i]) != below.text[i])
			return false;
	}
	return at == 0 || is_dot(h.text[at - 1]);
}

static bool
has_host(const struct host_list *list, struct host h)
{
	for (size_t i = 0; i < list->n; i++) {
		if (is_within(h, list->hosts[i]))
			return true;
	}
	return false;
}

/* Length of "http:" or "https:" and the slashes behind it; 0 for something else. */
static size_t
scheme_len(const uint32_t *text, size_t n)
{
	static const char word[] = "http";
	size_t i = 0;

	while (i < 4 && i < n && text[i] == (uint32_t)word[i])
		i++;
	if (i < 4)
		return 0;
	if (i < n && text[i] == 's')
		i++;
	if (i >= n || text[i] != ':')
		return 0;
	i++;
	while (i < n && (text[i] == '/' || text[i] == '\\'))
		i++;
	return i;
}

static bool
ends_authority(uint32_t c)
{
	return c <= ' ' || c == '/' || c == '\\' || c == '?' || c == '#' || c == '<' || c == '>' ||
	    c == '"';
}

static bool
is_host_char(uint32_t c)
{
	return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	    c == '.' || c == '_';
}

/* Length of an address of IPv6 in brackets, 0 for something else. */
static size_t
bracket_len(const uint32_t *text, size_t n)
{
	bool is_address = false;
	size_t i = 1;

	if (n == 0 || text[0] != '[')
		return 0;
	for (; i < n && ((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f') ||
			    text[i] == ':' || text[i] == '.');
	    i++)
		is_address = is_address || text[i] == ':';
	return is_address && i < n && text[i] == ']' ? i + 1 : 0;
}

/* The host of the authority at the beginning of text. plain: nothing of it is escaped. */
static struct host
host_at(const uint32_t *text, size_t n, bool *plain)
{
	size_t from = 0, end = 0;
	struct host h;

	*plain = true;
	for (; end < n && !ends_authority(text[end]); end++) {
		if (text[end] == '@')
			from = end + 1;
		else if (text[end] == '%' || text[end] == '&')
			*plain = false;
	}
	h.text = text + from;
	h.n = bracket_len(h.text, end - from);
	if (h.n > 0)
		return h;
	while (from + h.n < end && is_host_char(h.text[h.n]))
		h.n++;
	while (h.n > 0 && is_dot(h.text[h.n - 1]))
		h.n--;
	return h;
}

static bool
is_refused(const uint32_t *text, size_t n, const struct host_list *allow,
    const struct host_list *deny)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = text[i] == 'h' ? scheme_len(text + i, n - i) : 0;
		bool plain;

		if (len == 0)
			continue;
		i += len;
		struct host h = host_at(text + i, n - i, &plain);
		i--;
		if (h.n == 0 && plain)
			continue;
		if (!plain || has_host(deny, h) || (allow->n > 0 && !has_host(allow, h)) ||
		    (allow->n == 0 && deny->n == 0))
			return true;
	}
	return false;
}

static bool
is_punctuation(uint32_t c)
{
	return (c > ' ' && c < '0') || (c > '9' && c < 'A') || (c > 'Z' && c < 'a') ||
	    (c > 'z' && c < 0x7f);
}

static bool
is_word(const uint32_t *text, size_t n, const char *word)
{
	size_t i = 0;

	while (i < n && word[i] != '\0' && text[i] == (unsigned char)word[i])
		i++;
	return i == n && word[i] == '\0';
}

/* What a name between & and ; stands for, of those that matter to where a link leads, or 0. */
static uint32_t
entity_named(const uint32_t *name, size_t n)
{
	static const struct {
		const char *name;
		char is;
	} known[] = { { "colon", ':' }, { "sol", '/' }, { "bsol", '\\' }, { "commat", '@' },
		{ "period", '.' }, { "num", '#' }, { "quest", '?' }, { "percnt", '%' },
		{ "lsqb", '[' }, { "lbrack", '[' }, { "rsqb", ']' }, { "rbrack", ']' },
		{ "amp", '&' } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (is_word(name, n, known[i].name))
			return (uint32_t)known[i].is;
	}
	return 0;
}

/* The same of a number, #N or #xH. */
static uint32_t
entity_numbered(const uint32_t *text, size_t n)
{
	bool hex = n > 1 && text[1] == 'x';
	uint32_t value = 0;

	for (size_t i = hex ? 2 : 1; i < n; i++) {
		uint32_t digit = text[i] >= '0' && text[i] <= '9' ? text[i] - '0'
		    : hex && text[i] >= 'a' && text[i] <= 'f'	  ? text[i] - 'a' + 10
								  : 16;

		if (digit == 16 || value > 0x10ffff)
			return 0;
		value = value * (hex ? 16 : 10) + digit;
	}
	return value > 0x10ffff ? 0 : fold_case(value);
}

#define ENTITY_MAX 10	/* characters between & and ; of any that matters */

/* At an &: what it stands for, and the length of it all; 0 when it is none. */
static uint32_t
entity_at(const uint32_t *text, size_t n, size_t *len)
{
	size_t end = 1;

	while (end < n && end <= ENTITY_MAX && text[end] != ';')
		end++;
	if (end >= n || text[end] != ';' || end == 1)
		return 0;
	*len = end + 1;
	return text[1] == '#' ? entity_numbered(text + 1, end - 1)
			      : entity_named(text + 1, end - 1);
}

/* The text as Markdown reads the target of a link: without escapes. *n: before and after. NULL when
 * there are none. */
static uint32_t *
unescape(struct arena *a, const uint32_t *text, size_t *n)
{
	uint32_t *out = NULL;
	size_t used = 0;

	for (size_t i = 0; i < *n; i++) {
		uint32_t c = 0;
		size_t len = 2;

		if (text[i] == '\\' && i + 1 < *n && is_punctuation(text[i + 1]))
			c = text[i + 1];
		else if (text[i] == '&')
			c = entity_at(text + i, *n - i, &len);
		if (c != 0 && out == NULL) {
			out = arena_calloc(a, *n, sizeof(*out));
			for (; used < i; used++)
				out[used] = text[used];
		}
		if (out != NULL)
			out[used++] = c != 0 ? c : text[i];
		if (c != 0)
			i += len - 1;
	}
	*n = used;
	return out;
}

bool
link_is_refused(struct arena *a, const uint32_t *text, size_t n, const struct host_list *allow,
    const struct host_list *deny)
{
	size_t left = n;

	if (is_refused(text, n, allow, deny))
		return true;
	const uint32_t *plain = unescape(a, text, &left);
	return plain != NULL && is_refused(plain, left, allow, deny);
}
