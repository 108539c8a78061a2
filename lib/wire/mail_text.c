#include "wire/mail_text.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#define LINE 76	      /* characters of a line without its end */
#define WORD_BYTES 39 /* encoded into one word: 12 + 52 characters */

static bool
is_atom_char(unsigned char ch)
{
	return ch < 0x80 &&
	    (isalnum(ch) || (ch != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", ch) != NULL));
}

static bool
is_label_char(unsigned char ch)
{
	return ch < 0x80 && (isalnum(ch) || ch == '-');
}

/* Parts of at most `most` bytes with single dots between them. */
static bool
is_dotted(struct str s, bool (*is_part_char)(unsigned char ch), size_t most)
{
	size_t part = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '.') {
			if (part == 0)
				return false;
			part = 0;
		} else if (!is_part_char((unsigned char)s.p[i]) || ++part > most) {
			return false;
		}
	}
	return part > 0;
}

bool
mail_address_is_valid(struct str s)
{
	struct str host = s;
	struct str local = str_cut(&host, '@');

	return host.p != NULL && s.len <= MAIL_ADDRESS_MAX && local.len <= MAIL_LOCAL_MAX &&
	    is_dotted(local, is_atom_char, MAIL_LOCAL_MAX) && is_dotted(host, is_label_char, 63) &&
	    host.p[0] != '-' && host.p[host.len - 1] != '-';
}

bool
mailbox_parse(struct str s, struct mailbox *out)
{
	struct mailbox box = { STR(""), str_trim(s) };

	if (box.address.len > 0 && box.address.p[box.address.len - 1] == '>') {
		struct str rest = box.address;

		box.name = str_trim(str_cut(&rest, '<'));
		if (rest.p == NULL)
			return false;
		box.address = (struct str){ rest.p, rest.len - 1 };
	}
	for (size_t i = 0; i < box.name.len; i++) {
		unsigned char ch = (unsigned char)box.name.p[i];
		if (ch < ' ' || ch == 0x7f || strchr("<>\"\\", ch) != NULL)
			return false;
	}
	if (!mail_address_is_valid(box.address))
		return false;
	*out = box;
	return true;
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.p[i] < ' ' || (unsigned char)s.p[i] >= 0x7f)
			return false;
	}
	return s.len <= LINE - 16 && memchr(s.p == NULL ? "" : s.p, '=', s.len) == NULL;
}

static void
add_base64(struct buf *out, const unsigned char *p, size_t n)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;
		v |= i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0;
		v |= i + 2 < n ? (uint32_t)p[i + 2] : 0;
		buf_add_char(out, digits[v >> 18]);
		buf_add_char(out, digits[v >> 12 & 63]);
		buf_add_char(out, i + 1 < n ? digits[v >> 6 & 63] : '=');
		buf_add_char(out, i + 2 < n ? digits[v & 63] : '=');
	}
}

/* One encoded word (RFC 2047) of as many whole characters as it holds; cuts them off s. */
static void
add_word(struct buf *out, struct str *s)
{
	unsigned char bytes[WORD_BYTES];
	size_t n = 0;

	while (s->len > 0) {
		struct str rest = *s;
		uint32_t point;
		size_t used = str_utf8_next(&rest, &point) ? s->len - rest.len : 1;
		if (n + used > sizeof(bytes))
			break;
		for (size_t i = 0; i < used; i++) {
			unsigned char ch = (unsigned char)s->p[i];
			bytes[n++] = ch < ' ' || ch == 0x7f ? ' ' : ch;
		}
		*s = (struct str){ s->p + used, s->len - used };
	}
	buf_add_cstr(out, "=?utf-8?B?");
	add_base64(out, bytes, n);
	buf_add_cstr(out, "?=");
}

/* Text of a header: as it is when it is short and plain, else encoded words, folded. */
static void
add_words(struct buf *out, struct str s)
{
	if (is_plain(s)) {
		buf_add_str(out, s);
		return;
	}
	for (bool first = true; s.len > 0; first = false) {
		if (!first)
			buf_add_cstr(out, "\r\n ");
		add_word(out, &s);
	}
}

static void
add_from(struct buf *out, const struct mailbox *from)
{
	buf_add_cstr(out, "From: ");
	if (from->name.len > 0) {
		bool quoted = is_plain(from->name);

		if (quoted)
			buf_add_char(out, '"');
		add_words(out, from->name);
		buf_add_cstr(out, quoted ? "\"\r\n " : "\r\n ");
	}
	buf_add_char(out, '<');
	buf_add_str(out, from->address);
	buf_add_cstr(out, ">\r\n");
}

/* RFC 5322 3.3, in UTC. */
static void
add_date(struct buf *out, int64_t at_s)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t t = (time_t)at_s;
	struct tm tm = { 0 };

	gmtime_r(&t, &tm);
	buf_printf(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday,
	    tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
}

static bool
is_last_of_line(struct str s, size_t i)
{
	return i + 1 == s.len || s.p[i + 1] == '\n';
}

/* Quoted-printable (RFC 2045 6.7): blanks at the end of a line and whatever is no plain ASCII are
 * escaped, and so is a dot or an F that begins one. Carriage returns are dropped. */
static void
add_body(struct buf *out, struct str s)
{
	size_t column = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		bool last = is_last_of_line(s, i);
		if (ch == '\n') {
			buf_add_cstr(out, "\r\n");
			column = 0;
			continue;
		}
		if (ch == '\r')
			continue;
		bool plain = ch >= ' ' && ch < 0x7f && ch != '=' && !(ch == ' ' && last) &&
		    !(column == 0 && (ch == '.' || ch == 'F'));
		size_t width = plain ? 1 : 3;
		if (column + width > (last ? LINE : LINE - 1)) {
			buf_add_cstr(out, "=\r\n");
			column = 0;
			plain = plain && ch != '.' && ch != 'F';
			width = plain ? 1 : 3;
		}
		if (plain)
			buf_add_char(out, (char)ch);
		else
			buf_printf(out, "=%02X", ch);
		column += width;
	}
	if (column > 0)
		buf_add_cstr(out, "\r\n");
}

enum err
mail_text_make(struct buf *out, const struct mail_text *m)
{
	if (!mail_address_is_valid(m->from.address) || !mail_address_is_valid(m->to) ||
	    !mail_address_is_valid(m->id))
		return ERR_BAD_REQUEST;
	add_from(out, &m->from);
	buf_printf(out, "To: %.*s\r\n", STR_FMT(m->to));
	buf_add_cstr(out, "Subject: ");
	add_words(out, m->subject);
	buf_add_cstr(out, "\r\n");
	add_date(out, m->at_s);
	buf_printf(out, "Message-ID: <%.*s>\r\n", STR_FMT(m->id));
	buf_add_cstr(out,
	    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\nAuto-Submitted: "
	    "auto-generated\r\n\r\n");
	add_body(out, m->body);
	return buf_ok(out) ? ERR_OK : ERR_TOO_LARGE;
}
