/* Lines of patterns, an empty line, a text: words_match() finds what looking for one after the
 * other finds. */
#include "tests/fuzz/fuzz.h"
#include "wire/fold.h"
#include "wire/words.h"

static bool
is_edge(const uint32_t *text, size_t n, size_t at)
{
	return at == 0 || at == n || !fold_is_letter(text[at - 1]) || !fold_is_letter(text[at]);
}

static bool
stands_in(struct arena *a, struct str pattern, const uint32_t *text, size_t n)
{
	size_t len;
	const uint32_t *p = fold_text(a, pattern, &len);
	bool begins = p[0] != '*';

	if (!begins) {
		p++;
		len--;
	}
	bool ends = len > 0 && p[len - 1] != '*';
	len -= !ends;
	for (size_t i = 0; i + len <= n; i++) {
		if (memcmp(p, text + i, len * sizeof(*p)) == 0 &&
		    (!begins || is_edge(text, n, i)) && (!ends || is_edge(text, n, i + len)))
			return true;
	}
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size < 2000 ? size : 2000 };
	uint32_t wanted = 0;
	struct str patterns[32];
	struct arena a;
	size_t npatterns = 0, n;

	arena_init(&a, 256 << 20);
	struct words *w = words_new(&a, rest.len);
	while (rest.p != NULL && npatterns < 32) {
		struct str line = str_cut(&rest, '\n');
		if (line.len == 0)
			break;
		bool is = words_is_pattern(&a, line);
		must(words_add(w, &a, line, (unsigned)npatterns) == is);
		if (is)
			patterns[npatterns++] = line;
	}
	words_ready(w);
	struct str text = rest.p == NULL ? STR("") : rest;
	const uint32_t *folded = fold_text(&a, text, &n);
	must(n <= text.len);
	for (size_t i = 0; i < n; i++)
		must(fold_case(folded[i]) == folded[i] && (folded[i] != ' ' || i > 0));
	for (size_t i = 0; i < npatterns; i++)
		wanted |= stands_in(&a, patterns[i], folded, n) ? 1U << i : 0;
	must(words_match(w, folded, n) == wanted);
	arena_release(&a);
	return 0;
}
