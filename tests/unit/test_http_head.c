#include <string.h>

#include "tests/unit/support/unit.h"
#include "wire/http_head.h"

static struct http_head head;
static size_t used;

static enum wire_step
parse(struct str text)
{
	size_t scanned = 0;

	used = 0;
	return http_head_parse(guard_copy(text), &scanned, &head, &used);
}

/* The same answer, whatever pieces the bytes come in. */
static enum wire_step
parse_by_byte(struct str text)
{
	size_t scanned = 0;

	for (size_t n = 0; n <= text.len; n++) {
		enum wire_step step =
		    http_head_parse(guard_copy((struct str){ text.p, n }), &scanned, &head, &used);

		if (step != WIRE_MORE)
			return step;
	}
	return WIRE_MORE;
}

#define GOOD \
	"GET /api/v1/stream?a=b?c HTTP/1.1\r\nHost: x\r\nEmpty:\r\nB:  \t padded\t \r\nhost: " \
	"y\r\n\r\n"

START_TEST(reads_a_head)
{
	ck_assert_int_eq(parse(STR(GOOD "rest")), WIRE_DONE);
	ck_assert_uint_eq(used, sizeof(GOOD) - 1);
	ck_str_is(head.method, "GET");
	ck_str_is(head.path, "/api/v1/stream");
	ck_str_is(head.query, "a=b?c");
	ck_assert_int_eq(head.minor, 1);
	ck_assert_uint_eq(head.n, 4);
	ck_str_is(http_head_get(&head, STR("HOST")), "x");
	ck_str_is(http_head_get(&head, STR("b")), "padded");
	ck_assert_ptr_nonnull(http_head_get(&head, STR("empty")).p);
	ck_assert_uint_eq(http_head_get(&head, STR("empty")).len, 0);
	ck_assert_ptr_null(http_head_get(&head, STR("absent")).p);
	ck_assert_uint_eq(http_head_count(&head, STR("Host")), 2);
}
END_TEST

START_TEST(reads_a_head_byte_by_byte)
{
	ck_assert_int_eq(parse_by_byte(STR(GOOD)), WIRE_DONE);
	ck_assert_uint_eq(used, sizeof(GOOD) - 1);
}
END_TEST

START_TEST(tells_an_absent_query_from_an_empty_one)
{
	ck_assert_int_eq(parse(STR("GET / HTTP/1.0\r\n\r\n")), WIRE_DONE);
	ck_assert_ptr_null(head.query.p);
	ck_assert_int_eq(head.minor, 0);
	ck_assert_int_eq(parse(STR("GET /? HTTP/1.1\r\n\r\n")), WIRE_DONE);
	ck_assert_ptr_nonnull(head.query.p);
	ck_assert_uint_eq(head.query.len, 0);
}
END_TEST

START_TEST(refuses_what_a_careful_proxy_does_not_send)
{
	static const struct str bad[] = { STR("\r\n\r\n"), STR(" GET / HTTP/1.1\r\n\r\n"),
		STR("GET / HTTP/1.1\nHost: x\r\n\r\n"), STR("GET / HTTP/1.2\r\n\r\n"),
		STR("GET / http/1.1\r\n\r\n"), STR("GET / HTTP/1.1 \r\n\r\n"), STR("GET /\r\n\r\n"),
		STR("GET / x HTTP/1.1\r\n\r\n"), STR("GET x HTTP/1.1\r\n\r\n"),
		STR("GET * HTTP/1.1\r\n\r\n"), STR("GET http://x/ HTTP/1.1\r\n\r\n"),
		STR("G\0T / HTTP/1.1\r\n\r\n"), STR("GET /\0 HTTP/1.1\r\n\r\n"),
		STR("GET /\x7f HTTP/1.1\r\n\r\n"), STR("GET /\xc3\xa9 HTTP/1.1\r\n\r\n"),
		STR("GET /#f HTTP/1.1\r\n\r\n"), STR("GETGETGETGETGETGET / HTTP/1.1\r\n\r\n"),
		STR("GET / HTTP/1.1\r\nA\r\n\r\n"), STR("GET / HTTP/1.1\r\n: b\r\n\r\n"),
		STR("GET / HTTP/1.1\r\nA : b\r\n\r\n"), STR("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n"),
		STR("GET / HTTP/1.1\r\nA: b\0\r\n\r\n"), STR("GET / HTTP/1.1\r\nA: \rb\r\n\r\n"),
		STR("GET / HTTP/1.1\r\nA: \nb\r\n\r\n"), STR("GET / HTTP/1.1\r\nA\xff: b\r\n\r\n"),
		STR("\x16\x03\x01") };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_msg(parse(bad[i]) == WIRE_BAD, "case %zu at once", i);
		ck_assert_msg(parse_by_byte(bad[i]) == WIRE_BAD, "case %zu by byte", i);
	}
}
END_TEST

START_TEST(bounds_length_and_fields)
{
	static char text[2 * HTTP_HEAD_MAX];
	struct arena *a = unit_arena();
	size_t n = 0;

	memset(text, 'a', sizeof(text));
	ck_assert_int_eq(parse((struct str){ text, HTTP_HEAD_MAX - 1 }), WIRE_MORE);
	ck_assert_int_eq(parse((struct str){ text, HTTP_HEAD_MAX }), WIRE_TOO_LONG);
	memcpy(text, "GET / HTTP/1.1\r\nA: ", 19);
	memcpy(text + HTTP_HEAD_MAX - 4, "\r\n\r\n", 4);
	ck_assert_int_eq(parse((struct str){ text, HTTP_HEAD_MAX }), WIRE_DONE);
	memcpy(text + HTTP_HEAD_MAX - 4, "aaaa", 4);
	memcpy(text + HTTP_HEAD_MAX, "\r\n\r\n", 4);
	ck_assert_int_eq(parse((struct str){ text, HTTP_HEAD_MAX + 4 }), WIRE_TOO_LONG);
	for (int fields = HTTP_HEADERS; fields <= HTTP_HEADERS + 1; fields++) {
		char *p = arena_strdup(a, "GET / HTTP/1.1\r\n");

		for (int i = 0; i < fields; i++)
			p = arena_printf(a, "%sA: b\r\n", p);
		p = arena_printf(a, "%s\r\n", p);
		ck_assert_int_eq(parse(str_of(p)), fields == HTTP_HEADERS ? WIRE_DONE : WIRE_BAD);
		n++;
	}
	ck_assert_uint_eq(n, 2);
}
END_TEST

START_TEST(finds_tokens_in_lists)
{
	ck_assert(http_list_has(STR("keep-alive, Upgrade"), STR("upgrade")));
	ck_assert(http_list_has(STR("upgrade"), STR("Upgrade")));
	ck_assert(!http_list_has(STR("upgrades"), STR("upgrade")));
	ck_assert(!http_list_has(STR(""), STR("upgrade")));
	ck_assert(!http_list_has(STR_NULL, STR("upgrade")));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { reads_a_head, reads_a_head_byte_by_byte,
		tells_an_absent_query_from_an_empty_one, refuses_what_a_careful_proxy_does_not_send,
		bounds_length_and_fields, finds_tokens_in_lists, NULL };

	return unit_run("http_head", tests);
}
