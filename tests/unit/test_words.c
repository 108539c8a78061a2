#include "tests/unit/support/unit.h"
#include "wire/fold.h"
#include "wire/text.h"
#include "wire/words.h"

static bool
finds(const char *pattern, struct str text)
{
	struct arena *a = unit_arena();
	struct words *w = words_new(a, strlen(pattern));
	size_t n;

	ck_assert_msg(words_add(w, a, str_of(pattern), 3), "'%s' is no pattern", pattern);
	words_ready(w);
	const uint32_t *folded = fold_text(a, guard_copy(text), &n);
	uint32_t found = words_match(w, folded, n);
	ck_assert(found == 0 || found == 8);
	return found != 0;
}

START_TEST(folds_as_unicode_does)
{
	uint64_t h = 0xcbf29ce484222325;

	/* over all characters; the number is that of Python's str.casefold(), one to one */
	for (uint32_t c = 0; c < 0x110000; c++) {
		uint32_t f = fold_case(c);
		for (int i = 0; i < 4; i++)
			h = (h ^ (f >> 8 * i & 255)) * 0x100000001b3;
	}
	ck_assert_uint_eq(h, 0xef253378735c764);
	ck_assert_uint_eq(fold_case('A'), 'a');
	ck_assert_uint_eq(fold_case(0x391), 0x3b1);
	ck_assert_uint_eq(fold_case(0x3c2), 0x3c3);
	ck_assert_uint_eq(fold_case(0x416), 0x436);
	ck_assert_uint_eq(fold_case(0xff21), 'a');
	ck_assert_uint_eq(fold_case(0x1e9e), 0xdf);
}
END_TEST

START_TEST(whole_words_are_found)
{
	ck_assert(finds("bad", STR("bad")));
	ck_assert(finds("bad", STR("so BAD.")));
	ck_assert(finds("bad", STR("(bad)")));
	ck_assert(!finds("bad", STR("badly")));
	ck_assert(!finds("bad", STR("abad")));
	ck_assert(!finds("bad", STR("ba d")));
	ck_assert(!finds("bad", STR("")));
	ck_assert(finds("bad", STR("badly bad")));
	ck_assert(finds("$$$", STR("win$$$now")));
}
END_TEST

START_TEST(a_star_lets_it_go_on)
{
	ck_assert(finds("bad*", STR("badly")));
	ck_assert(!finds("bad*", STR("abadly")));
	ck_assert(finds("*bad", STR("abad")));
	ck_assert(!finds("*bad", STR("badly")));
	ck_assert(finds("*bad*", STR("abadly")));
	ck_assert(finds("a*b", STR("see a*b")));
	ck_assert(!finds("a*b", STR("see axb")));
}
END_TEST

START_TEST(blanks_and_what_is_not_seen_do_not_hide_a_word)
{
	ck_assert(finds("buy now", STR("Buy\n\t  NOW")));
	ck_assert(finds("bad", STR("b\xe2\x80\x8b\x61\xc2\xad""d")));
	ck_assert(finds("bad", STR("b\xef\xb8\x8f\xe2\x80\xae""ad")));
	ck_assert(finds("bad", STR("\xef\xbd\x82\xef\xbd\x81\xef\xbd\x84")));
	ck_assert(finds("\xd0\xbf\xd0\xbb\xd0\xbe\xd1\x85\xd0\xbe",
	    STR("\xd0\x9f\xd0\x9b\xd0\x9e\xd0\xa5\xd0\x9e!")));
	/* without blanks between words, wherever it stands */
	ck_assert(finds("\xe6\x82\xaa\xe3\x81\x84",
	    STR("\xe3\x81\xa8\xe6\x82\xaa\xe3\x81\x84\xe3\x81\x93")));
}
END_TEST

START_TEST(what_finds_nothing_is_no_pattern)
{
	struct arena *a = unit_arena();
	char *longest = arena_alloc(a, WORDS_PATTERN + 2);

	ck_assert(!words_is_pattern(a, STR("")));
	ck_assert(!words_is_pattern(a, STR("*")));
	ck_assert(!words_is_pattern(a, STR("***")));
	ck_assert(!words_is_pattern(a, STR(" \xe2\x80\x8b ")));
	memset(longest, 'x', WORDS_PATTERN);
	ck_assert(words_is_pattern(a, str_of(longest)));
	longest[WORDS_PATTERN] = 'x';
	ck_assert(!words_is_pattern(a, str_of(longest)));
}
END_TEST

START_TEST(there_is_room_for_as_much_as_was_said)
{
	struct arena *a = unit_arena();
	struct words *w = words_new(a, 4);

	ck_assert(words_add(w, a, STR("ab"), 0));
	ck_assert(words_add(w, a, STR("cd"), 0));
	ck_assert(!words_add(w, a, STR("ef"), 1));
	words_ready(w);
}
END_TEST

/* The worst there is: each character may be the end of all of many words. Looking for one after the
 * other would not come to an end within the patience of a test under sanitizers. */
START_TEST(the_words_cost_the_text_nothing)
{
	struct arena *a = unit_arena();
	struct words *w = words_new(a, WORDS_POINTS);
	char *word = arena_alloc(a, WORDS_PATTERN + 2), *text = arena_alloc(a, 65537);
	size_t n;

	for (size_t len = 1; len <= WORDS_PATTERN - 1; len++) {
		memset(word, 'a', len);
		memcpy(word + len, "b", 2);
		ck_assert(words_add(w, a, str_of(word), 0));
	}
	for (int i = 0; i < 600; i++)
		words_add(w, a, str_of(arena_printf(a, "%05d%059d", i, i)), 1);
	words_ready(w);
	memset(text, 'a', 65536);
	const uint32_t *folded = fold_text(a, str_of(text), &n);
	ck_assert_uint_eq(n, 65536);
	for (int i = 0; i < 20; i++)
		ck_assert_uint_eq(words_match(w, folded, n), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { folds_as_unicode_does, whole_words_are_found,
		a_star_lets_it_go_on, blanks_and_what_is_not_seen_do_not_hide_a_word,
		what_finds_nothing_is_no_pattern, there_is_room_for_as_much_as_was_said,
		the_words_cost_the_text_nothing, NULL };

	return unit_run("words", tests);
}
