#include <string.h>

#include "tests/unit/support/unit.h"
#include "wire/mail_text.h"

/* A message of these words, the rest of it as below. */
static struct str
made(struct str name, struct str subject, struct str body)
{
	struct buf *b = buf_new(unit_arena(), 65536);
	struct mail_text m = { .from = { name, STR("moot@example.org") },
		.to = STR("ann@example.net"),
		.subject = guard_copy(subject),
		.body = guard_copy(body),
		.id = STR("1.a@chat.example.org"),
		.at_s = 1795361043 };

	ck_err(mail_text_make(b, &m), ERR_OK);
	return buf_str(b);
}

/* ASCII lines of at most 76 characters that end in CR LF. */
static void
is_well_formed(struct str s)
{
	size_t column = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		ck_assert_msg(
		    (ch >= ' ' && ch < 0x7f) || ch == '\r' || ch == '\n', "byte %zu is %u", i, ch);
		ck_assert((ch == '\r') == (i + 1 < s.len && s.p[i + 1] == '\n'));
		column = ch == '\n' || ch == '\r' ? 0 : column + 1;
		ck_assert_msg(column <= 76, "a line of more than 76 at %zu: %.*s", i, STR_FMT(s));
	}
	ck_assert(s.len > 0 && s.p[s.len - 1] == '\n');
}

static size_t
count(struct str s, const char *part)
{
	size_t n = 0;

	for (const char *p = s.p; (p = strstr(p, part)) != NULL; p++)
		n++;
	return n;
}

/* What stands behind the empty line. */
static const char *
body_of(struct str body)
{
	struct str s = made(STR("Moot"), STR("s"), body);

	is_well_formed(s);
	return strstr(arena_strndup(unit_arena(), s.p, s.len), "\r\n\r\n") + 4;
}

START_TEST(a_message_has_its_headers)
{
	struct str s = made(STR("Moot"), STR("Hello there"), STR("One\ntwo\n"));

	is_well_formed(s);
	ck_str_is(s,
	    "From: \"Moot\"\r\n <moot@example.org>\r\nTo: ann@example.net\r\n"
	    "Subject: Hello there\r\nDate: Sun, 22 Nov 2026 15:24:03 +0000\r\n"
	    "Message-ID: <1.a@chat.example.org>\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\nAuto-Submitted: auto-generated\r\n\r\n"
	    "One\r\ntwo\r\n");
	s = made(STR(""), STR("x"), STR("x"));
	ck_assert(str_has_prefix(s, STR("From: <moot@example.org>\r\n")));
}
END_TEST

START_TEST(no_word_gets_out_of_its_header)
{
	static const struct str words[] = { STR("a\r\nBcc: eve@example.org"), STR("a\nBcc: x"),
		STR("a\rBcc: x"), STR("\r\n\r\nbody"), STR("a\0b\x7f"), STR("=?utf-8?B?DQo=?="),
		STR("\xe2\x80\xa8"
		    "line"),
		STR("\xc2\x85"), STR("\xff\xfe broken") };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct str s = made(words[i], words[i], STR("x"));
		is_well_formed(s);
		ck_assert_uint_eq(count(s, "\r\n\r\n"), 1);
		ck_assert_uint_eq(count(s, "Bcc"), 0);
		ck_assert_uint_eq(count(s, "\nSubject: =?utf-8?B?"), 1);
	}
}
END_TEST

START_TEST(long_and_foreign_words_are_encoded_and_folded)
{
	char many[900];

	ck_assert_uint_eq(count(made(STR("M"),
				    STR("Gr\xc3\xbc\xc3\x9f"
					"e"),
				    STR("x")),
			      "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n"),
	    1);
	for (size_t i = 0; i < sizeof(many); i += 3)
		memcpy(many + i, "\xe2\x82\xac", 3);
	struct str s = made((struct str){ many, 90 }, (struct str){ many, sizeof(many) }, STR("x"));
	is_well_formed(s);
	/* characters stay whole: 13 of 3 bytes fill one word */
	ck_assert_uint_eq(
	    count(s, "=?utf-8?B?4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs?="), 2 + 23);
	memset(many, 'a', 300);
	is_well_formed(made(STR("M"), (struct str){ many, 300 }, STR("x")));
}
END_TEST

