/*
 * request - one request as handlers see it: checked, typed, and with nothing to free.
 *
 * The engine fills it (route, actor, segments, fields, query), the handler makes one domain call and
 * one reply_…() call and returns; the engine answers. Everything lives in the request's arena.
 */
#ifndef MOOT_CGI_REQUEST_H
#define MOOT_CGI_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "domain/call.h"
#include "domain/limit.h"
#include "link/file.h"
#include "wire/json.h"
#include "wire/text.h"

#define BODY_MAX 65536
#define SEGMENTS 4	/* variable segments of one path */
#define FIELDS 16	/* declared fields of one route */
#define PATH_MAX_BYTES 2048
#define QUERY_MAX_BYTES 4608	/* 200 ids, with their commas escaped */

struct route;
struct field;

/* A buffer of a request, and the one made before it. */
struct request_buf {
	struct buf *buf;		/* in the arena */
	struct request_buf *next;
};

/* A declared field as it came. given is false when it was absent, or null without meaning. */
struct value {
	const struct field *field;
	bool given;
	struct str text;	/* FIELD_TEXT; "" when null removes */
	int64_t number;		/* FIELD_INT, FIELD_ID, FIELD_MASK */
	double real;		/* FIELD_NUMBER */
	bool truth;		/* FIELD_BOOL */
	const int64_t *ids;	/* FIELD_IDS, FIELD_PLACES, n of them */
	const struct str *words; /* FIELD_WORDS, n of them; FIELD_PLACES: beside ids, "" for null */
	const int64_t *revs;	/* FIELD_POSITIONS: beside ids */
	size_t n;
};

enum media { MEDIA_JSON = 1, MEDIA_TEXT = 2, MEDIA_NDJSON = 4, MEDIA_CSV = 8 };

struct reply {
	int status;
	struct str type;
	struct str body;
	const char *cache;	/* Cache-Control; NULL: what its route says */
	struct buf *headers;	/* complete lines, CRLF each */
	struct file *file;	/* instead of a body; NULL for none */
	int64_t file_size;
};

struct request {
	struct arena *arena;
	struct call call;
	const struct config *config;
	const struct route *route;	/* NULL when there is none */
	bool head;
	bool by_cookie;			/* the actor was named by a cookie */
	bool offered;			/* a token was sent, whatever it is worth */
	struct str id;			/* request id */
	struct str method;
	struct str path;		/* decoded, without the base path */
	const struct site *site;
	struct str query;
	struct str cookies;
	struct str body;		/* "" when there is none */
	bool body_is_text;
	struct str segment[SEGMENTS];	/* variable segments in order … */
	int64_t segment_id[SEGMENTS];	/* … as ids, 0 for "@me" and for words */
	struct value values[FIELDS];
	size_t nvalues;
	struct query_pair pairs[QUERY_PAIRS];
	size_t npairs;
	struct limit_state limit;
	struct request_buf *bufs;	/* newest first */
	struct reply reply;
};

/* Variables of the request's environment; absent when unset or empty. */
struct str request_param(const char *name);
/* A buffer that lives as long as the arena. Need not be checked: no answer is made of one that
 * failed (request_is_whole()). */
struct buf *request_buf(struct request *r, size_t max);
/* No buffer of this request has failed. */
bool request_is_whole(const struct request *r);

/* The {user} that is the second variable of the path: an id, or oneself. */
int64_t segment_user(const struct request *r);

/* Declared fields by name; asking for an undeclared one ends the process. */
const struct value *field_value(const struct request *r, const char *name);
struct str field_text(const struct request *r, const char *name);	/* absent when not given */
int64_t field_int(const struct request *r, const char *name);		/* 0 when not given */
/* FIELD_INT, FIELD_BOOL as parameters of a statement; NULL when not given. */
const char *field_int_param(const struct request *r, const char *name);
const char *field_bool(const struct request *r, const char *name);

/* Query keys by name; asking for one that the row does not declare ends the process.
 * 0 when not given; ERR_BAD_REQUEST for no id. */
enum err query_id(const struct request *r, const char *key, int64_t *id);
/* ERR_BAD_REQUEST when not given, too. */
enum err query_required_id(const struct request *r, const char *key, int64_t *id);
/* One id or several with commas between, each once: 1 to max of them; ERR_BAD_REQUEST. */
enum err query_ids(const struct request *r, const char *key, int64_t *ids, size_t max, size_t *n);
/* None when not given, else as query_ids(). */
enum err query_any_ids(const struct request *r, const char *key, int64_t *ids, size_t max, size_t *n);
/* A line of 1 to max code points, trimmed; absent when not given or empty. ERR_BAD_REQUEST. */
enum err query_line(const struct request *r, const char *key, size_t max, struct str *out);
/* ?limit=, 1 to 100, 50 when not given; ERR_BAD_REQUEST. */
enum err query_limit(const struct request *r, int64_t *limit);

/* The first of the media types an Accept header names that there is beside JSON, which is the answer
 * without one. also: the bits of those. */
enum media request_accepts(unsigned also);

#endif
