/*
 * fields - what a route's body may hold, declared once; handlers see checked values only.
 *
 * A body that is no JSON object, a duplicated key, or a value of another type is unreadable (400).
 * A value of the right type that breaks a rule is invalid (422), and all such are listed. Unknown
 * members are ignored. null counts as absent, unless the field says that it removes.
 */
#ifndef MOOT_CGI_FIELDS_H
#define MOOT_CGI_FIELDS_H

#include "cgi/request.h"

enum field_type {
	FIELD_TEXT,		/* min … max code points */
	FIELD_INT,		/* min … max */
	FIELD_NUMBER,		/* any finite number */
	FIELD_BOOL,
	FIELD_ID,		/* decimal string */
	FIELD_IDS,		/* min … max different decimal strings */
	FIELD_WORDS,		/* min … max different strings of at most 64 code points */
	FIELD_MASK,		/* decimal string of permission bits */
	FIELD_POSITIONS,	/* object of id: int >= 0, at most max members */
	FIELD_PLACES,		/* at most max objects of a different id and a category or null */
	FIELD_OBJECT,	/* its members are fields of their own, named "object.member" */
};

enum field_flag {
	FIELD_REQUIRED = 1,
	FIELD_REMOVES = 2,	/* null is given as "" */
	FIELD_LINE = 4,		/* trimmed; no control characters */
	FIELD_VISIBLE = 8,	/* not only white space */
	FIELD_SECRET = 16,	/* at most 1,024 bytes; not trimmed */
	FIELD_MESSAGE = 32,	/* max is message_length of the configuration */
};

struct field {
	const char *name;
	enum field_type type;
	unsigned flags;
	int64_t min;
	int64_t max;
	bool (*check)(struct str s);	/* FIELD_TEXT: the format; NULL for any */
	const char *words; /* FIELD_TEXT: one of these, separated by blanks; NULL for any */
};

struct field_list {
	const struct field *f;
	size_t n;
};

#define FIELD_LIST(name, ...) \
	static const struct field name##_f[] = { __VA_ARGS__ }; \
	const struct field_list name = { name##_f, sizeof(name##_f) / sizeof(struct field) }

/* Fills r->values from r->body. ERR_UNREADABLE; ERR_INVALID with the flaws in r->call. */
enum err fields_read(struct request *r, const struct field_list *list);

#endif