START_TEST(a_body_is_quoted_printable)
{
	char many[500];

	ck_assert_str_eq(body_of(STR("a = b")), "a =3D b\r\n");
	ck_assert_str_eq(body_of(STR("caf\xc3\xa9\n")), "caf=C3=A9\r\n");
	ck_assert_str_eq(body_of(STR("a \nb\t\n")), "a=20\r\nb=09\r\n");
	ck_assert_str_eq(body_of(STR(".\n..x\nFrom me\n")), "=2E\r\n=2E.x\r\n=46rom me\r\n");
	ck_assert_str_eq(body_of(STR("a\r\nb\rc")), "a\r\nbc\r\n");
	ck_assert_str_eq(body_of(STR("a\0b")), "a=00b\r\n");
	ck_assert_str_eq(body_of(STR("")), "");
	for (size_t n = 74; n < 80; n++) {
		memset(many, 'a', n);
		body_of((struct str){ many, n });
		many[n - 1] = '=';
		body_of((struct str){ many, n });
		many[n - 1] = '\n';
		body_of((struct str){ many, n });
	}
	memset(many, 'a', 76);
	ck_assert_uint_eq(strlen(body_of((struct str){ many, 76 })), 78);
	memset(many, '.', sizeof(many));
	const char *dots = body_of((struct str){ many, sizeof(many) });
	ck_assert_ptr_null(strstr(dots, "\n."));
}
END_TEST

START_TEST(addresses)
{
	static const struct str good[] = { STR("a@b"), STR("ann.b+c@mail.example.org"),
		STR("o'neil@x-y.example"), STR("{|}~@1.2") };
	static const struct str bad[] = { STR(""), STR("a"), STR("@b"), STR("a@"), STR("a@b@c"),
		STR("a b@c"), STR("a@b c"), STR(".a@b"), STR("a.@b"), STR("a..b@c"), STR("a@.b"),
		STR("a@b."), STR("a@b..c"), STR("a@-b"), STR("a@b-"), STR("a\r\n@b"),
		STR("a@b\r\nRCPT TO:<x@y>"), STR("<a@b>"), STR("a@b>"), STR("\"a\"@b"),
		STR("a,b@c"), STR("a@[127.0.0.1]"), STR("a@b_c"), STR("\xc3\xa9@b"),
		STR("a@\xc3\xa9"), STR("a\0@b"), STR("user@corp.com@evil") };
	char *most = arena_printf(unit_arena(), "%064d@%063d.%063d.%061d", 0, 0, 0, 0);

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(mail_address_is_valid(guard_copy(good[i])), "good %zu", i);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!mail_address_is_valid(guard_copy(bad[i])), "bad %zu", i);
	ck_assert(!mail_address_is_valid(STR_NULL));
	ck_assert_uint_eq(strlen(most), MAIL_ADDRESS_MAX);
	ck_assert(mail_address_is_valid(str_of(most)));
	ck_assert(!mail_address_is_valid(str_of(arena_printf(unit_arena(), "%s0", most))));
	ck_assert(!mail_address_is_valid(str_of(arena_printf(unit_arena(), "%065d@b", 0))));
	ck_assert(!mail_address_is_valid(str_of(arena_printf(unit_arena(), "a@%064d", 0))));
}
END_TEST

START_TEST(mailboxes)
{
	static const struct str bad[] = { STR("a@b>"), STR("Moot <a>"), STR("Moot <a@b"),
		STR("a \"b\" <a@b>"), STR("x\ny <a@b>"), STR("a <b@c> <d@e>"), STR("") };
	struct mailbox box;

	ck_assert(mailbox_parse(STR(" Moot here <moot@example.org> "), &box));
	ck_str_is(box.name, "Moot here");
	ck_str_is(box.address, "moot@example.org");
	ck_assert(mailbox_parse(STR("moot@example.org"), &box));
	ck_str_is(box.name, "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!mailbox_parse(guard_copy(bad[i]), &box), "bad %zu", i);
}
END_TEST

START_TEST(what_has_no_address_is_refused)
{
	struct mail_text m = { .from = { STR(""), STR("a@b") },
		.to = STR("a@b"),
		.subject = STR("s"),
		.body = STR("b"),
		.id = STR("1@b") };
	struct mail_text to = m, from = m, id = m;
	struct buf *b = buf_new(unit_arena(), 65536), *small = buf_new(unit_arena(), 100);

	to.to = STR("a@b\r\nBcc: c@d");
	from.from.address = STR("a");
	id.id = STR("1@b>\r\nX: y");
	ck_err(mail_text_make(b, &to), ERR_BAD_REQUEST);
	ck_err(mail_text_make(b, &from), ERR_BAD_REQUEST);
	ck_err(mail_text_make(b, &id), ERR_BAD_REQUEST);
	ck_err(mail_text_make(small, &m), ERR_TOO_LARGE);
	ck_err(mail_text_make(b, &m), ERR_OK);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_message_has_its_headers, no_word_gets_out_of_its_header,
		long_and_foreign_words_are_encoded_and_folded, a_body_is_quoted_printable,
		addresses, mailboxes, what_has_no_address_is_refused, NULL };

	return unit_run("mail_text", tests);
}
