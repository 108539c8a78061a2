#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define LINE_MAX_BYTES 4096
#define VALUE_MAX_BYTES 1024	/* of one value, after escaping */
#define TAIL 3			/* quote, brace, line end: always kept free */

static const char *service = "moot";
static enum log_level lowest = LVL_INFO;
static bool as_json = true;
static char request_id[65];

static const char *const level_names[] = { "debug", "info", "warn", "error" };

struct line {
	size_t len;
	char p[LINE_MAX_BYTES];
};

void
log_init(const char *name, enum log_level min, bool json)
{
	service = name;
	lowest = min;
	as_json = json;
}

void
log_request_id(struct str id)
{
	size_t n = id.len < sizeof(request_id) - 1 ? id.len : sizeof(request_id) - 1;

	if (id.p == NULL)
		n = 0;
	if (n > 0)
		memcpy(request_id, id.p, n);
	request_id[n] = '\0';
}

bool
log_level_parse(struct str s, enum log_level *out)
{
	for (unsigned i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
		if (str_eq(s, str_of(level_names[i]))) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* Bytes before the tail, into which only a closing quote may reach. */
static size_t
room(const struct line *l)
{
	return l->len < sizeof(l->p) - TAIL ? sizeof(l->p) - TAIL - l->len : 0;
}

/* All of s or nothing. */
static bool
put(struct line *l, const char *s, size_t n)
{
	if (n > room(l))
		return false;
	memcpy(l->p + l->len, s, n);
	l->len += n;
	return true;
}

/* One character as it stands in a line: control characters (C0, DEL, C1) and what would end the
 * string escaped, a byte that is no UTF-8 as U+FFFD. Returns the bytes read. */
static size_t
escape_one(struct str rest, char out[8], size_t *out_len)
{
	const unsigned char *s = (const unsigned char *)rest.p;
	size_t len = str_utf8_len(rest);

	if (len == 0) {
		memcpy(out, "\\ufffd", *out_len = 6);
		return 1;
	}
	if (len == 1 && (s[0] == '"' || s[0] == '\\')) {
		out[0] = '\\';
		out[1] = (char)s[0];
		*out_len = 2;
	} else if (len == 1 && (s[0] < 0x20 || s[0] == 0x7f)) {
		*out_len = (size_t)snprintf(out, 8, "\\u%04x", s[0]);
	} else if (len == 2 && s[0] == 0xc2 && s[1] < 0xa0) {
		*out_len = (size_t)snprintf(out, 8, "\\u%04x", s[1]);
	} else {
		memcpy(out, s, *out_len = len);
	}
	return len;
}

static void
put_escaped(struct line *l, struct str s)
{
	size_t start = l->len, i = 0;

	while (i < s.len) {
		char out[8];
		size_t n;

		i += escape_one((struct str){ s.p + i, s.len - i }, out, &n);
		if (l->len - start + n > VALUE_MAX_BYTES || !put(l, out, n))
			return;
	}
}

/* `,"key":` or ` key=`; a field without room for all of its frame is left out. */
static bool
put_key(struct line *l, const char *key)
{
	size_t n = strlen(key);

	if (n + 32 > room(l))
		return false;
	if (as_json) {
		put(l, ",\"", 2);
		put(l, key, n);
		return put(l, "\":", 2);
	}
	put(l, " ", 1);
	put(l, key, n);
	return put(l, "=", 1);
}

static void
put_quoted(struct line *l, struct str s)
{
	if (!put(l, "\"", 1))
		return;
	put_escaped(l, s);
	l->p[l->len++] = '"';	/* TAIL has room for it */
}

static void
put_field(struct line *l, const struct log_field *f)
{
	char digits[24];
	int n;

	if (!put_key(l, f->key))
		return;
	switch (f->kind) {
	case LOG_STR:
		if (f->s.p == NULL)
			put(l, "null", 4);
		else
			put_quoted(l, f->s);
		break;
	case LOG_INT:
		n = snprintf(digits, sizeof(digits), "%" PRId64, f->i);
		put(l, digits, (size_t)n);
		break;
	case LOG_BOOL:
		put(l, f->i != 0 ? "true" : "false", f->i != 0 ? 4 : 5);
		break;
	case LOG_END:
		break;
	}
}

static void
put_head(struct line *l, enum log_level lvl, const char *msg)
{
	char at[25], head[128];
	int n;

	clock_rfc3339(clock_wall_ms(), at);
	n = snprintf(head, sizeof(head), as_json ?
	    "{\"t\":\"%s\",\"lvl\":\"%s\",\"svc\":\"%.40s\",\"pid\":%ld" : "%s %s %.40s[%ld]",
	    at, level_names[lvl], service, (long)getpid());
	put(l, head, (size_t)n);
	if (as_json) {
		put_field(l, &(struct log_field){ "msg", LOG_STR, str_of(msg), 0 });
	} else {
		put(l, " ", 1);
		put_escaped(l, str_of(msg));
	}
	if (request_id[0] != '\0')
		put_field(l, &(struct log_field){ "rid", LOG_STR, str_of(request_id), 0 });
}

/* One write for the whole line, so that the lines of several processes do not mix. */
static void
emit(const struct line *l)
{
	size_t done = 0;

	while (done < l->len) {
		ssize_t n = write(STDERR_FILENO, l->p + done, l->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

void
log_fields(enum log_level lvl, const char *msg, const struct log_field *fields)
{
	int saved = errno;
	struct line l;

	if (lvl < lowest || lvl > LVL_ERROR)
		return;
	l.len = 0;
	put_head(&l, lvl, msg);
	for (; fields != NULL && fields->key != NULL; fields++)
		put_field(&l, fields);
	if (as_json)
		l.p[l.len++] = '}';
	l.p[l.len++] = '\n';
	emit(&l);
	errno = saved;
}

void
log_fatal(int status, const char *msg, const char *detail)
{
	log_error(msg, lf_str("detail", detail));
	exit(status);
}
