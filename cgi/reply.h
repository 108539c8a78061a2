/*
 * reply - what goes back. Handlers choose one of these; the engine adds what every answer carries
 * (Status, X-Request-Id, Cache-Control, Content-Length, RateLimit-*) and sends it.
 */
#ifndef MOOT_CGI_REPLY_H
#define MOOT_CGI_REPLY_H

#include "cgi/request.h"
#include "domain/session.h"

/* The answer of a mutation or a read: 200, 201 with Location, or 204. */
void reply_answer(struct request *r, const struct answer *a);
/* A body of our own. */
void reply_body(struct request *r, int status, const char *type, struct str body);
void reply_empty(struct request *r);
/* One more header line. Both without line breaks. */
void reply_header(struct request *r, const char *name, struct str value);
/* A file of files_dir, as something to be saved under that name; send_files says who sends it.
 * ERR_NOT_FOUND. */
enum err reply_file(struct request *r, const char *path, const char *type, const char *name);
/* A WebP whose address never shows anything else. ERR_NOT_FOUND. */
enum err reply_picture(struct request *r, const char *path);
/* A list: 200 with Link. newest_first: `before` is the next page, else `after` is. */
void reply_list(struct request *r, const struct answer *a, bool newest_first);
/* Tokens and cookies of who signed in; path of what was created or absent. */
void reply_grant(struct request *r, int status, const struct grant *g, struct str ref);
/* Set-Cookie lines that remove both cookies. */
void reply_known(struct request *r, struct str known);	/* see session_known(); absent: nothing */
void reply_clear_cookies(struct request *r);
/* Location below /api/v1, if there is a GET for it. */
void reply_location(struct request *r, struct str ref);

/* problem+json (RFC 9457) with the details the call has collected. allow: for ERR_METHOD. */
void reply_error(struct request *r, enum err e, struct str allow);
/* Sends it, once. 304 instead of a body the client has. False: memory is short, and nothing was
 * sent. */
bool reply_send(struct request *r);
/* The answer that needs no memory: 503. id: the request's, or absent. */
void reply_send_oom(struct str id);

#endif
