/*
 * route - the one table of what moot-api answers. Each guard is a column; the engine applies them
 * from left to right, so a handler never checks what its row says. What is not declared in a row a
 * handler cannot read. (Scopes are no column: GET needs `read`, all else `write`, asked after the
 * limit.)
 */
#ifndef MOOT_CGI_ROUTE_H
#define MOOT_CGI_ROUTE_H

#include "cgi/fields.h"
#include "cgi/request.h"

enum auth {
	AUTH_NONE,	/* nobody is asked who he is */
	AUTH_MAYBE,	/* an actor when there is a valid credential, else nobody */
	AUTH_USER,	/* a session or a personal token */
	AUTH_SESSION,	/* a session only: what a leaked token must not do */
	AUTH_LOCAL,	/* only from this machine */
};

enum route_flag {
	ROUTE_ORIGIN = 1, /* sets or uses cookies: refuses other origins even without a session */
	ROUTE_NO_BODY_OK = 2, /* takes fields, and none of them is required */
	ROUTE_TEXT_OK = 4,    /* a text/plain body is the field `content` */
	ROUTE_ETAG = 8,	      /* what is polled */
	ROUTE_ONCE = 16,      /* Idempotency-Key is kept by the engine */
	ROUTE_PAGE = 32,      /* for browsers: kept if asked for again, errors are pages too */
	ROUTE_CONFIRMED = 64, /* of AUTH_SESSION: only of late confirmed sessions */
	ROUTE_PICTURE = 128,  /* the body is a picture, whatever its type says it is */
};

struct route {
	const char *method;	/* GET also answers HEAD */
	const char *pattern;	/* {x_id}: an id, else 404; {user}: an id or @me; {code}: a word */
	enum auth auth;
	enum limit_class limit;
	const char *query;	/* allowed keys, separated by blanks; others are ignored */
	unsigned flags;		/* enum route_flag */
	const struct field_list *fields;	/* NULL: no body is read */
	enum err (*handle)(struct request *r);
};

extern const struct route routes[];
extern const size_t route_count;

/* Finds the row and fills the segments. ERR_NOT_FOUND; ERR_METHOD with the methods of this path in
 * *allow ("GET, HEAD, PATCH"). A HEAD request finds the row of GET. */
enum err route_find(struct request *r, struct str *allow);
/* Whether some row answers GET of this path, without the base path. */
bool route_is_readable(struct str path);
/* The table as JSON, for the tests of the table and of the API description. */
void route_render(struct buf *out);
/* "" or what is wrong with the table: a row that another one hides, an unknown method … */
const char *route_table_flaw(void);

#endif
