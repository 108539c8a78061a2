#include "tests/fuzz/fuzz.h"
#include "wire/http_head.h"

static bool
is_within(struct str view, struct str in)
{
	return view.p == NULL || (view.p >= in.p && view.p + view.len <= in.p + in.len);
}

static void
check_head(const struct http_head *h, struct str head)
{
	must(h->n <= HTTP_HEADERS && (h->minor == 0 || h->minor == 1));
	must(h->path.len > 0 && h->path.p[0] == '/' && h->method.len > 0);
	must(is_within(h->method, head) && is_within(h->path, head) && is_within(h->query, head));
	for (size_t i = 0; i < h->n; i++) {
		must(h->headers[i].name.len > 0);
		must(is_within(h->headers[i].name, head) && is_within(h->headers[i].value, head));
		must(http_head_get(h, h->headers[i].name).p != NULL);
		must(http_head_count(h, h->headers[i].name) >= 1);
		http_list_has(h->headers[i].value, STR("upgrade"));
	}
}

/* Whole and in growing pieces it is the same head, and ends at the same byte. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size };
	static struct http_head whole, grown;
	size_t scanned = 0, used = 0, used_grown = 0, n = 0;
	enum wire_step step = http_head_parse(in, &scanned, &whole, &used), last = WIRE_MORE;

	if (step == WIRE_DONE) {
		must(used <= size && used <= HTTP_HEAD_MAX);
		check_head(&whole, (struct str){ in.p, used });
	}
	scanned = 0;
	while (last == WIRE_MORE && n < size) {
		n += size > 512 ? 1 + (size_t)data[n] % 64 : 1;
		if (n > size)
			n = size;
		last = http_head_parse((struct str){ in.p, n }, &scanned, &grown, &used_grown);
	}
	must((step == WIRE_DONE) == (last == WIRE_DONE));
	must(step != WIRE_MORE || last == WIRE_MORE);
	if (step == WIRE_DONE) {
		must(used == used_grown && whole.n == grown.n && whole.minor == grown.minor);
		must(str_eq(whole.path, grown.path) && str_eq(whole.query, grown.query));
	}
	return 0;
}
