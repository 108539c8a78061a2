/* Any bytes as text: the HTML has only tags that the module writes, all closed in the order in
 * which they were opened, and links lead to http and https only. */
#include "tests/fuzz/fuzz.h"
#include "wire/markdown.h"

#define DEEP 200

static void
add_name(void *of, struct buf *out, int64_t id, bool marked)
{
	(void)of;
	(void)id;
	(void)marked;
	buf_add_cstr(out, "@n");
}

/* The name of the tag at p, which is behind its <. */
static struct str
name_at(const char *p)
{
	return (struct str){ p, strcspn(p, " >") };
}

static void
look(const char *p)
{
	static const char known[] = "p em strong s span code pre blockquote ul ol li a bdi small";
	struct str open[DEEP];
	size_t n = 0;

	for (p = strchr(p, '<'); p != NULL; p = strchr(p + 1, '<')) {
		struct str name = name_at(p[1] == '/' ? p + 2 : p + 1);

		if (str_eq(name, STR("br")))
			continue;
		must(str_list_has(str_of(known), ' ', name));
		if (p[1] == '/') {
			must(n > 0 && str_eq(open[--n], name));
			continue;
		}
		must(n < DEEP);
		open[n++] = name;
		if (str_eq(name, STR("a")))
			must(strncasecmp(p, "<a href=\"http://", 16) == 0 ||
			    strncasecmp(p, "<a href=\"https://", 17) == 0);
		for (size_t i = 0; str_eq(name, STR("a")) && i + 1 < n; i++)
			must(!str_eq(open[i], name));
	}
	must(n == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct markdown_names names = { add_name, NULL };
	struct str text = { size > 0 ? (const char *)data : "", size < 20000 ? size : 20000 };
	struct arena a;

	for (size_t i = 0; i < text.len;) {
		size_t n = str_utf8_len((struct str){ text.p + i, text.len - i });
		if (n == 0)
			return 0;
		i += n;
	}
	arena_init(&a, 64 << 20);
	struct buf *out = buf_new(&a, 4 << 20);
	buf_add_cstr(out, "");
	markdown_add_html(out, &a, text, &names);
	must(buf_ok(out));
	if (memchr(text.p, '\0', text.len) == NULL)
		look(out->p);
	buf_clear(out);
	markdown_add_line(out, &a, text, &names);
	must(buf_ok(out) && memchr(out->p, '<', out->len) == NULL);
	arena_release(&a);
	return 0;
}
