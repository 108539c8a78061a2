#include "base/crypt.h"
#include "tests/fuzz/fuzz.h"
#include "wire/text.h"

static void
try_url(struct arena *a, struct str in)
{
	struct str plain, again;
	struct buf b;

	buf_init(&b, 1 << 20);
	if (url_decode(a, in, true, &plain) == ERR_OK) {
		must(plain.len <= in.len && utf8_is_valid(plain));
		must(memchr(plain.p, '\0', plain.len) == NULL);
		must(utf8_count(plain) <= plain.len);
		url_encode(&b, plain);
		if (buf_ok(&b)) {
			must(url_decode(a, buf_str(&b), true, &again) == ERR_OK);
			must(str_eq(plain, again));
		}
	}
	buf_release(&b);
}

static void
try_query(struct arena *a, struct str in)
{
	struct query_pair pairs[QUERY_PAIRS];
	size_t n;

	if (query_parse(a, in, pairs, &n) != ERR_OK)
		return;
	must(n <= QUERY_PAIRS);
	for (size_t i = 0; i < n; i++)
		must(pairs[i].key.p != NULL && pairs[i].value.p != NULL &&
		    utf8_is_valid(pairs[i].key) && utf8_is_valid(pairs[i].value));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size }, s;
	struct arena a;

	arena_init(&a, 256 << 20);
	try_url(&a, in);
	try_query(&a, in);
	s = cookie_get(in, STR("a"));
	must(s.p == NULL || (s.p >= in.p && s.p + s.len <= in.p + in.len));
	if (authorization_token(&a, in, &s) == ERR_OK) {
		must(s.len > 0 && s.len < in.len);
		for (size_t i = 0; i < s.len; i++)
			must(s.p[i] > ' ' && s.p[i] < 0x7f);
	}
	arena_release(&a);
	return 0;
}
