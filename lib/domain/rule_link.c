#include "domain/rule_link.h"

#include <string.h>

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
		else if (text[end] == '%')
			*plain = false;
	}
	h.text = text + from;
	h.n = 0;
	while (from + h.n < end && is_host_char(h.text[h.n]))
		h.n++;
	while (h.n > 0 && is_dot(h.text[h.n - 1]))
		h.n--;
	return h;
}

bool
link_is_refused(const uint32_t *text, size_t n, const struct host_list *allow,
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
